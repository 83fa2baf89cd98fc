/* Top: measures while a client watches, and only then. */
#include <event2/event.h>
#include <time.h>
#include <math.h>

#include "daemon/sources/top.h"
#include "tests/unit/daemon/server_peer.h"

#define CALL(ms)                                                                                   \
	"{\"method\":\"io.linkstat.Top\",\"more\":true,\"parameters\":{\"interval_ms\":" ms "}}"
/* Where bench_plug() puts everything. */
#define BUS    1
#define DEVNUM 5

static struct ls_traffic *traffic;

/* A transfer that ended with @status within @took_us. */
static void
transfer(uint8_t endpoint, int32_t status, uint32_t length, uint64_t took_us)
{
	struct ls_usbmon_record record = {
		.id = 7,
		.type = 'S',
		.xfer = LS_XFER_BULK,
		.endpoint = endpoint,
		.bus = BUS,
		.devnum = DEVNUM,
		.flag_setup = '-',
		.flag_data = '<',
		.real_sec = 1600000000,
		.status = -115,
		.length = length,
	};

	ls_traffic_add(traffic, &record);
	record.type = 'C';
	record.status = status;
	record.real_usec = (int32_t)took_us;
	ls_traffic_add(traffic, &record);
}

static void
take(struct bench *bench)
{
	static struct ls_traffic_counts counts;

	assert_int_equal(ls_traffic_take(traffic, BUS, DEVNUM, &counts), 1);
	top_taken(bench->state.top, BUS, DEVNUM, &counts);
}

static int
top_setup(void **state)
{
	struct bench *bench;

	if (bench_setup(state) < 0)
		return -1;
	bench = *state;
	bench_populate(bench);
	bench->state.sources[LS_SOURCE_USBMON].available = true;
	assert_int_equal(ls_traffic_new(&traffic), 0);
	top_attach(bench->state.top, traffic);
	return 0;
}

static int
top_teardown(void **state)
{
	bench_teardown(state);
	ls_traffic_free(traffic);
	return 0;
}

/* Subscribes and takes the first reply. */
static struct peer
watch(struct bench *bench, const char *call)
{
	struct peer peer = peer_connect(bench);
	json_t *reply;

	peer_send(bench, &peer, call);
	reply = peer_receive(bench, &peer);
	assert_true(json_is_true(parameter(reply, "ready")));
	assert_true(json_is_null(parameter(reply, "seconds")));
	assert_int_equal(json_array_size(parameter(reply, "devices")), 0);
	assert_true(continues(reply));
	json_decref(reply);
	return peer;
}

/* The first of the two devices, which share a number in this test. */
static const json_t *
first_device(const json_t *reply)
{
	return json_array_get(parameter(reply, "devices"), 0);
}

static int64_t
number(const json_t *device, const char *name)
{
	return json_integer_value(json_object_get(device, name));
}

/* What moved in the interval of @reply, out of the rate. */
static double
total(const json_t *reply, const char *rate)
{
	return json_real_value(json_object_get(first_device(reply), rate)) *
	       json_real_value(parameter(reply, "seconds"));
}

static void
counts_since_the_last_reply(void **state)
{
	struct bench *bench = *state;
	struct peer peer;
	const json_t *bulk;
	json_t *reply;

	transfer(0x81, -71, 1000, 900); /* before anybody looked */
	peer = watch(bench, CALL("100"));
	transfer(0x81, 0, 1000, 100);
	take(bench);
	transfer(0x02, -32, 50, 200);
	transfer(0x02, -84, 0, 300);
	reply = peer_receive(bench, &peer);
	assert_int_equal(json_array_size(parameter(reply, "devices")), 2);
	assert_true(fabs(total(reply, "bytes_in_per_second") - 1000) < 0.01);
	assert_true(fabs(total(reply, "bytes_out_per_second") - 50) < 0.01);
	assert_true(fabs(total(reply, "transfers_per_second") - 3) < 0.01);
	assert_int_equal(number(first_device(reply), "errors"), 1);
	assert_int_equal(number(first_device(reply), "stalls"), 1);
	bulk = json_object_get(json_object_get(first_device(reply), "latency"), "bulk");
	assert_int_equal(number(bulk, "transfers"), 3);
	assert_in_range(number(bulk, "max_us"), 300, 311); /* of its bucket: 900 came before */
	json_decref(reply);

	reply = peer_receive(bench, &peer); /* and nothing twice */
	assert_true(total(reply, "transfers_per_second") < 0.01);
	assert_int_equal(number(first_device(reply), "errors"), 0);
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
another_device_starts_at_zero(void **state)
{
	struct bench *bench = *state;
	struct peer peer;
	json_t *reply;

	for (int i = 0; i < 5; i++)
		transfer(0x81, 0, 1000, 100);
	peer = watch(bench, CALL("100"));
	top_device_gone(bench->state.top, BUS, DEVNUM);
	ls_traffic_device_gone(traffic, BUS, DEVNUM);
	transfer(0x81, 0, 30, 100);
	reply = peer_receive(bench, &peer);
	assert_true(fabs(total(reply, "bytes_in_per_second") - 30) < 0.01);
	json_decref(reply);
	top_bus_gone(bench->state.top, BUS);
	ls_traffic_bus_gone(traffic, BUS);
	reply = peer_receive(bench, &peer);
	assert_true(total(reply, "bytes_in_per_second") < 0.01);
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
reports_what_was_lost(void **state)
{
	struct bench *bench = *state;
	struct source_state *usbmon = &bench->state.sources[LS_SOURCE_USBMON];
	struct peer peer = watch(bench, CALL("100"));
	json_t *reply;

	top_lost(bench->state.top, 7);
	*usbmon = (struct source_state){ .detail = "not loaded", .fix = "modprobe" };
	top_attach(bench->state.top, NULL);
	reply = peer_receive(bench, &peer);
	assert_int_equal(json_integer_value(parameter(reply, "lost")), 7);
	assert_string_equal(json_string_value(parameter(reply, "blind")), "not loaded");
	assert_string_equal(json_string_value(parameter(reply, "fix")), "modprobe");
	assert_int_equal(json_array_size(parameter(reply, "devices")), 2);
	json_decref(reply);
	reply = peer_receive(bench, &peer);
	assert_int_equal(json_integer_value(parameter(reply, "lost")), 0);
	json_decref(reply);
	peer_close(bench, &peer);
}

static int
n_armed(struct bench *bench)
{
	return event_base_get_num_events(bench->base, EVENT_BASE_COUNT_ADDED);
}

static void
measures_only_while_a_client_watches(void **state)
{
	struct bench *bench = *state;
	int at_rest = n_armed(bench);
	struct peer peers[TOP_WATCHERS + 1];
	json_t *reply;

	for (size_t i = 0; i < TOP_WATCHERS; i++)
		peers[i] = watch(bench, CALL("3600000"));
	assert_true(n_armed(bench) > at_rest);
	peers[TOP_WATCHERS] = peer_connect(bench);
	peer_send(bench, &peers[TOP_WATCHERS], CALL("100"));
	reply = peer_receive(bench, &peers[TOP_WATCHERS]);
	assert_string_equal(error_of(reply), "io.linkstat.TooMany");
	assert_int_equal(json_integer_value(parameter(reply, "maximum")), TOP_WATCHERS);
	json_decref(reply);
	for (size_t i = 0; i <= TOP_WATCHERS; i++)
		peer_close(bench, &peers[i]);
	assert_int_equal(n_armed(bench), at_rest);
	peers[0] = watch(bench, CALL("100")); /* there is room again */
	peer_close(bench, &peers[0]);
	assert_int_equal(n_armed(bench), at_rest);
}

static void
accepts_valid_intervals_only(void **state)
{
	static const struct {
		const char *call, *error;
	} cases[] = {
		{ CALL("99"), "org.varlink.service.InvalidParameter" },
		{ CALL("-1"), "org.varlink.service.InvalidParameter" },
		{ CALL("3600001"), "org.varlink.service.InvalidParameter" },
		{ CALL("9223372036854775807"), "org.varlink.service.InvalidParameter" },
		{ CALL("\"fast\""), "org.varlink.service.InvalidParameter" },
		{ "{\"method\":\"io.linkstat.Top\"}", "org.varlink.service.ExpectedMore" },
		{ "{\"method\":\"io.linkstat.Top\",\"more\":true}", "" },
		{ CALL("null"), "" },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct peer peer = peer_connect(bench);
		json_t *reply;

		print_message("%s\n", cases[i].call);
		peer_send(bench, &peer, cases[i].call);
		reply = peer_receive(bench, &peer);
		assert_string_equal(error_of(reply), cases[i].error);
		json_decref(reply);
		peer_close(bench, &peer);
	}
}

/* Watch and Top do not get each other's replies, and a connection goes on after an error. */
static void
a_client_of_events_gets_no_measurements(void **state)
{
	struct bench *bench = *state;
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	const struct ls_record record = RECORD_OF(EVENT, .event = &event);
	struct peer top = watch(bench, CALL("100")), events = peer_connect(bench);
	json_t *reply;

	peer_send(bench, &events, "{\"method\":\"io.linkstat.Watch\",\"more\":true}");
	json_decref(peer_receive(bench, &events));
	server_publish(bench->server, &record);
	reply = peer_receive(bench, &events);
	assert_non_null(parameter(reply, "event"));
	json_decref(reply);
	reply = peer_receive(bench, &top);
	assert_non_null(parameter(reply, "devices"));
	json_decref(reply);
	peer_close(bench, &events);
	peer_close(bench, &top);
}

/* Many devices make replies large enough that the test does not wait long. */
static void
a_reader_that_is_too_slow_is_dropped(void **state)
{
	static const struct ls_device device = { .vid = 1, .speed = LS_SPEED_HIGH };
	struct bench *bench = *state;
	struct peer peer;
	time_t give_up = seconds_now() + PATIENCE_SECONDS;
	int at_rest = n_armed(bench);
	json_t *reply;

	for (unsigned int i = 10; i < 250; i++) {
		char port[16];

		snprintf(port, sizeof(port), "1-%u", i);
		bench_plug(bench, port, &device);
	}
	peer = watch(bench, CALL("100"));
	while (n_armed(bench) > at_rest) { /* and it does not read */
		assert_true(seconds_now() < give_up);
		event_base_loop(bench->base, EVLOOP_ONCE);
	}
	while ((reply = peer_receive(bench, &peer)) != NULL) /* what the kernel has of it */
		json_decref(reply);
	peer_close(bench, &peer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, top_setup, top_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_since_the_last_reply),
		TEST(another_device_starts_at_zero),
		TEST(reports_what_was_lost),
		TEST(measures_only_while_a_client_watches),
		TEST(accepts_valid_intervals_only),
		TEST(a_client_of_events_gets_no_measurements),
		TEST(a_reader_that_is_too_slow_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
