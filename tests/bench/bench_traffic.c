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

#define N_IN_FLIGHT 64 /* of all devices together */
#define ROUNDS	    5

struct flying {
	struct ls_usbmon_record record;
	bool is_used;
};

static uint64_t seed = 1;

static uint32_t
draw(uint32_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(((seed >> 32) * below) >> 32);
}

/* Of ten transfers seven are bulk, two interrupt and one control, as in a restore. */
static struct ls_usbmon_record
submission(uint32_t place, unsigned int n_devices)
{
	static const uint8_t xfers[10] = { 3, 3, 3, 3, 3, 3, 3, 1, 1, 2 };
	static const uint8_t endpoints[10] = { 0x81, 0x81, 0x81, 0x81, 0x02,
					       0x02, 0x02, 0x83, 0x83, 0x80 };
	uint32_t kind = draw(10), device = draw(n_devices);

	return (struct ls_usbmon_record){
		.id = UINT64_C(0xffff888000000000) + (uint64_t)place * 192,
		.type = LS_USBMON_SUBMIT,
		.xfer = xfers[kind],
		.endpoint = endpoints[kind],
		.devnum = (uint8_t)(2 + device),
		.bus = (uint16_t)(1 + device % 3),
		.flag_setup = kind == 9 ? 0 : '-',
		.flag_data = '<',
		.status = -115,
		.length = kind < 7 ? 16384 : 8,
	};
}

static void
complete(struct ls_usbmon_record *record)
{
	static const int32_t failures[4] = { -71, -32, -2, -75 };

	record->type = LS_USBMON_COMPLETE;
	record->flag_setup = '-';
	record->status = draw(10000) ? 0 : failures[draw(4)];
	record->length = record->status ? 0 : record->length;
}

static void
generate(struct ls_usbmon_record *records, size_t n, unsigned int n_devices)
{
	static struct flying flying[N_IN_FLIGHT];
	uint64_t real_us = UINT64_C(1600000000) * LS_SEC;

	for (size_t i = 0; i < n; i++) {
		uint32_t place = draw(N_IN_FLIGHT);
		struct flying *one = &flying[place];

		if (one->is_used)
			complete(&one->record);
		else
			one->record = submission(place, n_devices);
		one->is_used = !one->is_used;
		real_us += draw(40);
		one->record.real_sec = (int64_t)(real_us / LS_SEC);
		one->record.real_usec = (int32_t)(real_us % LS_SEC);
		records[i] = one->record;
	}
}

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
	generate(records, n, n_devices);
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
