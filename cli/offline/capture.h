#pragma once
/*
 * A usbmon capture, pcap or pcapng, compressed or not, as records of lib/usbmon/usbmon.h. The file
 * is not trusted: an error ends the reading, and what precedes it counts.
 */
#include "cli/offline/capture_watch.h"
#include "lib/base/base.h"

struct capture;
struct input;

/* Room for the reason why a file could not be read to its end: a clause without a full stop. */
#define CAPTURE_WHY_MAX 512

struct capture_counts {
	uint64_t n_records; /* all, including those that are not events */
	uint64_t n_submissions, n_completions, n_refused;
	uint64_t n_nonsense;				   /* too short, or of an unknown kind */
	uint64_t completions_by_status[LS_STATUS_MAX + 2]; /* index: minus status; last: the rest */
	uint64_t first_us, last_us; /* CLOCK_REALTIME of the first and the last event */
};

/*
 * Opens the current file of @file, borrowed until capture_free(). 0; -EBADMSG: not a usbmon
 * capture, @why continues "FILE "; -ENOMEM.
 */
int capture_new(struct input *file, char why[CAPTURE_WHY_MAX], struct capture **ret);
/* Does it begin like a capture? */
bool capture_is_one(const struct input *file);
void capture_free(struct capture *capture); /* NULL is fine */
LS_DEFINE_AUTO(capture)

/*
 * Adds up to @max_records to @watch. 1: there may be more; 0: that was the end; -EBADMSG: it
 * cannot be read further, see capture_why().
 */
int capture_read(struct capture *capture, size_t max_records, struct capture_watch *watch);

/* How far it was read and why it ended there, after -EBADMSG. */
const char *capture_why(const struct capture *capture);

const struct capture_counts *capture_counts(const struct capture *capture);
const char *capture_format(const struct capture *capture); /* "pcap" or "pcapng" */
int capture_link_type(const struct capture *capture);	   /* 189 or 220 */
uint64_t capture_n_read(const struct capture *capture);	   /* bytes of the file as it is on disk */
