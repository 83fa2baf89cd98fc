#include "cli/offline/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/offline/input.h"
#include "cli/offline/packets.h"

struct capture {
	struct input *file;
	struct packets *packets;
	const char *format;
	struct capture_counts counts;
	char why[CAPTURE_WHY_MAX];
};

bool
capture_is_one(const struct input *file)
{
	size_t len;
	const uint8_t *head = input_head(file, &len);

	return packets_format(head, len);
}

/* 0, or -EBADMSG with @why. */
static int
recognise(struct capture *capture, char why[CAPTURE_WHY_MAX])
{
	const char *reason = input_why(capture->file);
	size_t len;
	const uint8_t *head = input_head(capture->file, &len);

	capture->format = packets_format(head, len);
	if (capture->format)
		return 0;
	if (reason)
		snprintf(why, CAPTURE_WHY_MAX, "cannot be used: %s", reason);
	else if (len == 0)
		snprintf(why, CAPTURE_WHY_MAX, "is empty");
	else
		snprintf(why, CAPTURE_WHY_MAX,
			 "is no capture: it begins neither as pcap nor as pcapng does");
	return -EBADMSG;
}

int
capture_new(struct input *file, char why[CAPTURE_WHY_MAX], struct capture **ret)
{
	ls_auto(capture) *capture = calloc(1, sizeof(*capture));
	char said[PACKETS_WHY_MAX] = "";
	int r;

	if (!capture)
		return -ENOMEM;
	capture->file = file;
	r = recognise(capture, why);
	if (r < 0)
		return r;
	r = packets_new(file, said, &capture->packets);
	if (r == -EBADMSG)
		snprintf(why, CAPTURE_WHY_MAX, "%s", said);
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
	packets_free(capture->packets);
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

static void
count_run(struct capture_counts *counts, const struct packets_run *run)
{
	size_t n = run->batch.n, n_completions = n - run->n_submissions;

	counts->n_records += n;
	counts->n_submissions += run->n_submissions;
	counts->n_completions += n_completions;
	counts->completions_by_status[0] += n_completions;
	if (!counts->first_us)
		counts->first_us = ls_usbmon_real_us(ls_usbmon_at(&run->batch, 0));
	counts->last_us = ls_usbmon_real_us(ls_usbmon_at(&run->batch, n - 1));
}

static void
add_packet(struct capture *capture, const struct packet *packet, struct capture_watch *watch)
{
	size_t len = packet->len < packet->len_header ? packet->len : packet->len_header;
	const uint8_t *data = NULL;
	struct ls_usbmon_record record;
	size_t n_data = 0;

	capture->counts.n_records++;
	if (ls_usbmon_parse(packet->bytes, len, packet->is_foreign, &record) <= 0) {
		capture->counts.n_nonsense++;
		return;
	}
	count(&capture->counts, &record);
	if (packet->len > len && record.flag_data == 0) {
		data = packet->bytes + len;
		n_data = packet->len - len;
		n_data = n_data < record.len_cap ? n_data : record.len_cap;
	}
	capture_watch_add(watch, &record, data, n_data);
}

static void
note_why(struct capture *capture)
{
	snprintf(capture->why, sizeof(capture->why),
		 "read up to record %" PRIu64 ", byte %" PRIu64 "%s, and no further: %s",
		 capture->counts.n_records, packets_position(capture->packets),
		 input_is_packed(capture->file) ? " when unpacked" : "",
		 packets_why(capture->packets));
}

/* 1; 0: that was the end; -EBADMSG. */
static int
read_packet(struct capture *capture, struct capture_watch *watch)
{
	struct packet packet;
	int r = packets_next(capture->packets, &packet);

	if (r > 0)
		add_packet(capture, &packet, watch);
	if (r < 0)
		note_why(capture);
	return r;
}

int
capture_read(struct capture *capture, size_t max_records, struct capture_watch *watch)
{
	int r = *capture->why ? -EBADMSG : 1;

	while (r > 0 && max_records > 0) {
		struct packets_run run;
		size_t n = packets_plain(capture->packets, max_records, &run);

		if (n > 0) {
			count_run(&capture->counts, &run);
			capture_watch_add_batch(watch, &run.batch);
		} else {
			r = read_packet(capture, watch);
			n = 1;
		}
		max_records -= n;
	}
	return r;
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
	return packets_link_type(capture->packets);
}

uint64_t
capture_n_read(const struct capture *capture)
{
	return packets_n_read(capture->packets);
}
