/* Several users: none of them takes from the others what they need. */
#include <dlfcn.h>
#include <event2/event.h>
#include <malloc.h>

#include "daemon/server/limits.h"
#include "daemon/server/quota.h"
#include "tests/unit/daemon/server_peer.h"

#define WATCH "{\"method\":\"io.linkstat.Watch\",\"more\":true}"

/* What the monotonic clock says: nobody waits for half a minute. */
static time_t later_seconds;

int
clock_gettime(clockid_t clock, struct timespec *ret)
{
	static int (*real)(clockid_t, struct timespec *);
	int r;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	r = real(clock, ret);
	ret->tv_sec += later_seconds;
	return r;
}

static void
expect(struct bench *bench, struct peer *peer, const char *error)
{
	json_t *reply = peer_call(bench, peer, "org.varlink.service.GetInfo", NULL);

	assert_string_equal(error_of(reply), error);
	json_decref(reply);
}

/* It is told before it has asked. */
static void
expect_busy(struct bench *bench, struct peer *peer, int maximum)
{
	json_t *reply = peer_receive(bench, peer);

	assert_string_equal(error_of(reply), "io.linkstat.TooMany");
	assert_int_equal(json_integer_value(parameter(reply, "maximum")), maximum);
	json_decref(reply);
	peer_close(bench, peer);
}

static void
close_all(struct bench *bench, struct peer *peers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		peer_close(bench, &peers[i]);
	later_seconds = 0;
}

static void
one_user_has_a_share_of_the_places(void **state)
{
	struct bench *bench = *state;
	struct peer peers[SERVER_USER_CLIENTS], late, other;

	for (size_t i = 0; i < LS_COUNT(peers); i++)
		peers[i] = peer_connect_as(bench, 1001);
	late = peer_connect_as(bench, 1001);
	expect_busy(bench, &late, SERVER_USER_CLIENTS);
	other = peer_connect_as(bench, 1002);
	expect(bench, &other, "");
	peer_close(bench, &other);
	close_all(bench, peers, LS_COUNT(peers));
}

static void
root_always_has_a_place(void **state)
{
	struct bench *bench = *state;
	struct peer peers[SERVER_MAX_CLIENTS], late, root;

	for (size_t i = 0; i < LS_COUNT(peers); i++)
		peers[i] = peer_connect_as(bench, 1001 + (int64_t)(i / SERVER_USER_CLIENTS));
	late = peer_connect_as(bench, 2000);
	expect_busy(bench, &late, SERVER_MAX_CLIENTS);
	root = peer_connect_as(bench, 0);
	expect(bench, &root, "");
	peer_close(bench, &root);
	close_all(bench, peers, LS_COUNT(peers));
}

static void
who_asks_nothing_gives_way(void **state)
{
	struct bench *bench = *state;
	struct peer peers[SERVER_USER_CLIENTS], late;

	for (size_t i = 0; i < LS_COUNT(peers); i++)
		peers[i] = peer_connect_as(bench, 1001);
	peer_send(bench, &peers[0], WATCH); /* it waits for records, and is not idle */
	json_decref(peer_receive(bench, &peers[0]));
	later_seconds = SERVER_IDLE_SECONDS + 1;
	for (size_t i = 2; i < LS_COUNT(peers); i++)
		expect(bench, &peers[i], "");
	late = peer_connect_as(bench, 1001);
	expect(bench, &late, "");
	assert_null(peer_receive(bench, &peers[1]));
	peer_read(&peers[0]);
	assert_false(peers[0].at_end);
	peer_close(bench, &late);
	late = peer_connect_as(bench, 1001); /* the place is free again */
	expect(bench, &late, "");
	peer_close(bench, &late);
	close_all(bench, peers, LS_COUNT(peers));
}

static void
jobs_have_a_rate(void **state)
{
	struct bench *bench = *state;
	struct peer peer, root;
	unsigned int n = 0;
	bool refused = false;
	char end[128];

	while (!refused) {
		json_t *reply;

		peer = peer_connect_as(bench, 1001);
		reply = peer_call(bench, &peer, "io.linkstat.BeginJob", "{\"command\":\"true\"}");
		refused = *error_of(reply);
		if (refused) {
			assert_string_equal(error_of(reply), "io.linkstat.TooFast");
			assert_true(json_integer_value(parameter(reply, "retry_seconds")) > 0);
		}
		snprintf(end, sizeof(end), "{\"id\":%d,\"code\":0}",
			 (int)json_integer_value(parameter(reply, "id")));
		json_decref(reply);
		if (!refused) { /* to end one is always allowed */
			reply = peer_call(bench, &peer, "io.linkstat.EndJob", end);
			assert_string_equal(error_of(reply), "");
			json_decref(reply);
		}
		peer_close(bench, &peer);
		n += !refused;
		assert_true(n < 1000);
	}
	print_message("%u jobs at once\n", n);
	assert_true(n >= 100);
	root = peer_connect_as(bench, 0);
	json_decref(peer_call(bench, &root, "io.linkstat.BeginJob", "{\"command\":\"true\"}"));
	peer_close(bench, &root);
}

static void
the_quota_comes_back(void **state)
{
	struct quota quota = { 0 };
	uint64_t now_us = LS_SEC;
	unsigned int n = 0, seconds;

	(void)state;
	while ((seconds = quota_take(&quota, 7, QUOTA_CHANGE, now_us)) == 0)
		n++;
	assert_true(seconds <= 5);
	assert_int_equal(quota_take(&quota, 8, QUOTA_CHANGE, now_us), 0);
	assert_int_equal(quota_take(&quota, 7, QUOTA_IMPORT, now_us), 0);
	assert_int_equal(quota_take(&quota, 7, QUOTA_CHANGE, now_us + seconds * LS_SEC), 0);
	assert_true(quota_take(&quota, 7, QUOTA_CHANGE, now_us + seconds * LS_SEC) > 0);
	now_us += 86400 * (uint64_t)LS_SEC;
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(quota_take(&quota, 7, QUOTA_CHANGE, now_us), 0);
	assert_true(quota_take(&quota, 7, QUOTA_CHANGE, now_us) > 0);
}

static void
an_import_that_is_held_gives_way(void **state)
{
	static const char call[] =
		"{\"boot\":\"00000000-0000-4000-8000-00000000000c\",\"lines\":[]}";
	struct bench *bench = *state;
	struct peer holder = peer_connect_as(bench, 0), other = peer_connect_as(bench, 0);
	json_t *reply = peer_call(bench, &holder, "io.linkstat.ImportKernelLog", call);

	assert_string_equal(error_of(reply), "");
	json_decref(reply);
	reply = peer_call(bench, &other, "io.linkstat.ImportKernelLog", call);
	assert_string_equal(error_of(reply), "io.linkstat.ImportUnderWay");
	json_decref(reply);
	later_seconds = 60;
	reply = peer_call(bench, &other, "io.linkstat.ImportKernelLog", call);
	assert_string_equal(error_of(reply), "");
	json_decref(reply);
	reply = peer_call(bench, &holder, "io.linkstat.ImportKernelLog", call);
	assert_string_equal(error_of(reply), "io.linkstat.ImportUnderWay");
	json_decref(reply);
	later_seconds = 0;
	peer_close(bench, &holder);
	peer_close(bench, &other);
}

/* ---- memory ---- */

static size_t n_allocated; /* by libevent, which holds what is queued */

static void *
count_malloc(size_t size)
{
	void *bytes = malloc(size);

	n_allocated += bytes ? malloc_usable_size(bytes) : 0;
	return bytes;
}

static void
count_free(void *bytes)
{
	n_allocated -= bytes ? malloc_usable_size(bytes) : 0;
	free(bytes);
}

static void *
count_realloc(void *bytes, size_t size)
{
	n_allocated -= bytes ? malloc_usable_size(bytes) : 0;
	bytes = realloc(bytes, size);
	n_allocated += bytes ? malloc_usable_size(bytes) : 0;
	return bytes;
}

/* Sixty subscribers that never read, and a storm; then all of it is given back. */
static void
slow_readers_take_no_more_than_is_counted(void **state)
{
	struct bench *bench = *state;
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	const struct ls_record record = RECORD_OF(EVENT, .event = &event);
	struct peer peers[60];
	size_t before = n_allocated, most = 0;

	for (size_t i = 0; i < LS_COUNT(peers); i++) {
		peers[i] = peer_connect_as(bench, 1001 + (int64_t)(i / SERVER_USER_CLIENTS));
		peer_send(bench, &peers[i], WATCH);
		json_decref(peer_receive(bench, &peers[i]));
	}
	for (size_t i = 0; i < 20000; i++) {
		server_publish(bench->server, &record);
		if (i % 10 == 0)
			bench_turn(bench);
		most = n_allocated > most ? n_allocated : most;
	}
	print_message("%zu KiB at most, %zu KiB at the end\n", (most - before) / 1024,
		      (n_allocated - before) / 1024);
	assert_true(most - before < SERVER_MAX_QUEUED_ALL * 5 / 4);
	close_all(bench, peers, LS_COUNT(peers));
	assert_true(n_allocated - before < 64 * 1024);
}

/* A subscriber that reads is not the one to be dropped when others do not. */
static void
who_reads_is_not_dropped_for_others(void **state)
{
	struct bench *bench = *state;
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	const struct ls_record record = RECORD_OF(EVENT, .event = &event);
	struct peer peers[48], good = peer_connect_as(bench, 3000);

	peer_send(bench, &good, WATCH);
	json_decref(peer_receive(bench, &good));
	for (size_t i = 0; i < LS_COUNT(peers); i++) {
		peers[i] = peer_connect_as(bench, 1001 + (int64_t)(i / SERVER_USER_CLIENTS));
		peer_send(bench, &peers[i], WATCH);
		json_decref(peer_receive(bench, &peers[i]));
	}
	for (size_t i = 0; i < 20000; i++) {
		server_publish(bench->server, &record);
		if (i % 10 == 0) {
			bench_turn(bench);
			peer_read(&good);
		}
	}
	for (size_t i = 0; i < 20000; i++) {
		json_t *reply = peer_receive(bench, &good);

		assert_non_null(parameter(reply, "event"));
		json_decref(reply);
	}
	peer_close(bench, &good);
	close_all(bench, peers, LS_COUNT(peers));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_user_has_a_share_of_the_places),
		TEST(root_always_has_a_place),
		TEST(who_asks_nothing_gives_way),
		TEST(jobs_have_a_rate),
		cmocka_unit_test(the_quota_comes_back),
		TEST(an_import_that_is_held_gives_way),
		TEST(slow_readers_take_no_more_than_is_counted),
		TEST(who_reads_is_not_dropped_for_others),
	};

	event_set_mem_functions(count_malloc, count_realloc, count_free);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
