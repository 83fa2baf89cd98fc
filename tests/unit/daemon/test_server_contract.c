/*
 * Holds lib/wire/linkstat.varlink and the server together: every reply, member and error that the
 * contract names is of its type and is seen at least once; and nothing else is.
 */
#include "daemon/server/limits.h"
#include "lib/wire/contract.h"
#include "daemon/sources/top.h"
#include "tests/unit/daemon/fake_root.h"
#include "tests/unit/daemon/server_peer.h"

#define MAX_SEEN 1000

/* The members that had a value, the replies and the errors that came. */
struct seen {
	const void *what[MAX_SEEN];
	size_t n;
};

static bool
was_seen(const struct seen *seen, const void *what)
{
	for (size_t i = 0; i < seen->n; i++) {
		if (seen->what[i] == what)
			return true;
	}
	return false;
}

static void
mark(struct seen *seen, const void *what)
{
	if (was_seen(seen, what))
		return;
	assert_true(seen->n < MAX_SEEN);
	seen->what[seen->n++] = what;
}

/* Marks the members that have a value in @object, and in the objects within it. */
static void
mark_members(struct seen *seen, const struct ls_contract_type *type, const json_t *object)
{
	mark(seen, type);
	for (size_t m = 0; m < type->n_members; m++) {
		const struct ls_contract_member *member = &type->members[m];
		json_t *value = json_object_get(object, member->name), *item;
		const char *key;
		size_t i;

		if (!value || json_is_null(value))
			continue;
		mark(seen, member);
		if (member->kind != LS_CONTRACT_OBJECT)
			continue;
		if (member->container == LS_CONTRACT_NONE)
			mark_members(seen, member->of, value);
		json_array_foreach(value, i, item) mark_members(seen, member->of, item);
		if (member->container == LS_CONTRACT_MAP)
			json_object_foreach(value, key, item) mark_members(seen, member->of, item);
	}
}

static void
check_object(struct seen *seen, const struct ls_contract_type *type, const json_t *object)
{
	struct ls_contract_fault fault;

	if (ls_contract_check(type, object, LS_CONTRACT_NO_OTHERS, &fault) < 0)
		fail_msg("%s: %s of a %s: %s", type->name, fault.member, fault.type->name,
			 json_dumps(object, 0));
	mark_members(seen, type, object);
}

static const struct ls_contract_method *
find_method(const char *name)
{
	const struct ls_contract_method *method =
		ls_contract_method(&ls_contract_io_linkstat, name);

	assert_non_null(method);
	return method;
}

static const struct ls_contract_type *
find_error(const char *qualified)
{
	const struct ls_contract *contract = &ls_contract_io_linkstat;
	const char *name = strrchr(qualified, '.') + 1;

	for (size_t i = 0; i < contract->n_errors; i++) {
		if (strcmp(contract->errors[i]->name, name) == 0)
			return contract->errors[i];
	}
	fail_msg("the contract does not name %s", qualified);
	return NULL;
}

/* A reply to @method, or an error of the interface. */
static void
check_reply(struct seen *seen, const char *method, json_t *reply)
{
	const char *error = error_of(reply);

	assert_non_null(reply);
	print_message("%s %s\n", method, error);
	check_object(seen, *error ? find_error(error) : find_method(method)->reply,
		     json_object_get(reply, "parameters"));
	json_decref(reply);
}

static void
check_call(struct bench *bench, struct seen *seen, const char *method, const char *parameters)
{
	struct peer peer = peer_connect(bench);
	ls_json_auto json_t *in = parameters ? json_loads(parameters, 0, NULL) : NULL;
	char qualified[64];

	if (in) /* what is sent is of the contract, too */
		check_object(seen, find_method(method)->call, in);
	snprintf(qualified, sizeof(qualified), "io.linkstat.%s", method);
	check_reply(seen, method, peer_call(bench, &peer, qualified, parameters));
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
	session.metered_us = session.connected_us = 60 * LS_SEC;
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
check_watch(struct bench *bench, struct seen *seen)
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
	check_reply(seen, "Watch", peer_receive(bench, &peer));
	for (size_t i = 0; i < LS_COUNT(records); i++) {
		server_publish(bench->server, &records[i]);
		check_reply(seen, "Watch", peer_receive(bench, &peer));
	}
	for (size_t i = 0; i < 30000; i++) /* until it is dropped */
		server_publish(bench->server, &records[0]);
	for (bool slow = false; !slow;) {
		json_t *reply = peer_receive(bench, &peer);

		slow = *error_of(reply) != '\0';
		if (slow)
			check_reply(seen, "Watch", reply);
		else
			json_decref(reply);
	}
	peer_close(bench, &peer);
	free(incident);
}

static void
check_top(struct bench *bench, struct seen *seen)
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
	check_reply(seen, "Top", peer_receive(bench, &peer));
	for (size_t i = 0; i < LS_COUNT(records); i++)
		ls_traffic_add(traffic, &records[i]);
	check_reply(seen, "Top", peer_receive(bench, &peer));
	peer_close(bench, &peer);
	top_attach(bench->state.top, NULL);
	ls_traffic_free(traffic);
}

static void
check_record(struct bench *bench, struct seen *seen)
{
	struct peer peer = peer_connect(bench);

	peer_send(bench, &peer, "{\"method\":\"io.linkstat.Record\",\"more\":true}");
	check_reply(seen, "Record", peer_receive(bench, &peer));
	peer_close(bench, &peer);
}

static void
check_import_under_way(struct bench *bench, struct seen *seen)
{
	static const char call[] =
		"{\"boot\":\"00000000-0000-4000-8000-00000000000b\",\"lines\":[]}";
	struct peer peer = peer_connect(bench);
	json_t *reply;

	check_reply(seen, "ImportKernelLog",
		    peer_call(bench, &peer, "io.linkstat.ImportKernelLog", call));
	check_call(bench, seen, "ImportKernelLog", call);
	peer_close(bench, &peer);

	/* Who hung up is not waited for. */
	peer = peer_connect(bench);
	reply = peer_call(bench, &peer, "io.linkstat.ImportKernelLog", call);
	assert_string_equal(error_of(reply), "");
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
check_too_many(struct bench *bench, struct seen *seen)
{
	struct peer peers[SERVER_MAX_CLIENTS + SERVER_OWNER_CLIENTS + 1];

	for (size_t i = 0; i < LS_COUNT(peers); i++)
		peers[i] = peer_connect(bench);
	check_reply(seen, "Status", peer_receive(bench, &peers[LS_COUNT(peers) - 1]));
	for (size_t i = 0; i < LS_COUNT(peers); i++)
		peer_close(bench, &peers[i]);
}

static void
check_too_fast(struct bench *bench, struct seen *seen)
{
	struct peer peer = peer_connect_as(bench, 1001);
	json_t *reply = NULL;

	do {
		json_decref(reply);
		reply = peer_call(bench, &peer, "io.linkstat.SetSocketName",
				  "{\"port\":\"9-9\",\"label\":\"x\"}");
	} while (strcmp(error_of(reply), "io.linkstat.NoSuchPort") == 0);
	check_reply(seen, "SetSocketName", reply);
	peer_close(bench, &peer);
}

static void
check_members_seen(const struct seen *seen, const struct ls_contract_type *type)
{
	if (!was_seen(seen, type))
		fail_msg("%s never came", type->name);
	for (size_t i = 0; i < type->n_members; i++) {
		if (!was_seen(seen, &type->members[i]))
			fail_msg("%s.%s never had a value", type->name, type->members[i].name);
		if (type->members[i].of)
			check_members_seen(seen, type->members[i].of);
	}
}

static void
check_all_seen(const struct seen *seen)
{
	const struct ls_contract *contract = &ls_contract_io_linkstat;

	for (size_t i = 0; i < contract->n_methods; i++)
		check_members_seen(seen, contract->methods[i].reply);
	for (size_t i = 0; i < contract->n_errors; i++)
		check_members_seen(seen, contract->errors[i]);
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
replies_match_the_contract(void **state)
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
		{ "EndJob", "{\"id\":1,\"code\":0,\"place\":\"at 37 "
			    "%\",\"place_percent\":37,\"place_phase\":\"file system\"}" },
		{ "EndJob", "{\"id\":99,\"code\":0}" },
		{ "BeginJob", "{\"command\":\"false\"}" },
		{ "ImportJob",
		  "{\"command\":\"idevicerestore\",\"began_at\":\"2020-10-01T10:00:00Z\","
		  "\"ended_at\":\"2020-10-01T10:06:00Z\",\"code\":1,\"note\":\"n\","
		  "\"place\":\"at 37 %\",\"place_percent\":37,"
		  "\"place_phase\":\"file system\"}" },
		{ "ImportJob",
		  "{\"command\":\"idevicerestore\",\"began_at\":\"2020-10-01T10:00:00Z\","
		  "\"ended_at\":\"2020-10-01T10:06:00Z\",\"code\":1}" },
		{ "ImportKernelLog",
		  "{\"boot\":\"00000000-0000-4000-8000-00000000000a\",\"lines\":[{\"at\":"
		  "\"2026-11-01T00:00:00Z\",\"mono_us\":1,\"text\":\"usb 1-1: reset\"}],"
		  "\"ended_at\":\"2026-11-02T00:00:00Z\",\"ended_mono_us\":2,"
		  "\"dry_run\":false}" },
		{ "Status", NULL },
		{ "Report", NULL },
		{ "Report", "{\"limit\":1}" },
		{ "GetJob", "{\"id\":1}" },
		{ "ListJobs", "{\"limit\":1}" },
	};
	struct bench *bench = *state;
	struct seen *seen = calloc(1, sizeof(*seen));
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct fake_root root;

	put_computer(bench, &root);
	bench_populate(bench);
	fill_history(bench);
	fill_trend(bench->fixture.store);
	*incident = sample_incident(2, 1, 0); /* for the cursor of ListIncidents, and of the job */
	incident->opened.real_us = state_now().real_us;
	for (incident->id = 2; incident->id < SERVER_INCIDENTS_PAGE + 3; incident->id++)
		PUT_INCIDENT(bench->fixture.store, incident);
	for (size_t i = 0; i < LS_COUNT(calls); i++) {
		if (strcmp(calls[i].method, "EndJob") == 0)
			move_something(bench);
		check_call(bench, seen, calls[i].method, calls[i].parameters);
	}
	check_watch(bench, seen);
	check_top(bench, seen);
	check_record(bench, seen);
	check_import_under_way(bench, seen);
	check_too_many(bench, seen);
	check_too_fast(bench, seen);
	sql(&bench->fixture, "ALTER TABLE events RENAME TO lost");
	check_call(bench, seen, "ListEvents", NULL);

	check_all_seen(seen);
	fake_root_end(&root);
	free(incident);
	free(seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replies_match_the_contract, bench_setup,
						bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
