#pragma once
/* Transfers for the tests of the traffic table: on bus 3, mostly of device 5. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/usbmon/traffic.h"

#define START (UINT64_C(1600000000) * LS_SEC)
#define IN_1  17 /* index of endpoint 0x81 */
#define OUT_2 2

static struct ls_traffic *traffic;
static struct ls_traffic_counts counts;

static inline int
set_up(void **state)
{
	(void)state;
	return ls_traffic_new(&traffic);
}

static inline int
tear_down(void **state)
{
	(void)state;
	ls_traffic_free(traffic);
	return 0;
}

static inline struct ls_usbmon_record
record_of(char type, uint64_t id, unsigned int bus, unsigned int devnum, uint64_t at_us)
{
	return (struct ls_usbmon_record){
		.id = id,
		.type = (uint8_t)type,
		.xfer = LS_XFER_BULK,
		.endpoint = 0x81,
		.bus = (uint16_t)bus,
		.devnum = (uint8_t)devnum,
		.flag_setup = '-',
		.flag_data = '<',
		.real_sec = (int64_t)((START + at_us) / LS_SEC),
		.real_usec = (int32_t)((START + at_us) % LS_SEC),
		.status = type == 'S' ? -115 : 0,
		.length = 100,
	};
}

static inline void
add(char type, uint64_t id, unsigned int devnum, uint64_t at_us)
{
	struct ls_usbmon_record record = record_of(type, id, 3, devnum, at_us);

	ls_traffic_add(traffic, &record);
}

/* A whole transfer on @endpoint that ends with @status after @took_us. */
static inline void
transfer(uint8_t xfer, uint8_t endpoint, int32_t status, uint64_t took_us)
{
	struct ls_usbmon_record record = record_of('S', 99, 3, 5, 0);

	record.xfer = xfer;
	record.endpoint = endpoint;
	ls_traffic_add(traffic, &record);
	record = record_of('C', 99, 3, 5, took_us);
	record.xfer = xfer;
	record.endpoint = endpoint;
	record.status = status;
	ls_traffic_add(traffic, &record);
}

static inline struct ls_traffic_health
health(void)
{
	struct ls_traffic_health now;

	ls_traffic_health(traffic, &now);
	return now;
}

static inline struct ls_traffic_sum
sum_of(unsigned int devnum)
{
	struct ls_traffic_sum sum = { 0 };

	if (ls_traffic_total(traffic, 3, devnum, &counts) > 0)
		ls_traffic_sum(&counts, &sum);
	return sum;
}
