/*
 * Holds lib/wire/linkstat.varlink and the server together: every method, parameter, field and error that
 * the contract names is there, is of its type and is seen at least once; and nothing else is.
 */
#include "tests/unit/daemon/fake_root.h"
#include "tests/unit/daemon/contract.h"

static void check_object(struct contract *contract, struct members *members, json_t *object);

static void
check_value(struct contract *contract, struct ls_cursor type, json_t *value)
{
	char name[40];
	const char *key;
	json_t *item;
	size_t i;

	if (ls_take_literal(&type, "[]")) {
		assert_true(json_is_array(value));
		json_array_foreach(value, i, item) check_value(contract, type, item);
		return;
	}
	if (ls_take_literal(&type, "[string]")) {
		assert_true(json_is_object(value));
		json_object_foreach(value, key, item) check_value(contract, type, item);
		return;
	}
	copy_word(name, type);
	if (strcmp(name, "string") == 0)
		assert_true(json_is_string(value));
	else if (strcmp(name, "int") == 0)
		assert_true(json_is_integer(value));
	else if (strcmp(name, "float") == 0)
		assert_true(json_is_real(value));
	else if (strcmp(name, "bool") == 0)
		assert_true(json_is_boolean(value));
	else
		check_object(contract, &find(contract, TYPE, name)->out, value);
}

static void
check_object(struct contract *contract, struct members *members, json_t *object)
{
	size_t n = 0;

	assert_true(json_is_object(object));
	for (size_t i = 0; i < members->n; i++) {
		struct field *field = &members->fields[i];
		json_t *value = json_object_get(object, field->name);
		struct ls_cursor type = field->type;
		bool optional = ls_take_char(&type, '?');

		n += value != NULL;
		if (!value || json_is_null(value)) {
			if (!optional)
				fail_msg("%s is missing", field->name);
			continue;
		}
		print_message("  %s\n", field->name);
		field->seen = true;
		check_value(contract, type, value);
	}
	if (n != json_object_size(object))
		fail_msg("a field more than the contract names: %s", json_dumps(object, 0));
}

/* A reply to @method, or an error of the interface. */
static void
check_reply(struct contract *contract, const char *method, json_t *reply)
{
	struct ls_cursor error = ls_cursor_of(error_of(reply), strlen(error_of(reply)));
	struct member *member = find(contract, METHOD, method);

	assert_non_null(reply);
	if (ls_cursor_left(&error) > 0) {
		assert_true(ls_take_literal(&error, "io.linkstat."));
		member = find(contract, ERROR, error.at);
	}
	print_message("%s\n", member->name);
	member->seen = true;
	check_object(contract, &member->out, json_object_get(reply, "parameters"));
	json_decref(reply);
}

static void
check_call(struct bench *bench, struct contract *contract, const char *method,
	   const char *parameters)
{
	struct peer peer = peer_connect(bench);
	ls_json_auto json_t *in = parameters ? json_loads(parameters, 0, NULL) : NULL;
	char qualified[64];

	if (in) /* what is sent is of the contract, too */
		check_object(contract, &find(contract, METHOD, method)->in, in);
	snprintf(qualified, sizeof(qualified), "io.linkstat.%s", method);
	check_reply(contract, method, peer_call(bench, &peer, qualified, parameters));
	peer_close(bench, &peer);
}

/* A history in which every field of every type has a value somewhere. */
static void
fill_history(struct bench *bench)
{
	const struct ls_observation cable = {
		.at = state_now(),
		.kind = LS_OBS_CABLE,
		.port = "1-1.4",
		.label = "white 2 m",
	};
	struct store *store = bench->fixture.store;
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct ls_session session = sample_session(1, 1, 0);
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	struct ls_gap gap = sample_gap(1, LS_SOURCE_UDEV, 0, 1);
	struct ls_traffic_row row;
	struct ls_tail tail;

	sample_traffic(&row, 1, NOW_REAL);
	sample_tail(&tail, 1, LS_FLIGHT_RECORDS);
	*incident = sample_incident(1, 1, 0);
	snprintf(session.socket.id_path, sizeof(session.socket.id_path),
		 "pci-0000:00:14.0-usb-0:1.4"); /* where bench_populate() plugs */
	PUT_SESSION(store, &session);
	session.id = 2;
	session.open = session.present = false;
	session.ended = sample_instant(60);
	PUT_SESSION(store, &session);
	incident->session = 1; /* for its cable */
	PUT_INCIDENT(store, incident);
	PUT_EVENT(store, &event);
	PUT_EVENT(store, &event);
	gap.n_lost = 3;
	PUT_GAP(store, &gap);
	PUT_TRAFFIC(store, &row);
	PUT_TAIL(store, &tail);
	sql(&bench->fixture, "UPDATE ports SET label = 'left'");
	ls_engine_observe(bench->state.engine, &cable);
	free(incident);
}

/* While a job runs. */
static void
move_something(struct bench *bench)
{
	struct ls_traffic_row row;

	sample_traffic(&row, 1, state_now().real_us);
	PUT_TRAFFIC(bench->fixture.store, &row);
}

static void
check_watch(struct bench *bench, struct contract *contract)
{
	struct peer peer = peer_connect(bench);
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	struct ls_gap gap = sample_gap(1, LS_SOURCE_UDEV, 0, 1);
	const struct ls_record records[] = {
		RECORD_OF(EVENT, .event = &event),
		RECORD_OF(GAP, .gap = &gap),
		RECORD_OF(INCIDENT, .incident = incident),
	};

	*incident = sample_incident(1, 1, 0);
	incident->session = 1;
	peer_send(bench, &peer, "{\"method\":\"io.linkstat.Watch\",\"more\":true}");
	check_reply(contract, "Watch", peer_receive(bench, &peer));
	for (size_t i = 0; i < LS_COUNT(records); i++) {
		server_publish(bench->server, &records[i]);
		check_reply(contract, "Watch", peer_receive(bench, &peer));
	}
	for (size_t i = 0; i < 30000; i++) /* until it is dropped */
		server_publish(bench->server, &records[0]);
	for (bool slow = false; !slow;) {
		json_t *reply = peer_receive(bench, &peer);

		slow = *error_of(reply) != '\0';
		if (slow)
			check_reply(contract, "Watch", reply);
		else
			json_decref(reply);
	}
	peer_close(bench, &peer);
	free(incident);
}

static void
check_top(struct bench *bench, struct contract *contract)
{
	const struct ls_usbmon_record records[] = {
		{ .id = 1, .type = 'S', .bus = 1, .devnum = 5, .status = -115 },
		{ .id = 1, .type = 'C', .bus = 1, .devnum = 5, .flag_setup = '-' },
	};
	struct peer peer = peer_connect(bench);
	struct ls_traffic *traffic;

	bench->state.sources[LS_SOURCE_USBMON] =
		(struct source_state){ .detail = "not loaded", .fix = "modprobe usbmon" };
	assert_int_equal(ls_traffic_new(&traffic), 0);
	top_attach(bench->state.top, traffic);
	peer_send(bench, &peer,
		  "{\"method\":\"io.linkstat.Top\",\"more\":true,"
		  "\"parameters\":{\"interval_ms\":100}}");
	check_reply(contract, "Top", peer_receive(bench, &peer));
	for (size_t i = 0; i < LS_COUNT(records); i++)
		ls_traffic_add(traffic, &records[i]);
	check_reply(contract, "Top", peer_receive(bench, &peer));
	peer_close(bench, &peer);
	top_attach(bench->state.top, NULL);
	ls_traffic_free(traffic);
}

static void
check_import_under_way(struct bench *bench, struct contract *contract)
{
	static const char call[] =
		"{\"boot\":\"00000000-0000-4000-8000-00000000000b\",\"lines\":[]}";
	struct peer peer = peer_connect(bench);
	json_t *reply;

	check_reply(contract, "ImportKernelLog",
		    peer_call(bench, &peer, "io.linkstat.ImportKernelLog", call));
	check_call(bench, contract, "ImportKernelLog", call);
	peer_close(bench, &peer);

	/* Who hung up is not waited for. */
	peer = peer_connect(bench);
	reply = peer_call(bench, &peer, "io.linkstat.ImportKernelLog", call);
	assert_string_equal(error_of(reply), "");
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
check_too_many(struct bench *bench, struct contract *contract)
{
	struct peer peers[SERVER_MAX_CLIENTS + 1];

	for (size_t i = 0; i < LS_COUNT(peers); i++)
		peers[i] = peer_connect(bench);
	check_reply(contract, "Status", peer_receive(bench, &peers[SERVER_MAX_CLIENTS]));
	for (size_t i = 0; i < LS_COUNT(peers); i++)
		peer_close(bench, &peers[i]);
}

static void
check_all_seen(const struct contract *contract)
{
	for (size_t i = 0; i < contract->n; i++) {
		const struct member *member = &contract->members[i];

		if (member->kind != TYPE && !member->seen)
			fail_msg("nothing ever answered with %s", member->name);
		for (size_t f = 0; f < member->out.n; f++) {
			if (!member->out.fields[f].seen)
				fail_msg("%s.%s never had a value", member->name,
					 member->out.fields[f].name);
		}
	}
}

/* A computer whose ports are Type-C ones, with a phone on an e-marked cable. */
static void
put_computer(struct bench *bench, struct fake_root *root)
{
	static const char *const files[][2] = {
		{ "/sys/class/dmi/id/sys_vendor", "ACME\n" },
		{ "/sys/class/dmi/id/product_name", "X1\n" },
		{ "/sys/class/dmi/id/bios_version", "1.50 \n" },
		{ "/sys/module/usbcore/parameters/usbfs_memory_mb", "16\n" },
		{ "/sys/typec/port0/orientation", "normal\n" },
		{ "/sys/typec/port0/power_role", "[source] sink\n" },
		{ "/sys/typec/port0/port0-partner/identity/id_header", "0x000005ac\n" },
		{ "/sys/typec/port0/port0-cable/type", "passive\n" },
		{ "/sys/typec/port0/port0-cable/plug_type", "type-c\n" },
		{ "/sys/typec/port0/port0-cable/identity/id_header", "0x180005ac\n" },
		{ "/sys/typec/port0/port0-cable/identity/product_type_vdo1", "0x00000041\n" },
	};

	fake_root_begin(root);
	for (size_t i = 0; i < LS_COUNT(files); i++)
		fake_root_put(root, files[i][0], files[i][1]);
	fake_root_link(root, "/sys/bus/usb/devices/1-1.4/port/connector",
		       "../../../../../typec/port0");
	snprintf(bench->state.root, sizeof(bench->state.root), "%s", root->dir);
}

/* Thirty clean days with one cable, thirty with another and a drop a day. */
static void
fill_trend(struct store *store)
{
	for (int64_t i = 0; i < 60; i++) {
		struct ls_session session = sample_session(1000 + i, 7, (i - 70) * 24 * 3600);
		struct ls_incident *incident = calloc(1, sizeof(*incident));

		session.open = session.present = false;
		session.connected_us = 20 * HOUR;
		session.ended = sample_instant((i - 70) * 24 * 3600 + 20 * 3600);
		snprintf(session.cable, sizeof(session.cable), i < 30 ? "white" : "red");
		PUT_SESSION(store, &session);
		*incident = sample_incident(1000 + i, 7, (i - 70) * 24 * 3600 + 600);
		incident->session = session.id;
		if (i >= 30)
			PUT_INCIDENT(store, incident);
		free(incident);
	}
}

static void
answers_are_as_the_contract_says(void **state)
{
	static const struct {
		const char *method, *parameters;
	} calls[] = {
		{ "Status", NULL },
		{ "Report", "{\"ports\":[\"left\"]}" },
		{ "Report", "{\"ports\":[\"1-7\"]}" },
		{ "ListEvents", "{\"limit\":1}" },
		{ "ListIncidents", NULL },
		{ "ListDrops", NULL },
		{ "SumSessions", "{\"limit\":1}" },
		{ "SumSessions", NULL },
		{ "ListSessions", "{\"limit\":1}" },
		{ "ListSessions", NULL },
		{ "GetIncident", "{\"id\":1}" },
		{ "GetIncident", "{\"id\":99}" },
		{ "GetTransfers", "{\"id\":1}" },
		{ "GetTransfers", "{\"id\":99}" },
		{ "Report", "{\"ports\":[\"9-9\"]}" },
		{ "Report", "{\"since\":\"yesterday\"}" },
		{ "ListEvents", "{\"cursor\":\"x\"}" },
		{ "SetCable", "{\"port\":\"1-1.4\",\"cable\":\"blue\"}" },
		{ "SetCable", "{\"port\":\"left\",\"since\":\"begin\"}" },
		{ "SetCable", "{\"port\":\"left\",\"cable\":\"red\",\"since\":\"begin\"}" },
		{ "SetCable", "{\"port\":\"left\",\"since\":\"1999-01-01T00:00:00Z\"}" },
		{ "SetSocketName", "{\"port\":\"1-1.4\",\"label\":\"left front\"}" },
		{ "SetSocketName", "{\"port\":\"left front\",\"label\":\"1-2\"}" },
		{ "ListLabels", NULL },
		{ "BeginJob", "{\"command\":\"true\",\"note\":\"n\",\"port\":\"1-1.4\","
			      "\"cable\":\"blue\"}" },
		{ "EndJob", "{\"id\":1,\"code\":0,\"place\":\"at 37 %\"}" },
		{ "EndJob", "{\"id\":99,\"code\":0}" },
		{ "BeginJob", "{\"command\":\"false\"}" },
		{ "ImportKernelLog",
		  "{\"boot\":\"00000000-0000-4000-8000-00000000000a\",\"lines\":[{\"at\":"
		  "\"2026-11-01T00:00:00Z\",\"mono_us\":1,\"text\":\"usb 1-1: reset\"}],"
		  "\"ended_at\":\"2026-11-02T00:00:00Z\",\"ended_mono_us\":2,"
		  "\"dry_run\":false}" },
		{ "Status", NULL },
		{ "Report", NULL },
		{ "GetJob", "{\"id\":1}" },
		{ "ListJobs", "{\"limit\":1}" },
	};
	struct bench *bench = *state;
	struct contract *contract = calloc(1, sizeof(*contract));
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct fake_root root;

	read_contract(contract);
	put_computer(bench, &root);
	bench_populate(bench);
	fill_history(bench);
	fill_trend(bench->fixture.store);
	*incident = sample_incident(2, 1, 0); /* for the cursor of ListIncidents, and of the job */
	incident->opened.real_us = state_now().real_us;
	for (incident->id = 2; incident->id < METHODS_INCIDENTS_PAGE + 3; incident->id++)
		PUT_INCIDENT(bench->fixture.store, incident);
	for (size_t i = 0; i < LS_COUNT(calls); i++) {
		if (strcmp(calls[i].method, "EndJob") == 0)
			move_something(bench);
		check_call(bench, contract, calls[i].method, calls[i].parameters);
	}
	check_watch(bench, contract);
	check_top(bench, contract);
	check_import_under_way(bench, contract);
	check_too_many(bench, contract);
	sql(&bench->fixture, "ALTER TABLE events RENAME TO lost");
	check_call(bench, contract, "ListEvents", NULL);

	check_all_seen(contract);
	fake_root_end(&root);
	free(incident);
	free(contract);
}

/* Names, order and types of all parameters, in both directions. */
static void
methods_take_what_the_contract_says(void **state)
{
	static const char *const types[] = {
		[VARLINK_STRING] = "string",
		[VARLINK_INT] = "int",
		[VARLINK_BOOL] = "bool",
		[VARLINK_STRINGS] = "[]string",
		[VARLINK_OBJECTS] = "[]KernelLine",
	};
	struct contract *contract = calloc(1, sizeof(*contract));
	struct daemon_state daemon = { 0 };
	struct methods methods = { .state = &daemon };
	struct varlink_service service;
	size_t n_methods = 0;

	(void)state;
	read_contract(contract);
	methods_service(&methods, &service);
	for (size_t i = 0; i < contract->n; i++)
		n_methods += contract->members[i].kind == METHOD;
	assert_int_equal(n_methods, service.interface->n_methods);
	for (size_t i = 0; i < service.interface->n_methods; i++) {
		const struct varlink_method *method = &service.interface->methods[i];
		const struct member *member = find(contract, METHOD, method->name);
		size_t n = 0;

		for (; method->parameters[n].name; n++) {
			char type[40];

			print_message("%s %s\n", method->name, method->parameters[n].name);
			assert_true(n < member->in.n);
			assert_string_equal(method->parameters[n].name, member->in.fields[n].name);
			copy_word(type, member->in.fields[n].type);
			assert_int_equal(method->parameters[n].optional, type[0] == '?');
			assert_string_equal(types[method->parameters[n].type],
					    type + (type[0] == '?'));
		}
		assert_int_equal(n, member->in.n);
	}
	free(contract);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers_are_as_the_contract_says, bench_setup,
						bench_teardown),
		cmocka_unit_test(methods_take_what_the_contract_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
