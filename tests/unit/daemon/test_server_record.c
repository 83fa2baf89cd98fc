/* Record: what is known, then what is observed, as lines that can be read back. */
#include "daemon/server/limits.h"
#include "lib/wire/recording_read.h"
#include "tests/unit/daemon/server_peer.h"

#define CALL "{\"method\":\"io.linkstat.Record\",\"more\":true}"

/* One of "lines" of a reply, as an observation. */
static struct ls_observation
line_of(const json_t *reply, size_t i, struct ls_device *device)
{
	const char *text = json_string_value(json_array_get(parameter(reply, "lines"), i));
	json_t *line = json_loads(text ? text : "", JSON_REJECT_DUPLICATES, NULL);
	struct ls_observation obs;
	char why[LS_TEXT_MAX];

	assert_int_equal(ls_recording_parse(line, &obs, device, why), 1);
	json_decref(line);
	return obs;
}

/* What the sources find when they are asked. */
static void
scan(server_observation_fn fn, void *fn_user, void *user)
{
	static const struct ls_device phone = { .vid = 0x5ac, .pid = 0x12a8, .serial = "0000" };
	const struct ls_observation found = {
		.at = state_now(),
		.source = LS_SOURCE_UDEV,
		.kind = LS_OBS_CONNECTED,
		.port = "1-1.4",
		.initial = true,
		.device = &phone,
	};

	(void)user;
	fn(&found, fn_user);
}

static void
label_cable(struct bench *bench)
{
	struct ls_observation obs = {
		.at = state_now(),
		.kind = LS_OBS_CABLE,
		.port = "1-1.4",
		.label = "white 2 m",
	};

	ls_engine_observe(bench->state.engine, &obs);
}

static void
begins_with_what_is_known(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	struct ls_observation obs;
	struct ls_device device;
	json_t *reply;

	bench_populate(bench);
	label_cable(bench);
	server_set_hooks(bench->server, &(const struct server_hooks){ .scan = scan });
	peer_send(bench, &peer, CALL);
	reply = peer_receive(bench, &peer);
	assert_string_equal(error_of(reply), "");
	assert_true(continues(reply));
	assert_int_equal(json_array_size(parameter(reply, "lines")), 3);
	obs = line_of(reply, 0, &device);
	assert_int_equal(obs.kind, LS_OBS_SOURCE_AVAILABLE);
	assert_int_equal(obs.source, LS_SOURCE_UDEV);
	obs = line_of(reply, 1, &device);
	assert_int_equal(obs.kind, LS_OBS_CONNECTED);
	assert_int_equal(device.pid, 0x12a8);
	obs = line_of(reply, 2, &device);
	assert_int_equal(obs.kind, LS_OBS_CABLE);
	assert_string_equal(obs.label, "white 2 m");
	json_decref(reply);
	peer_close(bench, &peer);
}

static void
goes_on_with_what_is_observed(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench), watcher = peer_connect(bench);
	const struct ls_observation left = {
		.at = { 5000000, 1600000000000000 },
		.source = LS_SOURCE_KERNEL_LOG,
		.kind = LS_OBS_DISCONNECTED,
		.port = "3-2",
	};
	struct ls_observation obs;
	struct ls_device device;
	json_t *reply;

	peer_send(bench, &watcher, "{\"method\":\"io.linkstat.Watch\",\"more\":true}");
	json_decref(peer_receive(bench, &watcher));
	peer_send(bench, &peer, CALL);
	json_decref(peer_receive(bench, &peer));
	server_observed(bench->server, &left);
	reply = peer_receive(bench, &peer);
	obs = line_of(reply, 0, &device);
	assert_int_equal(json_array_size(parameter(reply, "lines")), 1);
	assert_int_equal(obs.kind, LS_OBS_DISCONNECTED);
	assert_string_equal(obs.port, "3-2");
	json_decref(reply);
	bench_turn(bench);
	peer_read(&watcher); /* observations are for who records */
	assert_int_equal(watcher.n, 0);
	peer_close(bench, &watcher);
	peer_close(bench, &peer);
}

/* A recording with a hole would give a wrong verdict: it ends instead. */
static void
ends_for_a_slow_reader(void **state)
{
	struct bench *bench = *state;
	struct peer peer = peer_connect(bench);
	struct ls_observation obs = { .kind = LS_OBS_LINK_TROUBLE, .port = "1-1" };
	bool ended = false;

	memset(obs.text, 'x', sizeof(obs.text) - 1);
	peer_send(bench, &peer, CALL);
	for (size_t n = 0; n < 4 * SERVER_MAX_QUEUED / sizeof(obs.text); n++) {
		bench_turn(bench);
		server_observed(bench->server, &obs);
	}
	while (!ended) {
		json_t *reply = peer_receive(bench, &peer);

		assert_non_null(reply);
		ended = strcmp(error_of(reply), "io.linkstat.TooSlow") == 0;
		assert_true(ended || !*error_of(reply));
		json_decref(reply);
	}
	peer_close(bench, &peer);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(begins_with_what_is_known),
		TEST(goes_on_with_what_is_observed),
		TEST(ends_for_a_slow_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
