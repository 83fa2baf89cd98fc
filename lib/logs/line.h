#pragma once
/*
 * One line of a kernel log; shapes only, for the files of this folder. A line is
 * cleaned first, then its head is taken: marks of mails and web pages, priorities, stamps, host and
 * program.
 */
#include "lib/base/cursor.h"

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

/* The time in a head. */
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
	LS_LOG_OTHER, /* a program, which may print anything */
};

struct ls_log_head {
	enum ls_log_owner owner;
	enum ls_log_format format;
	struct ls_log_stamp stamp;
	struct ls_cursor text; /* what follows the head */
};
