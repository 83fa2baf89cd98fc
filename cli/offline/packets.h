#pragma once
/*
 * Packets of usbmon in a pcap or pcapng file. The file is not trusted. Most packets are plain and
 * come many at a time, as they lie in the file; all others one by one, and only they can be wrong.
 * Own code: libpcap copies each packet and takes 450 instructions for it, three times as many as
 * all that is done with it, and it reads no capture of several kinds of interfaces.
 */
#include "lib/usbmon/usbmon.h"

struct input;
struct packets;

#define PACKETS_WHY_MAX 256

/* Does a file begin like a capture that begins so? Its format, "pcap" or "pcapng"; or NULL. */
const char *packets_format(const uint8_t *head, size_t len);

/*
 * Opens the current file of @input, borrowed, of which packets_format() knows the beginning. 0;
 * -EBADMSG: it is damaged, or not of usbmon, @why continues "FILE "; -ENOMEM.
 */
int packets_new(struct input *input, char why[PACKETS_WHY_MAX], struct packets **ret);
void packets_free(struct packets *packets); /* NULL is fine */
LS_DEFINE_AUTO(packets)

/* 189 or 220: the link type of the first interface of usbmon. */
int packets_link_type(const struct packets *packets);

/* Submissions, and completions without a failure, whole, in this machine's byte order. */
#define PACKETS_AT_ONCE 128 /* their offsets and headers stay in the innermost cache */
struct packets_run {
	struct ls_usbmon_batch batch; /* of @offsets */
	size_t n_submissions;
	uint32_t offsets[PACKETS_AT_ONCE];
};
/* The plain packets that come next, @max at most; 0: the next one is not plain, or there is none.
 * Valid until the next call. */
size_t packets_plain(struct packets *packets, size_t max, struct packets_run *ret);

struct packet {
	const uint8_t *bytes; /* valid until the next call */
	size_t len;	      /* of these, up to 64 KiB of data */
	size_t len_header;    /* that usbmon's header has in this link type */
	bool is_foreign;      /* of a host of the other byte order */
};
/* The next one, whatever it is. 1; 0: there is none; -EBADMSG: see packets_why(). */
int packets_next(struct packets *packets, struct packet *ret);

/* Why it cannot be read further: a clause that continues "…: "; clean. */
const char *packets_why(const struct packets *packets);
uint64_t packets_position(const struct packets *packets); /* bytes that were read */
uint64_t packets_n_read(const struct packets *packets);	  /* of the file as it lies on disk */
