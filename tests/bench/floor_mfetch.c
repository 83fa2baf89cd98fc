/*
 * The floor: what reading usbmon costs a program that does nothing with it. Fetches offsets, touches
 * each header once, gives them back, sleeps REST_MS, and polls only when nothing has come. At SIGTERM
 * or SIGINT it prints records, wake-ups, losses and CPU time. Usage: floor_mfetch [REST_MS [RING_BYTES [DEVICE]]]
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include "lib/usbmon/usbmon.h"

#define N_OFFSETS 512

struct mon_stats {
	uint32_t n_queued, n_dropped;
};
struct mon_fetch {
	uint32_t *offsets;
	uint32_t n_fetch, n_flush;
};
#define MON_IOCG_STATS	   _IOR(0x92, 3, struct mon_stats)
#define MON_IOCT_RING_SIZE _IO(0x92, 4)
#define MON_IOCQ_RING_SIZE _IO(0x92, 5)
#define MON_IOCX_MFETCH	   _IOWR(0x92, 7, struct mon_fetch)
#define MON_IOCH_MFLUSH	   _IO(0x92, 8)

static volatile sig_atomic_t told_to_stop;
static uint64_t n_records, n_wakeups, n_fetches, n_lost, n_bytes;
static uint32_t offsets[N_OFFSETS];

static void
on_signal(int number)
{
	(void)number;
	told_to_stop = 1;
}

static bool
drain(int fd, const uint8_t *ring)
{
	struct mon_fetch request = { .offsets = offsets, .n_fetch = N_OFFSETS };
	uint32_t n_held = 0;
	bool any = false;

	n_wakeups++;
	while (request.n_fetch == N_OFFSETS && ioctl(fd, MON_IOCX_MFETCH, &request) == 0) {
		n_fetches++;
		any = true;
		for (uint32_t i = 0; i < request.n_fetch; i++) {
			const struct ls_usbmon_record *record = (const void *)(ring + offsets[i]);

			n_records += record->type != LS_USBMON_FILLER;
			n_bytes += record->length;
		}
		request.n_flush = n_held = request.n_fetch;
	}
	if (n_held > 0 && request.n_fetch < N_OFFSETS)
		ioctl(fd, MON_IOCH_MFLUSH, n_held);
	return any;
}

static const uint8_t *
open_ring(const char *path, size_t ring_bytes, int *ret_fd)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	void *ring;

	if (fd < 0 || (ring_bytes && ioctl(fd, MON_IOCT_RING_SIZE, ring_bytes) < 0))
		return NULL;
	ring = mmap(NULL, (size_t)ioctl(fd, MON_IOCQ_RING_SIZE), PROT_READ, MAP_SHARED, fd, 0);
	*ret_fd = fd;
	return ring == MAP_FAILED ? NULL : ring;
}

int
main(int argc, char **argv)
{
	struct timespec rest = { 0 }, cpu;
	struct mon_stats stats = { 0 };
	const uint8_t *ring;
	double seconds;
	int fd = -1;

	rest.tv_nsec = (argc > 1 ? strtol(argv[1], NULL, 10) % 1000 : 0) * 1000000;
	ring = open_ring(argc > 3 ? argv[3] : "/dev/usbmon0",
			 argc > 2 ? strtoul(argv[2], NULL, 10) : 0, &fd);
	if (!ring) {
		perror("floor_mfetch");
		return 1;
	}
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	while (!told_to_stop) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };

		if (!drain(fd, ring))
			poll(&ready, 1, -1);
		else if (rest.tv_nsec)
			nanosleep(&rest, NULL);
	}
	if (ioctl(fd, MON_IOCG_STATS, &stats) == 0) /* since it was opened: the first query */
		n_lost = stats.n_dropped;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	seconds = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
	printf("floor records %llu wakeups %llu fetches %llu lost %llu cpu %.3f s, %.0f "
	       "ns/record\n",
	       (unsigned long long)n_records, (unsigned long long)n_wakeups,
	       (unsigned long long)n_fetches, (unsigned long long)n_lost, seconds,
	       n_records ? seconds * 1e9 / (double)n_records : 0.0);
	return 0;
}
