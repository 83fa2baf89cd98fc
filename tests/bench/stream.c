#include "tests/bench/stream.h"

#define N_IN_FLIGHT 64 /* of all devices together */

static uint32_t
draw(uint32_t below)
{
	static uint64_t seed = 1;

	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(((seed >> 32) * below) >> 32);
}

/* Of ten transfers seven are bulk, two interrupt and one control, as in a restore. */
static struct ls_usbmon_record
submission(uint32_t place, uint32_t n_devices)
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

struct ls_usbmon_record *
stream_next(uint32_t n_devices)
{
	static struct ls_usbmon_record in_flight[N_IN_FLIGHT];
	static uint64_t real_us = UINT64_C(1600000000) * LS_SEC;
	uint32_t place = draw(N_IN_FLIGHT);
	struct ls_usbmon_record *record = &in_flight[place];

	if (record->type == LS_USBMON_SUBMIT)
		complete(record);
	else
		*record = submission(place, n_devices);
	real_us += draw(40);
	record->real_sec = (int64_t)(real_us / LS_SEC);
	record->real_usec = (int32_t)(real_us % LS_SEC);
	return record;
}
