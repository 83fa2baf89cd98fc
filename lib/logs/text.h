#pragma once
/*
 * Kernel logs in all common forms: dmesg and journalctl in all their shapes, syslog, RFC 5424,
 * /dev/kmsg dumps, text copied from a mail or a web page, mixed with other lines. Bytes in,
 * observations out, in constant memory; the format is recognised line by line, so that a file may
 * hold several. Times: what has a date gets a real time (local times without a zone as given by
 * @utc_offset_us), what has only a boot clock gets its mono time; what has neither is ordered by
 * its place. Within one boot neither field of the instant goes back; each boot starts again.
 */
#include "lib/logs/unread.h"
#include "lib/model/observation.h"

struct ls_log_text;

struct ls_log_text_options {
	int64_t utc_offset_us; /* of local times without a zone; 0: taken as UTC */
	int year;	       /* of the first date without a year; 0: such lines are not dated */
};

struct ls_log_text_summary {
	char format[32];    /* "dmesg", "dmesg-ctime", "journal-short", …: what most lines were */
	uint64_t lines;	    /* physical lines */
	uint64_t usb_lines; /* those that made an observation */
	uint64_t cut_lines; /* longer than the cap; their beginning was read */
	uint32_t boots;	    /* the boot clock restarted, or "Linux version" was seen */
	bool dated;	    /* at least one line had a date */
	bool of_day;	    /* times of day and no others: mono times count from a midnight */
	struct ls_instant last; /* the last line of the last boot with a stamp; mono 0: none */
	/*
	 * Of a log without any usb_lines: lines that name USB, in a shape that is not known. Else
	 * those that go on behind a device's own text, which may say anything.
	 */
	struct ls_log_unread unread;
	/* Lines that state each kind before anything is merged, by port: lib/logs/counts.h. */
};

int ls_log_text_new(const struct ls_log_text_options *options, ls_observation_fn observe,
		    void *user, struct ls_log_text **ret);
void ls_log_text_free(struct ls_log_text *log);
LS_DEFINE_AUTO(ls_log_text)

/* Any cut of the file into pieces gives the same observations. */
void ls_log_text_feed(struct ls_log_text *log, const char *bytes, size_t len);
/* The number of the boot, from 0, that the observation being delivered belongs to. */
uint32_t ls_log_text_boot(const struct ls_log_text *log);
/* The end of the file: a last line without a newline counts. */
void ls_log_text_finish(struct ls_log_text *log, struct ls_log_text_summary *ret);
