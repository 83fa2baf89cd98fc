#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "daemon/sources/kmsg.h"
#include "daemon/base/state.h"

#define MAX_SEEN 600

struct seen {
	struct ls_observation obs;
	uint64_t seq; /* the last one reported before it */
};

static struct event_base *base;
static struct source_kmsg *source;
static int writer;
static struct ls_instant now;
static struct seen seen[MAX_SEEN];
static size_t n_seen;
static uint64_t last_seq;
static unsigned int n_seqs;
static int next_read_error; /* a socket cannot give all the errors of /dev/kmsg */

struct ls_instant
state_now(void)
{
	return now;
}

ssize_t
read(int fd, void *buf, size_t n)
{
	if (next_read_error) {
		errno = next_read_error;
		next_read_error = 0;
		return -1;
	}
	return (ssize_t)syscall(SYS_read, fd, buf, n);
}

static void
on_observation(const struct ls_observation *obs, void *user)
{
	(void)user;
	assert_true(n_seen < MAX_SEEN);
	seen[n_seen++] = (struct seen){ .obs = *obs, .seq = last_seq };
}

static void
on_seq(uint64_t seq, void *user)
{
	(void)user;
	last_seq = seq;
	n_seqs++;
}

static void
write_record(const char *record)
{
	assert_int_equal(write(writer, record, strlen(record)), strlen(record));
}

/* A disconnect of 1-1, which is an observation, as the kernel would log it. */
static void
write_disconnect(uint64_t seq, uint64_t usec)
{
	char record[128];

	snprintf(record, sizeof(record),
		 "6,%llu,%llu,-;usb 1-1: USB disconnect, device number 5\n SUBSYSTEM=usb\n",
		 (unsigned long long)seq, (unsigned long long)usec);
	write_record(record);
}

static void
turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
open_source(bool resume, uint64_t after_seq)
{
	int fds[2];
	struct source_kmsg_options options = {
		.resume = resume,
		.after_seq = after_seq,
		.sink = on_observation,
		.on_seq = on_seq,
	};

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	writer = fds[1];
	options.fd = fds[0];
	assert_int_equal(source_kmsg_new(base, &options, &source), 0);
	assert_int_equal(n_seen, 0);
}

/* Start of most tests: no earlier records, the source is available. */
static void
open_fresh(void)
{
	open_source(false, 0);
	source_kmsg_replay(source);
	assert_int_equal(n_seen, 1);
	assert_int_equal(seen[0].obs.kind, LS_OBS_SOURCE_AVAILABLE);
	n_seen = 0;
}

static int
set_up(void **state)
{
	(void)state;
	base = event_base_new();
	now = (struct ls_instant){ .mono_us = 1000 * LS_SEC, .real_us = 5000000 * (int64_t)LS_SEC };
	n_seen = 0;
	n_seqs = 0;
	last_seq = 0;
	next_read_error = 0;
	return base ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	source_kmsg_free(source);
	close(writer);
	event_base_free(base);
	return 0;
}

static void
delivers_messages_about_usb(void **state)
{
	(void)state;
	open_fresh();
	write_record("6,10,999990000,-;eth0: link up\n");
	write_disconnect(11, 999995000);
	turn();
	assert_int_equal(n_seen, 1);
	assert_int_equal(seen[0].obs.kind, LS_OBS_DISCONNECTED);
	assert_int_equal(seen[0].obs.source, LS_SOURCE_KERNEL_LOG);
	assert_string_equal(seen[0].obs.port, "1-1");
	assert_int_equal(seen[0].obs.devnum, 5);
	assert_int_equal(seen[0].obs.at.mono_us, 999995000);
	assert_int_equal(seen[0].obs.at.real_us, now.real_us - 5000);
	assert_int_equal(n_seqs, 2);
	assert_int_equal(last_seq, 11);
	assert_int_equal(seen[0].seq, 10); /* a record counts as taken after it was delivered */
}

static void
accepts_the_kernel_only(void **state)
{
	static const char *const forged[] = {
		"12,10,999990000,-;usb 1-1: USB disconnect, device number 5\n",
		"8,11,999990000,-;usb 1-1: USB disconnect, device number 5\n",
		"30,12,999990000,-;usb 1-1: USB disconnect, device number 5\n",
		"6,13,999990000,-;x\n usb 1-1: USB disconnect, device number 5\n",
		"no record at all",
	};

	(void)state;
	open_fresh();
	for (size_t i = 0; i < LS_COUNT(forged); i++)
		write_record(forged[i]);
	turn();
	assert_int_equal(n_seen, 0);
	assert_int_equal(last_seq, 13);
}

static void
replays_what_came_after_the_last_one_taken(void **state)
{
	(void)state;
	open_source(true, 20);
	write_disconnect(19, 100 * LS_SEC);
	write_disconnect(20, 200 * LS_SEC);
	write_disconnect(21, 300 * LS_SEC);
	source_kmsg_replay(source);
	assert_int_equal(n_seen, 2);
	assert_int_equal(seen[0].obs.kind, LS_OBS_DISCONNECTED);
	assert_int_equal(seen[0].obs.at.mono_us, 300 * LS_SEC);
	assert_int_equal(seen[0].obs.at.real_us, now.real_us - (int64_t)(700 * LS_SEC));
	assert_int_equal(seen[1].obs.kind, LS_OBS_SOURCE_AVAILABLE);
	assert_int_equal(seen[1].obs.at.mono_us, now.mono_us);
	assert_int_equal(n_seqs, 1);
	assert_int_equal(last_seq, 21);
}

static void
counts_what_was_overwritten(void **state)
{
	static const struct {
		uint64_t after, first;
		bool epipe;
		int lost;
	} cases[] = {
		{ 20, 21, false, -1 }, { 20, 22, false, 1 },	    { 20, 121, true, 100 },
		{ 20, 21, true, 0 },   { 0, 1ULL << 40, true, -2 },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		size_t n = cases[i].lost != -1;

		print_message("%zu\n", i);
		set_up(state);
		open_source(true, cases[i].after);
		write_disconnect(cases[i].first, 100 * LS_SEC);
		next_read_error = cases[i].epipe ? EPIPE : 0;
		source_kmsg_replay(source);
		assert_int_equal(n_seen, n + 2);
		assert_int_equal(seen[n].obs.kind, LS_OBS_DISCONNECTED);
		if (n) {
			assert_int_equal(seen[0].obs.kind, LS_OBS_LOST);
			assert_int_equal(seen[0].obs.n_lost, cases[i].lost == -2
								     ? UINT32_MAX
								     : (uint32_t)cases[i].lost);
		}
		if (i + 1 < LS_COUNT(cases))
			tear_down(state);
	}
}

static void
goes_on_after_an_overrun(void **state)
{
	(void)state;
	open_fresh();
	write_disconnect(50, now.mono_us);
	turn();
	next_read_error = EPIPE;
	write_disconnect(60, now.mono_us);
	write_disconnect(61, now.mono_us);
	turn();
	assert_int_equal(n_seen, 4);
	assert_int_equal(seen[1].obs.kind, LS_OBS_LOST);
	assert_int_equal(seen[1].obs.n_lost, 9);
	assert_int_equal(seen[2].obs.kind, LS_OBS_DISCONNECTED);
	assert_int_equal(seen[3].obs.kind, LS_OBS_DISCONNECTED);
}

static void
reports_a_dead_source_once(void **state)
{
	static const int errors[] = { EIO, EINVAL, 0 };

	for (size_t i = 0; i < LS_COUNT(errors); i++) {
		print_message("%s\n", errors[i] ? strerror(errors[i]) : "end of file");
		set_up(state);
		open_fresh();
		if (errors[i])
			write_disconnect(1, now.mono_us);
		else
			shutdown(writer, SHUT_WR);
		next_read_error = errors[i];
		for (int n = 0; n < 3; n++)
			turn();
		assert_int_equal(n_seen, 1);
		assert_int_equal(seen[0].obs.kind, LS_OBS_SOURCE_UNAVAILABLE);
		assert_non_null(strstr(seen[0].obs.text, "kernel log ended"));
		if (i + 1 < LS_COUNT(errors))
			tear_down(state);
	}
}

static void
survives_interruptions(void **state)
{
	(void)state;
	open_fresh();
	next_read_error = EINTR;
	write_disconnect(1, now.mono_us);
	turn();
	assert_int_equal(n_seen, 1);
	next_read_error = EAGAIN;
	write_disconnect(2, now.mono_us);
	turn();
	turn();
	assert_int_equal(n_seen, 2);
	assert_int_equal(seen[1].obs.kind, LS_OBS_DISCONNECTED);
}

static void
takes_a_bounded_number_at_a_time(void **state)
{
	int n_written = 0;
	int big = 1 << 20;

	(void)state;
	open_fresh();
	setsockopt(writer, SOL_SOCKET, SO_SNDBUF, &big, sizeof(big));
	while (n_written < 500) {
		char record[128];
		int len = snprintf(record, sizeof(record),
				   "6,%d,1000000000,-;usb 1-1: USB disconnect, device number 5\n",
				   1000 + n_written);

		if (write(writer, record, (size_t)len) < 0)
			break; /* the socket takes no more, but more than one wake-up's worth */
		n_written++;
	}
	event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	assert_true(n_written > 256);
	assert_true(n_seen > 0 && n_seen <= 256);
	for (int i = 0; i < 10; i++)
		turn();
	assert_int_equal(n_seen, n_written);
}

/* local_clock() drifts from CLOCK_MONOTONIC by up to seconds a day. */
static void
follows_the_drift_of_the_log_clock(void **state)
{
	static const struct {
		int64_t drift_us, late_us, error_us; /* late: one wake-up in four */
	} cases[] = {
		{ 40000, 0, 40000 },	       { 0, 800000, 0 },
		{ 30 * 1000000LL, 0, 0 },      { -30 * 1000000LL, 0, 0 },
		{ 30 * 1000000LL, 800000, 0 },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		int64_t error = 0;

		print_message("%zu\n", i);
		set_up(state);
		open_fresh();
		for (unsigned int n = 0; n < 40; n++) {
			int64_t late = n % 4 == 3 ? cases[i].late_us : 0;

			now.mono_us += LS_SEC;
			write_disconnect(n, (uint64_t)((int64_t)now.mono_us - cases[i].drift_us));
			error = (int64_t)now.mono_us;
			now.mono_us += (uint64_t)late;
			turn();
			error -= (int64_t)seen[n].obs.at.mono_us;
			assert_int_equal(error, cases[i].error_us);
			assert_true(seen[n].obs.at.mono_us <= now.mono_us);
		}
		if (i + 1 < LS_COUNT(cases))
			tear_down(state);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(delivers_messages_about_usb),
		TEST(accepts_the_kernel_only),
		TEST(replays_what_came_after_the_last_one_taken),
		TEST(goes_on_after_an_overrun),
		TEST(survives_interruptions),
		TEST(takes_a_bounded_number_at_a_time),
		/* These set up each of their cases themselves. */
		cmocka_unit_test_teardown(counts_what_was_overwritten, tear_down),
		cmocka_unit_test_teardown(reports_a_dead_source_once, tear_down),
		cmocka_unit_test_teardown(follows_the_drift_of_the_log_clock, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
