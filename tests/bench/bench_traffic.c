/*
 * How much does counting everything cost? A generated stream of headers in memory goes through
 * ls_traffic_add() and through a bare loop that only sums bytes per device: CPU time per record,
 * and the ratio. Usage: bench_traffic [RECORDS [DEVICES]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/usbmon/traffic.h"
#include "tests/bench/stream.h"

#define ROUNDS 5

static double
cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double
floor_once(const struct ls_usbmon_record *records, size_t n)
{
	static struct {
		uint64_t bytes, n_records;
	} sums[128][128];
	double began = cpu_seconds();

	for (size_t i = 0; i < n; i++) {
		const struct ls_usbmon_record *record = &records[i];

		sums[record->bus & 127][record->devnum & 127].bytes += record->length;
		sums[record->bus & 127][record->devnum & 127].n_records++;
	}
	return cpu_seconds() - began;
}

static double
traffic_once(const struct ls_usbmon_record *records, size_t n)
{
	ls_auto(ls_traffic) *traffic = NULL;
	struct ls_traffic_health health;
	double began;

	if (ls_traffic_new(&traffic) < 0)
		abort();
	began = cpu_seconds();
	for (size_t i = 0; i < n; i++)
		ls_traffic_add(traffic, &records[i]);
	began = cpu_seconds() - began;
	ls_traffic_health(traffic, &health);
	if (health.n_records != n || health.n_unmatched || health.n_untracked)
		abort();
	return began;
}

int
main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000000;
	unsigned int n_devices = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 10) % 120 : 8;
	struct ls_usbmon_record *records = malloc(n * sizeof(*records));
	double best_floor = 1e9, best_traffic = 1e9;

	if (!records || n == 0 || n_devices == 0)
		return 1;
	for (size_t i = 0; i < n; i++)
		records[i] = *stream_next(n_devices);
	for (int i = 0; i < ROUNDS; i++) {
		double a = floor_once(records, n), b = traffic_once(records, n);

		best_floor = a < best_floor ? a : best_floor;
		best_traffic = b < best_traffic ? b : best_traffic;
	}
	printf("%zu records of %u devices, best of %d, CPU time\n", n, n_devices, ROUNDS);
	printf("bare loop   %6.2f ns/record  %6.1f M records/s\n", best_floor / (double)n * 1e9,
	       (double)n / best_floor / 1e6);
	printf("ls_traffic  %6.2f ns/record  %6.1f M records/s\n", best_traffic / (double)n * 1e9,
	       (double)n / best_traffic / 1e6);
	printf("ratio       %6.2f\n", best_traffic / best_floor);
	free(records);
	return 0;
}
