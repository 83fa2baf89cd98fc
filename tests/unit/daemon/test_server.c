/* What well-behaved clients call, and what they get. */
#include <sys/socket.h>

#include "daemon/server/limits.h"
#include "tests/unit/daemon/server_peer.h"

static void
answers_about_itself(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	json_t *reply = peer_call(bench, &peer, "org.varlink.service.GetInfo", NULL);

	assert_string_equal(json_string_value(parameter(reply, "product")), "linkstatd");
	assert_int_equal(json_array_size(parameter(reply, "interfaces")), 2);
	json_decref(reply);
	reply = peer_call(bench, &peer, "org.varlink.service.GetInterfaceDescription",
			  "{\"interface\":\"io.linkstat\"}");
	assert_non_null(strstr(json_string_value(parameter(reply, "description")),
			       "interface io.linkstat\n"));
	json_decref(reply);
	reply = peer_call(bench, &peer, "org.varlink.service.GetInterfaceDescription",
			  "{\"interface\":\"org.varlink.service\"}");
	assert_non_null(strstr(json_string_value(parameter(reply, "description")),
			       "interface org.varlink.service\n"));
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
refuses_with_the_standard_errors(void **state)
{
	struct bench *bench = *state;
	static const struct {
		const char *call, *error, *field, *value;
	} cases[] = {
		{ "{\"method\":\"io.linkstat.Nope\"}", "org.varlink.service.MethodNotFound",
		  "method", "io.linkstat.Nope" },
		{ "{\"method\":\"io.linkstat.\"}", "org.varlink.service.MethodNotFound", "method",
		  "io.linkstat." },
		{ "{\"method\":\"org.example.Status\"}", "org.varlink.service.InterfaceNotFound",
		  "interface", "org.example" },
		{ "{\"method\":\"Status\"}", "org.varlink.service.InterfaceNotFound", "interface",
		  "Status" },
		{ "{\"method\":\"\"}", "org.varlink.service.InterfaceNotFound", "interface", "" },
		{ "{\"method\":\"io.linkstat.extra.Status\"}",
		  "org.varlink.service.InterfaceNotFound", "interface", "io.linkstat.extra" },
		{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\"}",
		  "org.varlink.service.InvalidParameter", "parameter", "interface" },
		{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":"
		  "{\"interface\":\"org.example\"}}",
		  "org.varlink.service.InterfaceNotFound", "interface", "org.example" },
		{ "{\"method\":\"io.linkstat.Status\",\"parameters\":{\"verbose\":true}}",
		  "org.varlink.service.InvalidParameter", "parameter", "verbose" },
		{ "{\"method\":\"io.linkstat.Status\",\"upgrade\":true}",
		  "org.varlink.service.InvalidParameter", "parameter", "upgrade" },
		{ "{\"method\":\"io.linkstat.GetIncident\",\"parameters\":{\"id\":\"1\"}}",
		  "org.varlink.service.InvalidParameter", "parameter", "id" },
		{ "{\"method\":\"io.linkstat.GetIncident\",\"parameters\":{\"id\":1.0}}",
		  "org.varlink.service.InvalidParameter", "parameter", "id" },
		{ "{\"method\":\"io.linkstat.GetIncident\",\"parameters\":{}}",
		  "org.varlink.service.InvalidParameter", "parameter", "id" },
		{ "{\"method\":\"io.linkstat.Report\",\"parameters\":{\"since\":5}}",
		  "org.varlink.service.InvalidParameter", "parameter", "since" },
		{ "{\"method\":\"io.linkstat.Report\",\"parameters\":{\"ports\":\"1-1\"}}",
		  "org.varlink.service.InvalidParameter", "parameter", "ports" },
		{ "{\"method\":\"io.linkstat.Report\",\"parameters\":{\"ports\":[\"1-1\",null]}}",
		  "org.varlink.service.InvalidParameter", "parameter", "ports" },
		{ "{\"method\":\"io.linkstat.Report\",\"parameters\":{\"ports\":[\"1-9\"]}}",
		  "io.linkstat.NoSuchPort", "port", "1-9" },
		{ "{\"method\":\"io.linkstat.Report\",\"parameters\":{\"since\":\"now\"}}",
		  "io.linkstat.BadTime", "field", "since" },
		{ "{\"method\":\"io.linkstat.Report\",\"parameters\":{\"since\":"
		  "\"2026-01-02T00:00:00Z\",\"until\":\"2026-01-01T00:00:00Z\"}}",
		  "io.linkstat.BadTime", "field", "until" },
		{ "{\"method\":\"io.linkstat.ListEvents\",\"parameters\":{\"limit\":0}}",
		  "org.varlink.service.InvalidParameter", "parameter", "limit" },
		{ "{\"method\":\"io.linkstat.ImportJob\",\"parameters\":{\"command\":\"x\",\"began_"
		  "at\":"
		  "\"2020-10-01T10:00:00Z\",\"ended_at\":\"2020-10-01T09:00:00Z\",\"code\":1}}",
		  "org.varlink.service.InvalidParameter", "parameter", "ended_at" },
		{ "{\"method\":\"io.linkstat.ImportJob\",\"parameters\":{\"command\":\"x\",\"began_"
		  "at\":"
		  "\"2999-10-01T10:00:00Z\",\"ended_at\":\"2999-10-01T11:00:00Z\",\"code\":1}}",
		  "org.varlink.service.InvalidParameter", "parameter", "began_at" },
		{ "{\"method\":\"io.linkstat.ListEvents\",\"parameters\":{\"limit\":-1}}",
		  "org.varlink.service.InvalidParameter", "parameter", "limit" },
		{ "{\"method\":\"io.linkstat.ListEvents\",\"parameters\":{\"cursor\":\"-3\"}}",
		  "io.linkstat.BadCursor", "cursor", "-3" },
		{ "{\"method\":\"io.linkstat.ListIncidents\",\"parameters\":{\"cursor\":"
		  "\"99999999999999999999\"}}",
		  "io.linkstat.BadCursor", "cursor", "99999999999999999999" },
	};
	struct peer peer = peer_connect(bench);

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		json_t *reply;

		print_message("%s\n", cases[i].call);
		peer_send(bench, &peer, cases[i].call);
		reply = peer_receive(bench, &peer);
		assert_string_equal(error_of(reply), cases[i].error);
		assert_string_equal(json_string_value(parameter(reply, cases[i].field)),
				    cases[i].value);
		json_decref(reply);
	}
	peer_close(bench, &peer);
}

static void
answers_with_the_status(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	json_t *reply, *port, *controllers;

	bench_populate(bench);
	reply = peer_call(bench, &peer, "io.linkstat.Status", NULL);
	assert_int_equal(json_array_size(parameter(reply, "sources")), 4);
	controllers = parameter(reply, "controllers");
	assert_int_equal(json_array_size(controllers), 1);
	assert_int_equal(json_array_size(json_object_get(json_array_get(controllers, 0), "names")),
			 2);
	assert_int_equal(json_array_size(parameter(reply, "ports")), 2);
	port = json_array_get(parameter(reply, "ports"), 0);
	assert_string_equal(json_string_value(json_object_get(port, "parent")), "pci-0000:00:14.0");
	port = json_array_get(parameter(reply, "ports"), 1);
	assert_string_equal(json_string_value(json_object_get(port, "port")),
			    "pci-0000:00:14.0-usb-0:1.4");
	assert_string_equal(json_string_value(json_object_get(port, "parent")),
			    "pci-0000:00:14.0-usb-0:1");
	assert_string_equal(json_string_value(json_object_get(port, "state")), "ok");
	assert_true(json_is_null(parameter(reply, "last_drop")));
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
put_events(struct bench *bench, int n)
{
	assert_int_equal(store_begin(bench->fixture.store), 0);
	for (int i = 0; i < n; i++) {
		struct ls_event event = sample_event(1, LS_EVENT_RESET, i);
		struct ls_record record = RECORD_OF(EVENT, .event = &event);

		assert_int_equal(store_put(bench->fixture.store, &record), 0);
	}
	assert_int_equal(store_commit(bench->fixture.store), 0);
}

/* By cursor, a page a call. */
static void
pages_by_cursor(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	char parameters[128] = "{\"limit\":30}";
	size_t n = 0, pages = 0;

	put_events(bench, 100);
	for (;;) {
		json_t *reply = peer_call(bench, &peer, "io.linkstat.ListEvents", parameters);
		const char *cursor = json_string_value(parameter(reply, "cursor"));

		assert_string_equal(error_of(reply), "");
		assert_false(continues(reply));
		n += json_array_size(parameter(reply, "events"));
		pages++;
		snprintf(parameters, sizeof(parameters), "{\"limit\":30,\"cursor\":\"%s\"}",
			 cursor ? cursor : "");
		json_decref(reply);
		if (!cursor)
			break;
	}
	assert_int_equal(n, 100);
	assert_int_equal(pages, 4);
	peer_close(bench, &peer);
}

/* With "more" the pages follow each other, but only as fast as they are read. */
static void
streams_pages_as_they_are_read(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	size_t n = 0, pages = 0;
	bool more = true;

	put_events(bench, 20000);
	peer_send(bench, &peer, "{\"method\":\"io.linkstat.ListEvents\",\"more\":true}");
	peer_send(bench, &peer,
		  "{\"method\":\"io.linkstat.GetIncident\",\"parameters\":{\"id\":1}}");
	for (int i = 0; i < 1000; i++)
		bench_turn(bench);
	peer_read(&peer); /* one read: little is made before it is read */
	print_message("%zu bytes before the peer read\n", peer.n);
	assert_true(peer.n < 2 * 1024 * 1024);
	for (; more; pages++) {
		json_t *reply = peer_receive(bench, &peer);

		assert_int_equal(json_array_size(parameter(reply, "events")) <= SERVER_PAGE, 1);
		n += json_array_size(parameter(reply, "events"));
		more = continues(reply);
		assert_int_equal(more, json_is_string(parameter(reply, "cursor")));
		json_decref(reply);
	}
	assert_int_equal(n, 20000);
	assert_int_equal(pages, (20000 + SERVER_PAGE - 1) / SERVER_PAGE);
	/* The next call waited for its turn. */
	json_t *reply = peer_receive(bench, &peer);

	assert_string_equal(error_of(reply), "io.linkstat.NoSuchIncident");
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
answers_nothing_to_oneway_calls(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	json_t *reply;

	put_events(bench, 1000);
	peer_send(bench, &peer, "{\"method\":\"io.linkstat.Status\",\"oneway\":true}");
	peer_send(bench, &peer, "{\"method\":\"io.linkstat.Nope\",\"oneway\":true}");
	peer_send(bench, &peer,
		  "{\"method\":\"io.linkstat.ListEvents\",\"oneway\":true,\"more\":true}");
	peer_send(bench, &peer, "{\"method\":\"io.linkstat.Watch\",\"oneway\":true,\"more\":true}");
	reply = peer_call(bench, &peer, "io.linkstat.GetIncident", "{\"id\":-5}");
	assert_string_equal(error_of(reply), "io.linkstat.NoSuchIncident");
	assert_int_equal(json_integer_value(parameter(reply, "id")), -5);
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
accepts_null_for_what_is_optional(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	json_t *reply;

	reply = peer_call(bench, &peer, "io.linkstat.Status", "null");
	assert_string_equal(error_of(reply), "");
	json_decref(reply);
	reply = peer_call(bench, &peer, "io.linkstat.ListEvents",
			  "{\"since\":null,\"until\":null,\"ports\":null,\"cursor\":null,"
			  "\"limit\":null}");
	assert_string_equal(error_of(reply), "");
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
answers_with_the_transfers_of_an_incident(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct ls_tail tail;
	json_t *reply;

	*incident = sample_incident(1, 1, 1);
	PUT_INCIDENT(bench->fixture.store, incident);
	free(incident);
	reply = peer_call(bench, &peer, "io.linkstat.GetTransfers", "{\"id\":1}");
	assert_true(json_is_array(parameter(reply, "transfers")));
	assert_int_equal(json_array_size(parameter(reply, "transfers")), 0);
	json_decref(reply);
	sample_tail(&tail, 1, 4);
	PUT_TAIL(bench->fixture.store, &tail);
	reply = peer_call(bench, &peer, "io.linkstat.GetTransfers", "{\"id\":1}");
	assert_int_equal(json_array_size(parameter(reply, "transfers")), 4);
	json_decref(reply);
	tail.incident = 2; /* of which nothing else is known */
	PUT_TAIL(bench->fixture.store, &tail);
	reply = peer_call(bench, &peer, "io.linkstat.GetTransfers", "{\"id\":2}");
	assert_string_equal(error_of(reply), "io.linkstat.NoSuchIncident");
	json_decref(reply);
	peer_close(bench, &peer);
}

/* Failures by class are all named, by status only those that were seen. */
static void
reports_transfers(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	struct ls_session session = sample_session(1, 1, 0);
	struct ls_traffic_row row;
	json_t *reply, *port;
	char *text;

	sample_traffic(&row, 1, NOW_REAL);
	PUT_SESSION(bench->fixture.store, &session);
	PUT_TRAFFIC(bench->fixture.store, &row);
	reply = peer_call(bench, &peer, "io.linkstat.Report", NULL);
	port = json_array_get(parameter(reply, "ports"), 0);
	text = json_dumps(json_object_get(port, "transfer_errors"), JSON_COMPACT);
	assert_string_equal(text, "{\"link\":3,\"babble\":0,\"host\":0,\"stall\":0,"
				  "\"cancelled\":1,\"timeout\":2,\"gone\":0,\"other\":5}");
	free(text);
	text = json_dumps(json_object_get(port, "transfer_errors_by_status"), JSON_COMPACT);
	assert_string_equal(text, "{\"other\":5,\"-2\":3,\"-71\":3}");
	free(text);
	text = json_dumps(json_object_get(port, "endpoints"), JSON_COMPACT);
	assert_string_equal(text, "[{\"endpoint\":\"0x00\",\"transfer_errors\":{\"other\":5},"
				  "\"transfer_errors_by_status\":{\"other\":5}},"
				  "{\"endpoint\":\"0x01\",\"transfer_errors\":{\"link\":1},"
				  "\"transfer_errors_by_status\":{\"-71\":1}},"
				  "{\"endpoint\":\"0x81\",\"transfer_errors\":{\"link\":2,"
				  "\"cancelled\":1,\"timeout\":2},"
				  "\"transfer_errors_by_status\":{\"-2\":3,\"-71\":2}}]");
	free(text);
	json_decref(reply);
	peer_close(bench, &peer);
}

#define N_PORTS 150 /* more than two pages */

/* Each port once, in order, and the gaps once. */
static void
a_report_comes_in_pages(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	struct ls_gap gap = sample_gap(1, LS_SOURCE_UDEV, 1, 2);
	char call[64] = "{}", before[LS_ID_PATH_MAX] = "";
	size_t n_ports = 0, n_gaps = 0, n_pages = 0;

	PUT_GAP(bench->fixture.store, &gap);
	for (unsigned int i = 1; i <= N_PORTS; i++) {
		struct ls_event event = sample_event(i, LS_EVENT_RESET, i);

		snprintf(event.socket.id_path, sizeof(event.socket.id_path),
			 "pci-0000:00:14.0-usb-0:%u", i);
		PUT_EVENT(bench->fixture.store, &event);
	}
	for (bool more = true; more; n_pages++) {
		json_t *reply = peer_call(bench, &peer, "io.linkstat.Report", call);
		json_t *ports = parameter(reply, "ports"), *cursor = parameter(reply, "cursor");

		for (size_t i = 0; i < json_array_size(ports); i++, n_ports++) {
			const char *port = json_string_value(
				json_object_get(json_array_get(ports, i), "port"));
			char want[LS_ID_PATH_MAX];

			snprintf(want, sizeof(want), "pci-0000:00:14.0-usb-0:%zu", n_ports + 1);
			assert_string_equal(port, want);
			assert_string_not_equal(port, before);
			snprintf(before, sizeof(before), "%s", port);
		}
		n_gaps += json_array_size(parameter(reply, "gaps"));
		more = json_is_string(cursor);
		if (more)
			snprintf(call, sizeof(call), "{\"cursor\":\"%s\"}",
				 json_string_value(cursor));
		json_decref(reply);
	}
	assert_int_equal(n_ports, N_PORTS);
	assert_int_equal(n_gaps, 1);
	assert_int_equal(n_pages, 3);
	peer_close(bench, &peer);
}

/* What is for watchers, and what is not. */
static void
publish_all_kinds(struct bench *bench)
{
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct ls_session session = sample_session(1, 1, 1);
	struct ls_gap gap = sample_gap(1, LS_SOURCE_UDEV, 1, 2);
	const struct ls_record records[] = {
		RECORD_OF(INCIDENT, .incident = incident), /* not settled: not published yet */
		RECORD_OF(SESSION, .session = &session),
		RECORD_OF(ABSORBED, .absorbed = { 1, 2 }),
		RECORD_OF(EVENT, .event = &event),
		RECORD_OF(GAP, .gap = &gap),
		RECORD_OF(INCIDENT, .incident = incident),
	};

	*incident = sample_incident(9, 1, 1);
	for (size_t i = 0; i < LS_COUNT(records); i++) {
		incident->settled = i > 0;
		server_publish(bench->server, &records[i]);
	}
	free(incident);
}

static void
publishes_to_watchers(void **state)
{
	static const char *const want[] = { "ready", "event", "gap", "incident" };
	struct bench *bench = *state;
	struct peer peers[] = { peer_connect(bench), peer_connect(bench) };

	for (size_t p = 0; p < LS_COUNT(peers); p++)
		peer_send(bench, &peers[p], "{\"method\":\"io.linkstat.Watch\",\"more\":true}");
	bench_turn(bench);
	publish_all_kinds(bench);
	for (size_t i = 0; i < LS_COUNT(peers) * LS_COUNT(want); i++) {
		json_t *reply = peer_receive(bench, &peers[i / LS_COUNT(want)]);

		assert_true(continues(reply));
		assert_int_equal(json_object_size(json_object_get(reply, "parameters")), 1);
		assert_non_null(parameter(reply, want[i % LS_COUNT(want)]));
		json_decref(reply);
	}
	peer_close(bench, &peers[0]);
	publish_all_kinds(bench);
	json_decref(peer_receive(bench, &peers[1]));
	peer_close(bench, &peers[1]);
	publish_all_kinds(bench); /* no client is left */
}

static void
watching_needs_more(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	json_t *reply = peer_call(bench, &peer, "io.linkstat.Watch", NULL);

	assert_string_equal(error_of(reply), "org.varlink.service.ExpectedMore");
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
answers_after_the_client_closed_its_side(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	size_t n = 0;

	put_events(bench, 5000);
	peer_send(bench, &peer, "{\"method\":\"io.linkstat.ListEvents\",\"more\":true}");
	assert_int_equal(shutdown(peer.fd, SHUT_WR), 0);
	for (json_t *reply; (reply = peer_receive(bench, &peer)); json_decref(reply))
		n += json_array_size(parameter(reply, "events"));
	assert_int_equal(n, 5000);
	peer_close(bench, &peer);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_about_itself),
		TEST(refuses_with_the_standard_errors),
		TEST(answers_with_the_status),
		TEST(pages_by_cursor),
		TEST(streams_pages_as_they_are_read),
		TEST(a_report_comes_in_pages),
		TEST(answers_nothing_to_oneway_calls),
		TEST(accepts_null_for_what_is_optional),
		TEST(answers_with_the_transfers_of_an_incident),
		TEST(reports_transfers),
		TEST(publishes_to_watchers),
		TEST(watching_needs_more),
		TEST(answers_after_the_client_closed_its_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
