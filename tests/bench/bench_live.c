/*
 * What it costs to follow usbmon: linkstatd's transfers on their event loop, and by turns a bare loop that fetches
 * with the same rest and touches each header. A thread stands in for the kernel; each ioctl makes a system call, too.
 * CPU time of the reading thread. Usage: bench_live [SECONDS [RATE…]]
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/base/state.h"
#include "daemon/sources/top.h"
#include "daemon/sources/transfers.h"
#include "daemon/sources/usbmon.h"
#include "tests/bench/stream.h"

#define N_PLACES  (SOURCE_USBMON_RING / LS_USBMON_HEADER)
#define N_DEVICES 8
#define N_OFFSETS 512
#define REST_MS	  48
#define ROUNDS	  3

struct mon_fetch {
	uint32_t *offsets;
	uint32_t n_fetch, n_flush;
};
#define MON_IOCX_MFETCH _IOWR(0x92, 7, struct mon_fetch)
#define MON_IOCH_MFLUSH _IO(0x92, 8)

static struct {
	struct ls_usbmon_record ring[N_PLACES];
	_Atomic uint64_t n_put, n_taken; /* ever */
	_Atomic uint64_t n_lost;
	_Atomic bool stop;
	uint64_t rate;
	int fd;
} kernel;

/* ---- the stand-in ---- */

static void
put_some(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = kernel.n_put;
		struct ls_usbmon_record *record = stream_next(N_DEVICES);

		if (at - kernel.n_taken == N_PLACES) {
			kernel.n_lost++;
			continue;
		}
		kernel.ring[at % N_PLACES] = *record;
		kernel.n_put = at + 1;
	}
	if (n > 0)
		eventfd_write(kernel.fd, 1);
}

static void *
produce(void *user)
{
	const struct timespec tick = { .tv_nsec = 1000000 };
	struct timespec now;
	uint64_t began_ms, n = 0;

	clock_gettime(CLOCK_MONOTONIC, &now);
	began_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	while (!kernel.stop) {
		uint64_t due;

		nanosleep(&tick, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
		due = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 - began_ms;
		due = due * kernel.rate / 1000;
		put_some(due - n);
		n = due;
	}
	return user;
}

static int
kernel_fetch(struct mon_fetch *fetch)
{
	uint64_t here, any;

	kernel.n_taken += fetch->n_flush;
	if (kernel.n_put == kernel.n_taken)
		(void)eventfd_read(kernel.fd, &any); /* not readable any more, unless meanwhile … */
	here = kernel.n_put - kernel.n_taken;
	if (here == 0) {
		errno = EAGAIN;
		return -1;
	}
	fetch->n_fetch = here < fetch->n_fetch ? (uint32_t)here : fetch->n_fetch;
	for (uint32_t i = 0; i < fetch->n_fetch; i++)
		fetch->offsets[i] = (uint32_t)((kernel.n_taken + i) % N_PLACES) * LS_USBMON_HEADER;
	return 0;
}

int
ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *pointer;

	va_start(args, request);
	pointer = va_arg(args, void *);
	va_end(args);
	if (fd != kernel.fd)
		return (int)syscall(SYS_ioctl, fd, request, pointer);
	syscall(SYS_getppid);
	switch (_IOC_NR(request)) {
	case 3:
		memset(pointer, 0, 8);
		return 0;
	case 5:
		return sizeof(kernel.ring);
	case 7:
		return kernel_fetch(pointer);
	case 8:
		kernel.n_taken += (uint64_t)(uintptr_t)pointer;
		return (int)(uintptr_t)pointer;
	default:
		return 0;
	}
}

void *
mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
{
	if (fd >= 0 && kernel.fd > 0 && fd == kernel.fd)
		return kernel.ring;
	return (void *)syscall(SYS_mmap, addr, length, prot, flags, fd, offset);
}

int
munmap(void *addr, size_t length)
{
	return addr == (void *)kernel.ring ? 0 : (int)syscall(SYS_munmap, addr, length);
}

/* ---- the readers ---- */

static double
cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static uint64_t n_bytes;

static bool
drain(void)
{
	static uint32_t offsets[N_OFFSETS];
	struct mon_fetch request = { .offsets = offsets, .n_fetch = N_OFFSETS };
	uint32_t n_held = 0;
	bool any = false;

	while (request.n_fetch == N_OFFSETS && ioctl(kernel.fd, MON_IOCX_MFETCH, &request) == 0) {
		any = true;
		for (uint32_t i = 0; i < request.n_fetch; i++)
			n_bytes += kernel.ring[offsets[i] / LS_USBMON_HEADER].length;
		request.n_flush = n_held = request.n_fetch;
	}
	if (n_held > 0 && request.n_fetch < N_OFFSETS)
		ioctl(kernel.fd, MON_IOCH_MFLUSH, n_held);
	return any;
}

static void
read_bare(double seconds)
{
	const struct timespec rest = { .tv_nsec = REST_MS * 1000000L };
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)seconds;
	do {
		struct pollfd ready = { .fd = kernel.fd, .events = POLLIN };

		if (drain())
			nanosleep(&rest, NULL);
		else
			poll(&ready, 1, 100);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec ||
		 (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
}

static void
ignore_observation(const struct ls_observation *obs, void *user)
{
	(void)obs;
	(void)user;
}

static void
ignore_record(const struct ls_record *record, void *user)
{
	(void)record;
	(void)user;
}

int
open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	if (strcmp(path, "/dev/usbmon0") == 0)
		return kernel.fd;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

struct reader {
	struct event_base *base;
	struct ls_engine *engine;
	struct top *top;
	struct transfers *transfers;
};

static void
reader_open(struct reader *reader)
{
	struct transfers_options options = { .sink = ignore_observation,
					     .on_record = ignore_record };
	struct event_config *config = event_config_new();
	struct ls_engine_config engine;

	ls_engine_config_default(&engine);
	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	reader->base = event_base_new_with_config(config);
	event_config_free(config);
	if (!reader->base || ls_engine_new(&engine, ignore_record, NULL, &reader->engine) < 0 ||
	    top_new(&reader->top) < 0)
		abort();
	options.engine = reader->engine;
	options.top = reader->top;
	if (transfers_new(reader->base, &options, &reader->transfers) < 0)
		abort();
	transfers_start(reader->transfers);
	if (!transfers_flow(reader->transfers))
		abort();
}

static void
reader_close(struct reader *reader)
{
	transfers_free(reader->transfers);
	top_free(reader->top);
	ls_engine_free(reader->engine);
	event_base_free(reader->base);
}

/* CPU seconds for a record. */
static double
once(bool is_bare, double seconds, uint64_t rate)
{
	const struct timeval span = { .tv_sec = (time_t)seconds };
	struct reader reader;
	pthread_t thread;
	double began;

	kernel.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	kernel.n_put = kernel.n_taken = 0;
	kernel.stop = false;
	kernel.rate = rate;
	if (!is_bare)
		reader_open(&reader);
	if (kernel.fd < 0 || pthread_create(&thread, NULL, produce, NULL) != 0)
		abort();
	began = cpu_seconds();
	if (is_bare) {
		read_bare(seconds);
	} else {
		event_base_loopexit(reader.base, &span);
		event_base_dispatch(reader.base);
	}
	began = cpu_seconds() - began;
	kernel.stop = true;
	pthread_join(thread, NULL);
	if (kernel.n_taken == 0)
		abort();
	if (is_bare)
		close(kernel.fd);
	else
		reader_close(&reader); /* closes it, too */
	return began / (double)kernel.n_taken;
}

static void
compare(double seconds, uint64_t rate, double goal)
{
	double bare = 1, own = 1;

	for (int i = 0; i < ROUNDS; i++) {
		double a = once(true, seconds, rate), b = once(false, seconds, rate);

		bare = a < bare ? a : bare;
		own = b < own ? b : own;
	}
	printf("live, %llu records/s  goal %4.2f x   %5.2f x   bare %.0f ns, linkstatd %.0f ns a "
	       "record\n",
	       (unsigned long long)rate, goal, own / bare, bare * 1e9, own * 1e9);
}

int
main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;

	if (argc < 3) {
		compare(seconds, 1000, 1.2);
		compare(seconds, 5000, 1.2);
		compare(seconds, 40000, 1.2);
		compare(seconds, 200000, 1.3);
	}
	for (int i = 2; i < argc; i++)
		compare(seconds, strtoull(argv[i], NULL, 10), 1.3);
	printf("lost %llu\n", (unsigned long long)kernel.n_lost);
	return 0;
}
