#include "cli/offline/packets.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/offline/window.h"

#define USBMON_SHORT 189 /* LINKTYPE_USB_LINUX */
#define USBMON	     220 /* LINKTYPE_USB_LINUX_MMAPPED */

#define PACKET_MAX ((uint32_t)128 << 20) /* as libpcap has it for these link types */
#define DATA_MAX   ((size_t)64 * 1024)	 /* a descriptor has no more */
#define INTERFACES 256			 /* more of a section are passed over */

/* With large packets, that many bytes of them are resident at a time. */
#define RUN_BYTES ((size_t)256 * 1024)
/* So far ahead memory is fetched: the machine's own prefetcher stops at the end of each page. */
#define AHEAD 2048

#define FILE_HEADER   24
#define PCAP_HEAD     16 /* seconds, fraction, captured length, length */
#define KUZNETSOV     24 /* and the interface */
#define PCAP_VERSION  0x00020004
#define BLOCK_HEAD    8 /* type and length; the length stands again at the end */
#define BLOCK_LEAST   12
#define SECTION_NEEDS 16
#define NG_HEAD	      28 /* a packet block up to its data */

enum { BLOCK_INTERFACE = 1, BLOCK_OLD_PACKET = 2, BLOCK_SIMPLE = 3, BLOCK_PACKET = 6 };
#define BLOCK_SECTION	0x0a0d0d0au /* the same in either byte order */
#define SECTION_MAGIC	0x1a2b3c4du
#define NO_INTERFACE	UINT32_MAX
#define IS_USBMON(type) ((type) == USBMON || (type) == USBMON_SHORT)
#define HEADER_OF(type) ((type) == USBMON ? LS_USBMON_HEADER : LS_USBMON_HEADER_SHORT)

struct interface {
	uint16_t link_type;
	uint32_t snap_len; /* packets of simple blocks end there */
};

struct packets {
	struct window *window;
	bool is_ng, is_foreign;
	uint64_t to_pass; /* of the last packet or run */
	int link_type;
	char why[PACKETS_WHY_MAX];

	/* of pcap */
	size_t head;	   /* before a packet */
	uint32_t snap_len; /* what is longer is not looked at */

	/* of pcapng */
	uint32_t plain_interface; /* the first of link type 220, or none */
	unsigned int n_interfaces;
	struct interface interfaces[INTERFACES];
};

static const struct {
	uint8_t bytes[4];
	bool is_ng;
	uint8_t head;
} magics[] = {
	{ { 0x0a, 0x0d, 0x0d, 0x0a }, true, 0 },
	{ { 0xd4, 0xc3, 0xb2, 0xa1 }, false, PCAP_HEAD },
	{ { 0xa1, 0xb2, 0xc3, 0xd4 }, false, PCAP_HEAD },
	{ { 0x4d, 0x3c, 0xb2, 0xa1 }, false, PCAP_HEAD }, /* nanoseconds */
	{ { 0xa1, 0xb2, 0x3c, 0x4d }, false, PCAP_HEAD },
	{ { 0x34, 0xcd, 0xb2, 0xa1 }, false, KUZNETSOV }, /* of his changed libpcap */
	{ { 0xa1, 0xb2, 0xcd, 0x34 }, false, KUZNETSOV },
};

/* LS_COUNT(magics): none. */
static size_t
find_magic(const uint8_t *head, size_t len)
{
	size_t i = 0;

	while (i < LS_COUNT(magics) &&
	       (len < sizeof(magics[i].bytes) ||
		memcmp(head, magics[i].bytes, sizeof(magics[i].bytes)) != 0))
		i++;
	return i;
}

const char *
packets_format(const uint8_t *head, size_t len)
{
	size_t i = find_magic(head, len);

	if (i == LS_COUNT(magics))
		return NULL;
	return magics[i].is_ng ? "pcapng" : "pcap";
}

/* ---- numbers and errors ---- */

static inline uint32_t
load32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static uint32_t
number32(const struct packets *packets, const uint8_t *bytes)
{
	uint32_t value = load32(bytes);

	return packets->is_foreign ? __builtin_bswap32(value) : value;
}

static uint16_t
number16(const struct packets *packets, const uint8_t *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return packets->is_foreign ? __builtin_bswap16(value) : value;
}

static int LS_PRINTF(2, 3) damaged(struct packets *packets, const char *format, ...)
{
	const char *reason = window_why(packets->window);
	va_list args;

	va_start(args, format);
	vsnprintf(packets->why, sizeof(packets->why), format, args);
	va_end(args);
	if (reason)
		snprintf(packets->why, sizeof(packets->why), "%s", reason);
	return -EBADMSG;
}

/* The end: a good one between two packets, if nothing is wrong with the file itself. */
static int
ended(struct packets *packets, bool is_between)
{
	if (is_between && window_here(packets->window) == 0 && !window_why(packets->window))
		return 0;
	(void)window_skip(packets->window, window_here(packets->window));
	return damaged(packets, "it ends within a packet");
}

/* The next @n bytes. 1; 0: it ends before them; -EBADMSG: it ends within them. */
static int
need(struct packets *packets, size_t n, const uint8_t **ret)
{
	if (!window_skip(packets->window, packets->to_pass))
		return ended(packets, false);
	packets->to_pass = 0;
	*ret = window_need(packets->window, n);
	return *ret ? 1 : ended(packets, true);
}

/* ---- pcap ---- */

static int
next_pcap(struct packets *packets, struct packet *ret)
{
	const uint8_t *head;
	uint32_t captured, len;
	int r = need(packets, packets->head, &head);

	if (r <= 0)
		return r;
	captured = number32(packets, head + 8);
	if (captured > PACKET_MAX)
		return damaged(packets, "a packet of %u bytes cannot be", captured);
	if (captured < LS_USBMON_HEADER_SHORT && window_is_cut(packets->window))
		return ended(packets, false); /* zeros stand for what was cut off */
	len = captured < packets->snap_len ? captured : packets->snap_len;
	ret->len_header = HEADER_OF(packets->link_type);
	ret->len = len < DATA_MAX + ret->len_header ? len : DATA_MAX + ret->len_header;
	head = window_need(packets->window, packets->head + ret->len);
	if (!head)
		return ended(packets, false);
	ret->bytes = head + packets->head;
	packets->to_pass = packets->head + captured;
	return 1;
}

static int
begin_pcap(struct packets *packets)
{
	const uint8_t *header = window_need(packets->window, FILE_HEADER);
	uint32_t version;

	if (!header)
		return damaged(packets, "it ends within its header");
	packets->is_foreign = header[0] == 0xa1;
	version = (uint32_t)number16(packets, header + 4) << 16 | number16(packets, header + 6);
	if (version != PCAP_VERSION)
		return damaged(packets, "its version is %u.%u, not 2.4", version >> 16,
			       version & 0xffff);
	packets->snap_len = number32(packets, header + 16);
	if (packets->snap_len == 0 || packets->snap_len > PACKET_MAX)
		packets->snap_len = PACKET_MAX;
	packets->link_type = (int)(number32(packets, header + 20) & 0xffff);
	packets->to_pass = FILE_HEADER;
	return 0;
}

/* ---- pcapng: draft-ietf-opsawg-pcapng ---- */

/* Its byte order is that of its length, too. */
static int
begin_section(struct packets *packets, uint32_t *ret_total)
{
	const uint8_t *block = window_need(packets->window, SECTION_NEEDS);

	if (!block)
		return ended(packets, false);
	packets->is_foreign = load32(block + 8) != SECTION_MAGIC;
	if (number32(packets, block + 8) != SECTION_MAGIC)
		return damaged(packets, "a section has no byte order");
	if (number16(packets, block + 12) != 1)
		return damaged(packets, "the version of a section is %u, not 1",
			       number16(packets, block + 12));
	packets->n_interfaces = 0;
	packets->plain_interface = NO_INTERFACE;
	*ret_total = number32(packets, block + 4);
	return 1;
}

struct block {
	uint32_t type, total;
	const uint8_t *bytes; /* all of it, unless it has more than WINDOW_NEED_MAX */
};

static bool
is_packet(const struct block *block)
{
	return block->type == BLOCK_PACKET || block->type == BLOCK_OLD_PACKET ||
	       block->type == BLOCK_SIMPLE;
}

static int
add_interface(struct packets *packets, const struct block *block)
{
	struct interface interface;

	if (block->total < SECTION_NEEDS + 4)
		return damaged(packets, "the description of an interface has %u bytes",
			       block->total);
	interface.link_type = number16(packets, block->bytes + 8);
	interface.snap_len = number32(packets, block->bytes + 12);
	if (interface.snap_len == 0)
		interface.snap_len = UINT32_MAX;
	if (!IS_USBMON(packets->link_type) &&
	    (packets->link_type == 0 || IS_USBMON(interface.link_type)))
		packets->link_type = interface.link_type;
	if (interface.link_type == USBMON && packets->plain_interface == NO_INTERFACE &&
	    !packets->is_foreign && packets->n_interfaces < INTERFACES)
		packets->plain_interface = packets->n_interfaces;
	if (packets->n_interfaces < INTERFACES)
		packets->interfaces[packets->n_interfaces] = interface;
	packets->n_interfaces++;
	return 1;
}

/* Its length stands at both ends; of a section the second one is not looked at. */
static int
read_block(struct packets *packets, struct block *block)
{
	size_t n = block->total < WINDOW_NEED_MAX ? block->total : NG_HEAD;

	if (block->total < BLOCK_LEAST || block->total > PACKET_MAX || block->total % 4 != 0)
		return damaged(packets, "a block of %u bytes cannot be", block->total);
	block->bytes = window_need(packets->window, n);
	if (!block->bytes)
		return ended(packets, false);
	if (block->type != BLOCK_SECTION && n == block->total &&
	    number32(packets, block->bytes + n - 4) != block->total)
		return damaged(packets, "the lengths at both ends of a block differ");
	packets->to_pass = block->total;
	return 1;
}

/* The next block; sections and interfaces are noted on the way. 1; 0; -EBADMSG. */
static int
next_block(struct packets *packets, struct block *ret)
{
	const uint8_t *head;
	int r = need(packets, BLOCK_LEAST, &head);

	if (r <= 0)
		return r;
	ret->type = number32(packets, head);
	ret->total = number32(packets, head + 4);
	if (ret->type == BLOCK_SECTION) {
		r = begin_section(packets, &ret->total);
		if (r < 0)
			return r;
	}
	r = read_block(packets, ret);
	return r > 0 && ret->type == BLOCK_INTERFACE ? add_interface(packets, ret) : r;
}

/* Where the data of a packet block begin, how long they are, and of which interface. */
struct layout {
	uint32_t at, captured, interface;
};

static int
read_layout(struct packets *packets, const struct block *block, struct layout *ret)
{
	bool is_simple = block->type == BLOCK_SIMPLE;

	*ret = (struct layout){ .at = is_simple ? BLOCK_LEAST : NG_HEAD };
	if (block->total < ret->at + 4)
		return damaged(packets, "a packet block of %u bytes cannot be", block->total);
	if (block->type == BLOCK_PACKET)
		ret->interface = number32(packets, block->bytes + 8);
	else if (!is_simple)
		ret->interface = number16(packets, block->bytes + 8);
	if (ret->interface >= packets->n_interfaces)
		return damaged(packets, "a packet is of interface %u, which is not described",
			       ret->interface);
	ret->captured = number32(packets, block->bytes + (is_simple ? 8 : 20));
	if (is_simple && ret->captured > packets->interfaces[0].snap_len)
		ret->captured = packets->interfaces[0].snap_len;
	if (ret->captured > block->total - ret->at - 4)
		return damaged(packets, "a packet of %u bytes stands in a block of %u",
			       ret->captured, block->total);
	return 1;
}

/* Packets of other interfaces are passed over. */
static int
next_ng(struct packets *packets, struct packet *ret)
{
	const struct interface *interface;
	struct block block = { 0 };
	struct layout layout = { 0 };
	const uint8_t *bytes;
	int r;

	do {
		do
			r = next_block(packets, &block);
		while (r > 0 && !is_packet(&block));
		if (r > 0)
			r = read_layout(packets, &block, &layout);
		if (r <= 0)
			return r;
		interface = &packets->interfaces[layout.interface % INTERFACES];
	} while (layout.interface >= INTERFACES || !IS_USBMON(interface->link_type));

	ret->len_header = HEADER_OF(interface->link_type);
	ret->len = layout.captured < DATA_MAX + ret->len_header ? layout.captured
								: DATA_MAX + ret->len_header;
	bytes = window_need(packets->window, layout.at + ret->len);
	if (!bytes)
		return ended(packets, false);
	ret->bytes = bytes + layout.at;
	return 1;
}

/* Interfaces are described before their packets: up to the first one of usbmon. */
static int
begin_ng(struct packets *packets)
{
	struct block block = { .type = BLOCK_SECTION };
	int r;

	packets->plain_interface = NO_INTERFACE;
	do
		r = next_block(packets, &block);
	while (r > 0 && !is_packet(&block) && !IS_USBMON(packets->link_type));
	if (r < 0)
		return r;
	return packets->link_type ? 0 : damaged(packets, "no interface is described");
}

/* ---- plain packets ---- */

enum plain { NOT_PLAIN, PLAIN_COMPLETION, PLAIN_SUBMISSION };

/* Type and kind of transfer in one look: of the kind, only bits that each of the four may have. */
static inline enum plain
look_at(const struct ls_usbmon_record *record)
{
	unsigned int kind = (record->type | (unsigned int)record->xfer << 8) & 0xfcff;

	if (kind == LS_USBMON_SUBMIT)
		return PLAIN_SUBMISSION;
	return kind == LS_USBMON_COMPLETE && record->status == 0 ? PLAIN_COMPLETION : NOT_PLAIN;
}

struct walk {
	size_t head;	    /* before the data */
	uint32_t max;	    /* of a plain packet */
	uint32_t interface; /* of pcapng */
	bool is_ng;
};

/* How far the packet at @at reaches; 0: it is not plain, or does not end within @room. */
static inline size_t
step_of(const struct walk *walk, const uint8_t *at, size_t room)
{
	uint32_t captured = load32(at + walk->head - 8), total;

	if (captured - LS_USBMON_HEADER > walk->max - LS_USBMON_HEADER)
		return 0;
	if (!walk->is_ng)
		return walk->head + captured <= room ? walk->head + captured : 0;
	total = load32(at + 4);
	if (load32(at) != BLOCK_PACKET || load32(at + 8) != walk->interface || total % 4 != 0 ||
	    total < NG_HEAD + 4 + captured || total >= WINDOW_NEED_MAX || total > room ||
	    load32(at + total - 4) != total)
		return 0;
	return total;
}

/* Returns how many bytes the run has. */
static inline __attribute__((always_inline)) size_t
walk_on(const struct walk *walk, const uint8_t *base, size_t size, size_t max,
	struct packets_run *run)
{
	const uint8_t *at = base, *end = base + size;
	size_t n = 0, n_submissions = 0;

	while (n < max && (size_t)(end - at) >= walk->head + LS_USBMON_HEADER) {
		const struct ls_usbmon_record *record = (const void *)(at + walk->head);
		size_t step = step_of(walk, at, (size_t)(end - at));
		enum plain plain = step > 0 ? look_at(record) : NOT_PLAIN;

		if (plain == NOT_PLAIN)
			break;
		__builtin_prefetch(at + AHEAD);
		__builtin_prefetch(at + AHEAD + 64);
		n_submissions += plain == PLAIN_SUBMISSION;
		run->offsets[n++] = (uint32_t)((const uint8_t *)record - base);
		at += step;
	}
	run->batch.n = n;
	run->n_submissions = n_submissions;
	return (size_t)(at - base);
}

static size_t
run_pcap(const struct packets *packets, const uint8_t *base, size_t size, size_t max,
	 struct packets_run *run)
{
	const struct walk walk = { .head = PCAP_HEAD, .max = packets->snap_len };

	return walk_on(&walk, base, size, max, run);
}

static size_t
run_ng(const struct packets *packets, const uint8_t *base, size_t size, size_t max,
       struct packets_run *run)
{
	const struct walk walk = {
		.head = NG_HEAD,
		.max = PACKET_MAX,
		.interface = packets->plain_interface,
		.is_ng = true,
	};

	return walk_on(&walk, base, size, max, run);
}

static bool
may_be_plain(const struct packets *packets)
{
	if (packets->is_ng)
		return packets->plain_interface != NO_INTERFACE;
	return !packets->is_foreign && packets->link_type == USBMON && packets->head == PCAP_HEAD &&
	       packets->snap_len >= LS_USBMON_HEADER;
}

size_t
packets_plain(struct packets *packets, size_t max, struct packets_run *ret)
{
	const uint8_t *base;
	size_t size, taken;

	if (!may_be_plain(packets) || !window_skip(packets->window, packets->to_pass))
		return 0;
	packets->to_pass = 0;
	base = window_need(packets->window, 1);
	if (!base)
		return 0;
	max = max < PACKETS_AT_ONCE ? max : PACKETS_AT_ONCE;
	do {
		size = window_here(packets->window);
		size = size < RUN_BYTES ? size : RUN_BYTES;
		taken = packets->is_ng ? run_ng(packets, base, size, max, ret)
				       : run_pcap(packets, base, size, max, ret);
	} while (taken > window_here(packets->window)); /* it was shortened meanwhile */
	ret->batch.ring = base;
	ret->batch.ring_size = size;
	ret->batch.offsets = ret->offsets;
	ret->batch.clock_step_us = 0;
	ret->batch.is_capture = true;
	packets->to_pass = taken;
	return ret->batch.n;
}

/* ---- both ---- */

int
packets_next(struct packets *packets, struct packet *ret)
{
	int r = packets->is_ng ? next_ng(packets, ret) : next_pcap(packets, ret);

	ret->is_foreign = packets->is_foreign; /* a new section may have changed it */
	return r;
}

/* What people may take for a capture of usbmon. */
static const char *
link_type_name(int link_type)
{
	static const struct {
		int type;
		const char *name;
	} names[] = {
		{ 1, "Ethernet" },
		{ 105, "Wi-Fi" },
		{ 113, "Linux cooked" },
		{ 127, "Wi-Fi" },
		{ 186, "USB of FreeBSD" },
		{ 201, "Bluetooth" },
		{ 249, "USBPcap of Windows" },
		{ 266, "USB of macOS" },
		{ 276, "Linux cooked" },
		{ 288, "USB on the wire" },
	};

	for (size_t i = 0; i < LS_COUNT(names); i++) {
		if (names[i].type == link_type)
			return names[i].name;
	}
	return "unknown";
}

static int
begin(struct packets *packets, struct input *input, char why[PACKETS_WHY_MAX])
{
	const uint8_t *head;
	size_t i;
	int r = window_new(input, &packets->window);

	if (r < 0)
		return r;
	head = window_need(packets->window, sizeof(magics[0].bytes));
	i = head ? find_magic(head, sizeof(magics[0].bytes)) : LS_COUNT(magics);
	if (i == LS_COUNT(magics)) {
		r = damaged(packets, "it ends within its header");
	} else {
		packets->is_ng = magics[i].is_ng;
		packets->head = magics[i].head;
		r = packets->is_ng ? begin_ng(packets) : begin_pcap(packets);
	}
	if (r < 0) {
		snprintf(why, PACKETS_WHY_MAX, "is damaged at its beginning: %.200s", packets->why);
		return r;
	}
	if (IS_USBMON(packets->link_type))
		return 0;
	snprintf(why, PACKETS_WHY_MAX,
		 "is a capture of link type %d (%s), not one of usbmon (link types 189 and 220)",
		 packets->link_type, link_type_name(packets->link_type));
	return -EBADMSG;
}

int
packets_new(struct input *input, char why[PACKETS_WHY_MAX], struct packets **ret)
{
	ls_auto(packets) *packets = calloc(1, sizeof(*packets));
	int r;

	if (!packets)
		return -ENOMEM;
	r = begin(packets, input, why);
	if (r == 0)
		*ret = LS_STEAL(&packets);
	return r;
}

void
packets_free(struct packets *packets)
{
	if (!packets)
		return;
	window_free(packets->window);
	free(packets);
}

int
packets_link_type(const struct packets *packets)
{
	return packets->link_type;
}

const char *
packets_why(const struct packets *packets)
{
	return packets->why;
}

uint64_t
packets_position(const struct packets *packets)
{
	return window_position(packets->window);
}

uint64_t
packets_n_read(const struct packets *packets)
{
	return window_n_read(packets->window);
}
