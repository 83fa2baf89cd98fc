#include "lib/usbmon/flight.h"

#include <string.h>

void
ls_flight_restore(const struct ls_flight_record *kept, struct ls_usbmon_record *ret)
{
	*ret = (struct ls_usbmon_record){
		.id = kept->id,
		.type = kept->type,
		.xfer = kept->xfer,
		.endpoint = kept->endpoint,
		.devnum = kept->devnum,
		.bus = kept->bus,
		.flag_setup = kept->flag_setup,
		/* Its data were not kept: mark that as the kernel does. */
		.flag_data = kept->flag_data ? kept->flag_data : 'D',
		.real_sec = (int64_t)(kept->real_us / LS_SEC),
		.real_usec = (int32_t)(kept->real_us % LS_SEC),
		.status = kept->status,
		.length = kept->length,
	};
	memcpy(ret->setup, kept->setup, sizeof(ret->setup));
}

void
ls_flight_visit(const struct ls_flight *flight, uint64_t since_us, ls_flight_fn visit, void *user)
{
	uint64_t oldest = flight->n > LS_FLIGHT_RECORDS ? flight->n - LS_FLIGHT_RECORDS : 0;

	for (uint64_t i = oldest; i < flight->n; i++) {
		const struct ls_flight_record *record = &flight->records[i % LS_FLIGHT_RECORDS];

		if (record->real_us >= since_us)
			visit(record, user);
	}
}
