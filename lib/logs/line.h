#pragma once
/*
 * One line of a kernel log as people have it; for lib/log_*.c only. A line is cleaned first, then
 * its head is eaten: marks of mails and web pages, priorities, stamps, host and program.
 */
#include "lib/base/base.h"
#include "lib/base/cursor.h"
#include "lib/logs/text.h"

#define LS_LOG_CLEAN_MAX 4096 /* of a cleaned line: stamps, names and printk's 1024 bytes */

enum ls_log_format {
	LS_LOG_PLAIN, /* messages without any stamp */
	LS_LOG_DMESG,
	LS_LOG_DMESG_CTIME,
	LS_LOG_DMESG_RELTIME,
	LS_LOG_DMESG_ISO,
	LS_LOG_KMSG,
	LS_LOG_SYSLOG,
	LS_LOG_SYSLOG_ISO,
	LS_LOG_RFC5424,
	LS_LOG_JOURNAL_SHORT,
	LS_LOG_JOURNAL_ISO,
	LS_LOG_JOURNAL_MONOTONIC,
	LS_LOG_JOURNAL_UNIX,
	LS_LOG_JOURNAL_FULL,
	LS_LOG_JOURNAL_VERBOSE,
	LS_LOG_JOURNAL_EXPORT,
	LS_LOG_JOURNAL_JSON,
	LS_LOG_LOGCAT,
	LS_LOG_OPENWRT,
	LS_N_LOG_FORMATS,
};

enum ls_log_date {
	LS_LOG_NO_DATE,
	LS_LOG_TIME_OF_DAY, /* day_us */
	LS_LOG_NO_YEAR,	    /* month, day, day_us */
	LS_LOG_DATE,	    /* year, month, day, day_us */
	LS_LOG_REAL,	    /* real_us */
};

/* What a head says of the time. */
struct ls_log_stamp {
	bool has_mono;	  /* @mono_us is the boot clock */
	bool has_delta;	  /* @mono_us is the time since the line before (dmesg -H) */
	bool minute_only; /* a heading of dmesg -H: no seconds */
	uint64_t mono_us;
	enum ls_log_date date;
	int year, month, day;
	int64_t day_us;
	int64_t real_us;
	bool has_zone;
	int zone_s; /* east of UTC */
};

enum ls_log_owner {
	LS_LOG_NOBODY, /* no head: a bare message, the rest of the line before, or prose */
	LS_LOG_KERNEL,
	LS_LOG_OTHER, /* a program, which may print what it likes */
};

struct ls_log_head {
	enum ls_log_owner owner;
	enum ls_log_format format;
	struct ls_log_stamp stamp;
	struct ls_cursor text; /* what follows the head */
};

/*
 * Without colours, control characters, HTML entities, backslashes of markdown; every kind of blank
 * is ' '. @dst has LS_LOG_CLEAN_MAX bytes; what does not fit is left out. Returns the length.
 */
size_t ls_log_clean(char *dst, const char *line, size_t len);

/* "<b>", "</span>", "[color=red]" and their like; @separates: words that touch it are two. */
bool ls_log_take_tag(struct ls_cursor *cur, bool *separates);
/* Without the marks of emphasis that writers put into a line: "**", "`" … Returns the length. */
size_t ls_log_unmark(char *dst, struct ls_cursor text);

/* A date with a time, or a time alone, as any program or locale writes it. */
bool ls_log_take_date(struct ls_cursor *cur, struct ls_log_stamp *stamp);
/* 1 … 12 by its name in many languages; 0: none that is known. */
int ls_log_month(const struct ls_cursor *word);
/* "2022-08-21T23:18:57,123456+01:00", also with a blank in the middle. */
bool ls_log_take_iso_date(struct ls_cursor *cur, struct ls_log_stamp *stamp);
/* ".123456" or ",123" as microseconds; needs a digit. */
bool ls_log_take_fraction(struct ls_cursor *cur, uint64_t *usec);
/* "[  12.345678]" with all that can stand in it, "[  +0,000123]" and "[Sep14 22:47]". */
bool ls_log_take_bracket(struct ls_cursor *cur, struct ls_log_head *head);

/* "kernel:", "kernel[0]:", "[kernel]": what the kernel is called in front of its text. */
bool ls_log_take_kernel_tag(struct ls_cursor *cur);
/* These set owner, format and text of @head, if the line is of that kind. */
bool ls_log_take_logcat(struct ls_cursor *cur, struct ls_log_head *head);
bool ls_log_take_rfc5424(struct ls_cursor *cur, bool versioned, struct ls_log_head *head);
/* After a date: who speaks? @direct: the kernel's text may follow without any program. */
void ls_log_take_program(struct ls_cursor cur, bool direct, struct ls_log_head *head);
/* After a stamp of the boot clock there may be a host and a program, too. */
void ls_log_take_monotonic_program(struct ls_log_head *head);

/* @line is clean. Sets all of @ret. */
void ls_log_take_head(struct ls_cursor line, struct ls_log_head *ret);
/* Another stamp of the kernel's own clock within @text, or NULL. */
const char *ls_log_next_stamp(struct ls_cursor text);

const char *ls_log_format_name(enum ls_log_format format);
