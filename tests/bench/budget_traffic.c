/*
 * Counts RECORDS in memory, submissions and completions in the order of real ones, over and over the same few: what
 * two numbers of records differ by is counting alone. For tests/bench/budgets. Usage: budget_traffic RECORDS
 */
#include <stdlib.h>

#include "lib/usbmon/traffic.h"
#include "tests/bench/stream.h"

#define N_RECORDS 4096
#define N_DEVICES 8
#define AT_ONCE	  128

int
main(int argc, char **argv)
{
	static struct ls_usbmon_record records[N_RECORDS];
	static uint32_t offsets[N_RECORDS];
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	struct ls_usbmon_batch batch = {
		.ring = (const uint8_t *)records,
		.ring_size = sizeof(records),
		.n = AT_ONCE,
	};
	ls_auto(ls_traffic) *traffic = NULL;

	if (ls_traffic_new(&traffic) < 0)
		return 1;
	for (uint32_t i = 0; i < N_RECORDS; i++) {
		records[i] = *stream_next(N_DEVICES);
		offsets[i] = i * LS_USBMON_HEADER;
	}
	for (size_t i = 0; i < n; i += AT_ONCE) {
		batch.offsets = &offsets[i % N_RECORDS];
		ls_traffic_add_batch(traffic, &batch);
	}
	return 0;
}
