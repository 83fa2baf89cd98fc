#include "tests/bench/stream.h"

/*
 * As in real captures, where a predictor of branches misses 0.2 to 3 % of "submission or
 * completion?": each device keeps a queue of 1 to 32 URBs full, they end in the order in which they
 * began, and one device speaks for a while before another does.
 */
#define MAX_DEVICES 256
#define MAX_DEPTH   32
#define TURN	    128 /* records of one device, on average */

struct queue {
	struct ls_usbmon_record urbs[MAX_DEPTH];
	uint32_t first, n, n_submitted;
};

static uint32_t
draw(uint32_t below)
{
	static uint64_t seed = 1;

	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(((seed >> 32) * below) >> 32);
}

/* Of ten transfers seven are bulk, two interrupt and one control, as in a restore. */
static struct ls_usbmon_record
submission(uint32_t device, uint32_t place, uint32_t kind)
{
	static const uint8_t xfers[10] = { 3, 3, 3, 3, 3, 3, 3, 1, 1, 2 };
	static const uint8_t endpoints[10] = { 0x81, 0x81, 0x81, 0x81, 0x02,
					       0x02, 0x02, 0x83, 0x83, 0x80 };

	return (struct ls_usbmon_record){
		.id = UINT64_C(0xffff888000000000) + (uint64_t)(device * MAX_DEPTH + place) * 192,
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

static struct ls_usbmon_record *
queue_next(struct queue *queue, uint32_t device)
{
	uint32_t depth = 1U << device % 6, place = queue->first;

	if (queue->n == depth) {
		queue->first = (queue->first + 1) % depth;
		queue->n--;
		complete(&queue->urbs[place]);
		return &queue->urbs[place];
	}
	place = (queue->first + queue->n++) % depth;
	queue->urbs[place] = submission(device, place, queue->n_submitted++ % 10);
	return &queue->urbs[place];
}

struct ls_usbmon_record *
stream_next(uint32_t n_devices)
{
	static struct queue queues[MAX_DEVICES];
	static uint64_t real_us = UINT64_C(1600000000) * LS_SEC;
	static uint32_t device;
	struct ls_usbmon_record *record;

	if (draw(TURN) == 0)
		device = draw(n_devices < MAX_DEVICES ? n_devices : MAX_DEVICES);
	record = queue_next(&queues[device], device);
	real_us += draw(40);
	record->real_sec = (int64_t)(real_us / LS_SEC);
	record->real_usec = (int32_t)(real_us % LS_SEC);
	return record;
}
