/* The source against a stand-in of the kernel: ioctl and mmap are its own, readiness is a pipe's. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "daemon/sources/usbmon.h"
#include "daemon/base/state.h"

#define N_PLACES 128
#define REST_MS	 25

struct mon_fetch {
	uint32_t *offsets;
	uint32_t n_fetch, n_flush;
};

static struct {
	struct ls_usbmon_record ring[N_PLACES];
	uint32_t first, n; /* records in the ring */
	uint32_t n_dropped;
	int error; /* of the next fetch */
	int fds[2];
	size_t ring_wanted, ring_max;
} kernel;

static struct event_base *base;
static struct source_usbmon *source;
static struct ls_instant now;
static struct ls_observation last;
static unsigned int n_observed, n_batches;
static uint64_t n_seen, last_id;
static int64_t step_us;

struct ls_instant
state_now(void)
{
	return now;
}

/* ---- the kernel ---- */

/* An empty ring is not readable. Returns how many there were to take back, as the kernel does. */
static int
kernel_flush(uint32_t n)
{
	char byte;

	assert_true(n <= kernel.n);
	kernel.first += n;
	kernel.n -= n;
	if (n > 0 && kernel.n == 0)
		(void)!read(kernel.fds[0], &byte, 1);
	return (int)n;
}

static int
kernel_fetch(struct mon_fetch *fetch)
{
	kernel_flush(fetch->n_flush);
	errno = kernel.error;
	kernel.error = 0;
	if (errno)
		return -1;
	if (kernel.n == 0) {
		errno = EAGAIN;
		return -1;
	}
	fetch->n_fetch = kernel.n < fetch->n_fetch ? kernel.n : fetch->n_fetch;
	for (uint32_t i = 0; i < fetch->n_fetch; i++)
		fetch->offsets[i] = (kernel.first + i) % N_PLACES * LS_USBMON_HEADER;
	return 0;
}

int
ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *pointer;

	assert_int_equal(fd, kernel.fds[0]);
	va_start(args, request);
	pointer = va_arg(args, void *);
	va_end(args);
	switch (_IOC_NR(request)) {
	case 3:
		memcpy((char *)pointer + 4, &kernel.n_dropped, 4);
		kernel.n_dropped = 0;
		return 0;
	case 4:
		kernel.ring_wanted = (size_t)(uintptr_t)pointer;
		errno = EINVAL;
		return kernel.ring_wanted > kernel.ring_max ? -1 : 0;
	case 5:
		return sizeof(kernel.ring);
	case 7:
		return kernel_fetch(pointer);
	case 8:
		return kernel_flush((uint32_t)(uintptr_t)pointer);
	default:
		fail();
		return -1;
	}
}

void *
mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
{
	if (base && fd >= 0 && fd == kernel.fds[0]) {
		assert_int_equal(length, sizeof(kernel.ring));
		assert_int_equal(prot, PROT_READ);
		return kernel.ring;
	}
	return (void *)syscall(SYS_mmap, addr, length, prot, flags, fd, offset);
}

int
munmap(void *addr, size_t length)
{
	return addr == (void *)kernel.ring ? 0 : (int)syscall(SYS_munmap, addr, length);
}

/* @n more records; what does not fit is dropped. */
static void
kernel_sends(unsigned int n)
{
	static uint64_t id;

	if (kernel.n == 0)
		(void)!write(kernel.fds[1], "", 1);
	for (unsigned int i = 0; i < n; i++) {
		if (kernel.n == N_PLACES) {
			kernel.n_dropped++;
			continue;
		}
		kernel.ring[(kernel.first + kernel.n++) % N_PLACES] = (struct ls_usbmon_record){
			.id = ++id,
			.type = LS_USBMON_SUBMIT,
		};
	}
}

/* ---- the daemon ---- */

static void
on_batch(const struct ls_usbmon_batch *batch, void *user)
{
	(void)user;
	n_batches++;
	step_us = batch->clock_step_us;
	for (size_t i = 0; i < batch->n; i++) {
		const struct ls_usbmon_record *record = ls_usbmon_at(batch, i);

		assert_non_null(record);
		assert_true(last_id == 0 || record->id == last_id + 1);
		last_id = record->id;
		n_seen++;
	}
	source_usbmon_drain(source); /* from here it does nothing */
}

static void
on_observation(const struct ls_observation *obs, void *user)
{
	(void)user;
	assert_int_equal(obs->source, LS_SOURCE_USBMON);
	last = *obs;
	n_observed++;
}

static struct source_usbmon_stats
stats(void)
{
	struct source_usbmon_stats ret;

	source_usbmon_stats(source, &ret);
	return ret;
}

static void
turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
}

/* Until the source sleeps in poll again. */
static void
settle(void)
{
	uint64_t before;

	do {
		before = stats().n_wakeups;
		usleep((2 * REST_MS + 20) * 1000); /* its timer is due */
		turn();
	} while (stats().n_wakeups != before);
}

static int
set_up(void **state)
{
	struct source_usbmon_options options = { .rest_ms = REST_MS,
						 .on_batch = on_batch,
						 .sink = on_observation };

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.ring_max = SIZE_MAX;
	assert_int_equal(pipe2(kernel.fds, O_NONBLOCK), 0);
	n_observed = n_batches = 0;
	n_seen = last_id = 0;
	now = (struct ls_instant){ .mono_us = 5 * LS_SEC, .real_us = 9 * (int64_t)LS_SEC };
	base = event_base_new();
	options.fd = kernel.fds[0];
	assert_int_equal(source_usbmon_new(base, &options, &source), 0);
	assert_int_equal(n_observed, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	source_usbmon_free(source);
	event_base_free(base);
	base = NULL;
	close(kernel.fds[1]);
	return 0;
}

static void
start(void)
{
	source_usbmon_start(source);
	assert_int_equal(n_observed, 1);
	assert_int_equal(last.kind, LS_OBS_SOURCE_AVAILABLE);
	n_observed = 0;
}

static void
fetches_all_and_frees_the_ring(void **state)
{
	(void)state;
	start();
	kernel_sends(3);
	turn();
	assert_int_equal(n_seen, 3);
	assert_int_equal(kernel.n, 0);
	for (int i = 0; i < 5; i++) { /* more than once around the ring */
		kernel_sends(N_PLACES - 5);
		source_usbmon_drain(source);
		assert_int_equal(kernel.n, 0);
	}
	assert_int_equal(n_seen, 3 + 5 * (N_PLACES - 5));
	assert_int_equal(stats().n_records, n_seen);
	assert_int_equal(n_observed, 0);
}

static void
polls_slowly_while_records_arrive(void **state)
{
	(void)state;
	start();
	kernel_sends(1);
	turn();
	assert_int_equal(n_batches, 1);
	kernel_sends(1);
	turn(); /* readable, but it rests */
	assert_int_equal(n_batches, 1);
	settle();
	assert_int_equal(n_batches, 2);
	assert_int_equal(n_seen, 2);
}

static void
waits_when_no_records_arrive(void **state)
{
	uint64_t n_wakeups;

	(void)state;
	start();
	kernel_sends(1);
	settle();
	n_wakeups = stats().n_wakeups;
	for (int i = 0; i < 5; i++) {
		usleep((2 * REST_MS + 20) * 1000); /* its timer is due */
		turn();
	}
	assert_int_equal(stats().n_wakeups, n_wakeups);
	kernel_sends(1); /* after sleep, immediately */
	turn();
	assert_int_equal(n_seen, 2);
}

static void
polls_faster_when_the_ring_is_full(void **state)
{
	unsigned int rest_ms;

	(void)state;
	start();
	rest_ms = stats().rest_ms;
	assert_int_equal(rest_ms, REST_MS);
	for (int i = 0; i < 5; i++) {
		kernel_sends(N_PLACES / 2 + 2);
		source_usbmon_drain(source);
		assert_true(stats().rest_ms <= rest_ms / 2);
		rest_ms = stats().rest_ms;
	}
	assert_int_equal(rest_ms, 0);
	for (unsigned int i = 0; i < 2 * SOURCE_USBMON_REST_MS; i++) {
		kernel_sends(2);
		source_usbmon_drain(source);
	}
	assert_int_equal(stats().rest_ms, REST_MS);
}

static void
losses_are_reported(void **state)
{
	(void)state;
	start();
	kernel_sends(N_PLACES + 7);
	turn();
	assert_int_equal(n_seen, N_PLACES);
	assert_int_equal(n_observed, 1);
	assert_int_equal(last.kind, LS_OBS_LOST);
	assert_int_equal(last.n_lost, 7);
	assert_int_equal(stats().n_lost, 7);
	last_id = 0;
	kernel_sends(1);
	source_usbmon_drain(source);
	assert_int_equal(n_observed, 1);
}

static void
reports_its_end_once(void **state)
{
	(void)state;
	start();
	kernel_sends(1);
	kernel.error = EIO;
	turn();
	assert_int_equal(n_observed, 1);
	assert_int_equal(last.kind, LS_OBS_SOURCE_UNAVAILABLE);
	assert_string_equal(last.text, "usbmon ended: Input/output error");
	source_usbmon_drain(source);
	settle();
	assert_int_equal(n_observed, 1);
	assert_false(stats().available);
}

static void
a_set_clock_is_noticed(void **state)
{
	(void)state;
	start();
	kernel_sends(1);
	source_usbmon_drain(source);
	assert_int_equal(step_us, 0);
	now.mono_us += 100 * LS_SEC;
	now.real_us += 100 * (int64_t)LS_SEC + 3;
	kernel_sends(1);
	source_usbmon_drain(source);
	assert_int_equal(step_us, 0);
	now.real_us -= 50 * (int64_t)LS_SEC;
	kernel_sends(1);
	source_usbmon_drain(source);
	assert_int_equal(step_us, -50 * (int64_t)LS_SEC);
	kernel_sends(1);
	source_usbmon_drain(source);
	assert_int_equal(step_us, 0);
}

static void
takes_the_ring_it_can_get(void **state)
{
	(void)state;
	kernel.ring_max = 1200 * 1024;
	start();
	assert_int_equal(kernel.ring_wanted, 1200 * 1024);
}

static void
reports_how_to_enable_it(void **state)
{
	static const struct {
		const char *path, *text;
	} cases[] = {
		{ "/nonexistent/usbmon0",
		  "no /nonexistent/usbmon0: the module usbmon is not loaded" },
		{ "/dev/null/usbmon0", "cannot read /dev/null/usbmon0: Not a directory" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct source_usbmon_options options = {
			.path = cases[i].path,
			.fd = -1,
			.on_batch = on_batch,
			.sink = on_observation,
		};
		ls_auto(source_usbmon) *blind = NULL;

		assert_int_equal(source_usbmon_new(base, &options, &blind), 0);
		n_observed = 0;
		source_usbmon_start(blind);
		assert_int_equal(n_observed, 1);
		assert_int_equal(last.kind, LS_OBS_SOURCE_UNAVAILABLE);
		assert_string_equal(last.text, cases[i].text);
		source_usbmon_drain(blind);
		source_usbmon_start(blind); /* started again, it reports so again */
		assert_int_equal(n_observed, 2);
	}
}

/* A small ring fills up sooner than the usual rest. */
static void
rests_no_longer_than_the_ring_lasts(void **state)
{
	struct source_usbmon_options options = { .on_batch = on_batch, .sink = on_observation };

	source_usbmon_free(source);
	close(kernel.fds[1]);
	assert_int_equal(pipe2(kernel.fds, O_NONBLOCK), 0);
	options.fd = kernel.fds[0];
	assert_int_equal(source_usbmon_new(base, &options, &source), 0);
	start();
	assert_int_equal(stats().rest_ms, 0);
	(void)state;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fetches_all_and_frees_the_ring, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rests_no_longer_than_the_ring_lasts, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(polls_slowly_while_records_arrive, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(waits_when_no_records_arrive, set_up, tear_down),
		cmocka_unit_test_setup_teardown(polls_faster_when_the_ring_is_full, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(losses_are_reported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reports_its_end_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_set_clock_is_noticed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(takes_the_ring_it_can_get, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reports_how_to_enable_it, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
