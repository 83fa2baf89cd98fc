#include "cli/offline/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "cli/base/sanitize.h"
#include "cli/offline/input.h"

struct capture {
	struct input *file;
	pcap_t *pcap;
	const char *format;
	int link_type;
	size_t header_len;
	struct capture_watch *watch; /* while reading */
	struct capture_counts counts;
	char why[CAPTURE_WHY_MAX];
};

static const struct {
	uint8_t bytes[4];
	const char *format;
} magics[] = {
	{ { 0x0a, 0x0d, 0x0d, 0x0a }, "pcapng" },
	{ { 0xd4, 0xc3, 0xb2, 0xa1 }, "pcap" },
	{ { 0xa1, 0xb2, 0xc3, 0xd4 }, "pcap" },
	{ { 0x4d, 0x3c, 0xb2, 0xa1 }, "pcap" }, /* nanoseconds */
	{ { 0xa1, 0xb2, 0x3c, 0x4d }, "pcap" },
	{ { 0x34, 0xcd, 0xb2, 0xa1 }, "pcap" }, /* Kuznetsov's libpcap */
	{ { 0xa1, 0xb2, 0xcd, 0x34 }, "pcap" },
};

/* 0, or -EBADMSG with @why. */
static int
recognise(struct capture *capture, char why[CAPTURE_WHY_MAX])
{
	const char *reason = input_why(capture->file);
	size_t len;
	const uint8_t *head = input_head(capture->file, &len);

	for (size_t i = 0; len >= sizeof(magics[i].bytes) && i < LS_COUNT(magics); i++) {
		if (memcmp(head, magics[i].bytes, sizeof(magics[i].bytes)) == 0) {
			capture->format = magics[i].format;
			return 0;
		}
	}
	if (reason)
		snprintf(why, CAPTURE_WHY_MAX, "cannot be used: %s", reason);
	else if (len == 0)
		snprintf(why, CAPTURE_WHY_MAX, "is empty");
	else
		snprintf(why, CAPTURE_WHY_MAX,
			 "is no capture: it begins neither as pcap nor as pcapng does");
	return -EBADMSG;
}

/* The error of libpcap or of the decompression; the latter is more precise. */
static const char *
reason_of(const struct capture *capture, const char *said, char clean[PCAP_ERRBUF_SIZE])
{
	const char *reason = input_why(capture->file);

	sanitize_text(clean, PCAP_ERRBUF_SIZE, reason ? reason : said, false);
	return clean;
}

static int
open_pcap(struct capture *capture, char why[CAPTURE_WHY_MAX])
{
	FILE *stream = input_stream(capture->file);
	char said[PCAP_ERRBUF_SIZE] = "", clean[PCAP_ERRBUF_SIZE];

	if (!stream)
		return -ENOMEM;
	capture->pcap = pcap_fopen_offline(stream, said);
	if (capture->pcap)
		return 0;
	fclose(stream);
	snprintf(why, CAPTURE_WHY_MAX, "is damaged at its beginning: %s",
		 reason_of(capture, said, clean));
	return -EBADMSG;
}

static int
check_link_type(struct capture *capture, char why[CAPTURE_WHY_MAX])
{
	const char *words;

	capture->link_type = pcap_datalink(capture->pcap);
	if (capture->link_type == DLT_USB_LINUX_MMAPPED) {
		capture->header_len = LS_USBMON_HEADER;
		return 0;
	}
	if (capture->link_type == DLT_USB_LINUX) {
		capture->header_len = LS_USBMON_HEADER_SHORT;
		return 0;
	}
	words = pcap_datalink_val_to_description(capture->link_type);
	snprintf(why, CAPTURE_WHY_MAX,
		 "is a capture of link type %d (%s), not one of usbmon (link types 189 and 220)",
		 capture->link_type, words ? words : "unknown");
	return -EBADMSG;
}

bool
capture_is_one(const struct input *file)
{
	size_t len;
	const uint8_t *head = input_head(file, &len);

	for (size_t i = 0; len >= sizeof(magics[i].bytes) && i < LS_COUNT(magics); i++) {
		if (memcmp(head, magics[i].bytes, sizeof(magics[i].bytes)) == 0)
			return true;
	}
	return false;
}

int
capture_new(struct input *file, char why[CAPTURE_WHY_MAX], struct capture **ret)
{
	ls_auto(capture) *capture = calloc(1, sizeof(*capture));
	int r;

	if (!capture)
		return -ENOMEM;
	capture->file = file;
	r = recognise(capture, why);
	if (r == 0)
		r = open_pcap(capture, why);
	if (r == 0)
		r = check_link_type(capture, why);
	if (r < 0)
		return r;
	*ret = LS_STEAL(&capture);
	return 0;
}

void
capture_free(struct capture *capture)
{
	if (!capture)
		return;
	if (capture->pcap)
		pcap_close(capture->pcap); /* and the stream */
	free(capture);
}

static void
count(struct capture_counts *counts, const struct ls_usbmon_record *record)
{
	uint32_t number = 0u - (uint32_t)record->status;

	counts->last_us = ls_usbmon_real_us(record);
	if (!counts->first_us)
		counts->first_us = counts->last_us;
	if (record->type == LS_USBMON_SUBMIT) {
		counts->n_submissions++;
	} else if (record->type == LS_USBMON_COMPLETE) {
		counts->n_completions++;
		counts->completions_by_status[number <= LS_STATUS_MAX ? number
								      : LS_STATUS_MAX + 1]++;
	} else {
		counts->n_refused++;
	}
}

/*
 * The record at @bytes, in place if that is possible, otherwise in @copy; NULL if it is none.
 * libpcap has turned headers of a foreign host into our byte order, those of usbmon, too.
 */
static const struct ls_usbmon_record *
record_at(const unsigned char *bytes, size_t len, struct ls_usbmon_record *copy)
{
	const struct ls_usbmon_record *record = (const void *)bytes;

	if (len < LS_USBMON_HEADER)
		return ls_usbmon_parse(bytes, len, false, copy) == 1 ? copy : NULL;
	if ((uintptr_t)bytes % _Alignof(struct ls_usbmon_record) != 0)
		record = memcpy(copy, bytes, LS_USBMON_HEADER);
	return ls_usbmon_is_event(record) ? record : NULL;
}

static void
on_packet(unsigned char *user, const struct pcap_pkthdr *header, const unsigned char *bytes)
{
	struct capture *capture = (struct capture *)(void *)user;
	size_t len = header->caplen < capture->header_len ? header->caplen : capture->header_len;
	struct ls_usbmon_record copy;
	const struct ls_usbmon_record *record = record_at(bytes, len, &copy);
	const uint8_t *data = NULL;
	size_t n_data = 0;

	capture->counts.n_records++;
	if (!record) {
		capture->counts.n_nonsense++;
		return;
	}
	count(&capture->counts, record);
	if (header->caplen > len && record->flag_data == 0) {
		data = bytes + len;
		n_data = header->caplen - len;
		n_data = n_data < record->len_cap ? n_data : record->len_cap;
	}
	capture_watch_add(capture->watch, record, data, n_data);
}

static void
note_why(struct capture *capture, const char *said)
{
	char clean[PCAP_ERRBUF_SIZE];

	snprintf(capture->why, sizeof(capture->why),
		 "read up to record %" PRIu64 ", byte %jd%s, and no further: %s",
		 capture->counts.n_records, (intmax_t)ftello(pcap_file(capture->pcap)),
		 input_is_packed(capture->file) ? " when unpacked" : "",
		 reason_of(capture, said, clean));
}

int
capture_read(struct capture *capture, int max_records, struct capture_watch *watch)
{
	int r;

	if (*capture->why)
		return -EBADMSG;
	capture->watch = watch;
	r = pcap_dispatch(capture->pcap, max_records, on_packet, (unsigned char *)capture);
	if (r > 0)
		return 1;
	if (r == 0 && !input_why(capture->file))
		return 0;
	note_why(capture, r == 0 ? "" : pcap_geterr(capture->pcap));
	return -EBADMSG;
}

const char *
capture_why(const struct capture *capture)
{
	return capture->why;
}

const struct capture_counts *
capture_counts(const struct capture *capture)
{
	return &capture->counts;
}

const char *
capture_format(const struct capture *capture)
{
	return capture->format;
}

int
capture_link_type(const struct capture *capture)
{
	return capture->link_type;
}

uint64_t
capture_n_read(const struct capture *capture)
{
	return input_n_read(capture->file);
}
