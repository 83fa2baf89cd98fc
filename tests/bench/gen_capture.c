/*
 * Writes a usbmon capture of link type 220 to standard output: transfers of eight devices on three
 * buses, of which one in 10 000 fails. The same arguments give the same bytes.
 * Usage: gen_capture pcap|pcapng RECORDS [PAYLOAD_BYTES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/usbmon/usbmon.h"
#include "tests/bench/stream.h"

#define LINK_TYPE   220
#define SNAP_LEN    262144
#define N_DEVICES   8
#define MAX_PAYLOAD 65536
#define OUTPUT_SIZE (1 << 20)

struct pcap_file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy, snap_len, link_type;
};
struct pcap_header {
	uint32_t sec, usec, len_cap, len;
};
struct pcapng_section {
	uint32_t type, size, order;
	uint16_t major, minor;
	int64_t len;
	uint32_t size_again;
};
struct pcapng_interface {
	uint32_t type, size;
	uint16_t link_type, reserved;
	uint32_t snap_len, size_again;
};
struct pcapng_packet {
	uint32_t type, size, interface, time_high, time_low, len_cap, len;
};

static uint8_t payload[MAX_PAYLOAD];

static void
put(const void *bytes, size_t len)
{
	if (fwrite(bytes, 1, len, stdout) != len)
		exit(1);
}

static void
put_beginning(bool is_ng)
{
	const struct pcap_file_header header = { 0xa1b2c3d4, 2, 4, 0, 0, SNAP_LEN, LINK_TYPE };
	const struct pcapng_section section = { 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, -1, 28 };
	const struct pcapng_interface interface = { 1, 20, LINK_TYPE, 0, SNAP_LEN, 20 };

	if (is_ng) {
		put(&section.type, 28);
		put(&interface, sizeof(interface));
	} else {
		put(&header, sizeof(header));
	}
}

static void
put_record(const struct ls_usbmon_record *record, bool is_ng)
{
	uint32_t len = LS_USBMON_HEADER + record->len_cap, padding = -len & 3, zero = 0;
	uint64_t real_us = ls_usbmon_real_us(record);
	const struct pcap_header header = { (uint32_t)record->real_sec, (uint32_t)record->real_usec,
					    len, len };
	const struct pcapng_packet packet = { 6,
					      (uint32_t)sizeof(packet) + len + padding + 4,
					      0,
					      (uint32_t)(real_us >> 32),
					      (uint32_t)real_us,
					      len,
					      len };

	if (is_ng)
		put(&packet, sizeof(packet));
	else
		put(&header, sizeof(header));
	put(record, sizeof(*record));
	put(payload, record->len_cap);
	if (is_ng) {
		put(&zero, padding);
		put(&packet.size, 4);
	}
}

/* The data goes with the submission of a write and with the completion of a read. */
static void
attach_payload(struct ls_usbmon_record *record, uint32_t n_payload)
{
	bool is_in = record->endpoint & 0x80, is_end = record->type == LS_USBMON_COMPLETE;
	bool has_data = is_in == is_end && n_payload > 0;

	record->flag_data = has_data ? 0 : is_in ? '<' : '>';
	record->len_cap = !has_data ? 0 : record->length < n_payload ? record->length : n_payload;
}

int
main(int argc, char **argv)
{
	bool is_ng = argc > 1 && strcmp(argv[1], "pcapng") == 0;
	uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
	uint32_t n_payload = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) % MAX_PAYLOAD : 0;

	setvbuf(stdout, NULL, _IOFBF, OUTPUT_SIZE);
	put_beginning(is_ng);
	for (uint64_t i = 0; i < n; i++) {
		struct ls_usbmon_record *record = stream_next(N_DEVICES);

		attach_payload(record, n_payload);
		put_record(record, is_ng);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
