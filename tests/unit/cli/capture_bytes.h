#pragma once
/* Capture files of any shape, made in memory; for tests. They all hold the same events. */
#include "lib/base/base.h"

#define CAPTURE_BYTES_MAX 8192

struct bytes {
	uint8_t at[CAPTURE_BYTES_MAX];
	size_t len;
};

enum packing { PLAIN, GZIP, ZSTD, XZ };

struct shape {
	const char *format; /* "pcap" or "pcapng" */
	uint32_t link_type; /* 189 or 220 */
	bool is_foreign;    /* of a host of the other byte order */
	enum packing packing;
};

/*
 * Device 5 of bus 2 has two transfers that end, 100 bytes IN on endpoint 1 after 250 µs and OUT on
 * endpoint 2 with -71 after 1 s; device 6 has one that is refused, isochronous.
 */
#define CAPTURE_EVENTS 6
void capture_bytes_build(struct bytes *bytes, const struct shape *shape);
