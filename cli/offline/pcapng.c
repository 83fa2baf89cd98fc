#include "cli/offline/pcapng.h"

#include <errno.h>
#include <string.h>

#include "lib/usbmon/usbmon.h"

#define BLOCK_SECTION	 0x0a0d0d0a
#define BLOCK_INTERFACE	 1
#define BLOCK_PACKET	 6
#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define VERSION_MAJOR	 1
#define LINK_TYPE	 220 /* LINKTYPE_USB_LINUX_MMAPPED */

#define ISO_DESCRIPTOR_BYTES 16u
#define LENGTH_MAX	     (1u << 30) /* readers keep it in an int, as usbmon does */

/* Draft-ietf-opsawg-pcapng; every field lies where its alignment wants it. */
struct section {
	uint32_t type, total;
	uint32_t magic;
	uint16_t major, minor;
	uint32_t length[2]; /* all ones: until the file ends */
	uint32_t total_again;
};

struct interface {
	uint32_t type, total;
	uint16_t link_type, reserved;
	uint32_t snap_len; /* 0: no limit */
	uint32_t total_again;
};

struct packet {
	uint32_t type, total;
	uint32_t interface;
	uint32_t time_high, time_low; /* microseconds, as no option says otherwise */
	uint32_t len_captured, len;
	uint8_t header[LS_USBMON_HEADER];
	uint32_t total_again;
};
_Static_assert(sizeof(struct section) + sizeof(struct interface) == PCAPNG_HEAD_BYTES, "no holes");
_Static_assert(sizeof(struct packet) == PCAPNG_PACKET_BYTES, "no holes");

void
pcapng_head(uint8_t bytes[PCAPNG_HEAD_BYTES])
{
	static const struct section section = {
		.type = BLOCK_SECTION,
		.total = sizeof(section),
		.magic = BYTE_ORDER_MAGIC,
		.major = VERSION_MAJOR,
		.length = { UINT32_MAX, UINT32_MAX },
		.total_again = sizeof(section),
	};
	static const struct interface interface = {
		.type = BLOCK_INTERFACE,
		.total = sizeof(interface),
		.link_type = LINK_TYPE,
		.total_again = sizeof(interface),
	};

	memcpy(bytes, &section, sizeof(section));
	memcpy(bytes + sizeof(section), &interface, sizeof(interface));
}

/* -1 for what is no digit, the terminating NUL too. */
static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
parse_header(const char *hex, struct ls_usbmon_record *ret)
{
	uint8_t bytes[LS_USBMON_HEADER];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		int high = digit_of(hex[2 * i]);
		int low = high < 0 ? -1 : digit_of(hex[2 * i + 1]);

		if (low < 0)
			return -EBADMSG;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	if (hex[2 * sizeof(bytes)])
		return -EBADMSG;
	return ls_usbmon_parse(bytes, sizeof(bytes), false, ret);
}

/* flag_data is 0 if data followed the header; here none does. */
static uint32_t
len_behind(const struct ls_usbmon_record *record)
{
	uint32_t n_iso = record->xfer == LS_XFER_ISO ? record->n_descriptors : 0;
	uint32_t len = record->flag_data == 0 ? record->length : 0;

	if (n_iso > LENGTH_MAX / ISO_DESCRIPTOR_BYTES)
		n_iso = LENGTH_MAX / ISO_DESCRIPTOR_BYTES;
	return (len < LENGTH_MAX ? len : LENGTH_MAX) + n_iso * ISO_DESCRIPTOR_BYTES;
}

int
pcapng_packet(int64_t real_us, const char *hex, uint8_t bytes[PCAPNG_PACKET_BYTES])
{
	struct ls_usbmon_record record;
	uint64_t time = real_us > 0 ? (uint64_t)real_us : 0;
	struct packet packet = {
		.type = BLOCK_PACKET,
		.total = sizeof(packet),
		.time_high = (uint32_t)(time >> 32),
		.time_low = (uint32_t)time,
		.len_captured = LS_USBMON_HEADER,
		.total_again = sizeof(packet),
	};
	int r = parse_header(hex, &record);

	if (r < 0)
		return r;
	packet.len = LS_USBMON_HEADER + len_behind(&record);
	record.len_cap = 0;
	ls_usbmon_format(&record, packet.header);
	memcpy(bytes, &packet, sizeof(packet));
	return 1;
}
