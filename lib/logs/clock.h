#pragma once
/*
 * The time of a line, from its stamp and from the lines before it. Within one boot
 * neither clock of an instant goes back.
 */
#include "lib/logs/line.h"

/* Which clocks the stamps of a line show. */
enum ls_log_clock_form {
	LS_LOG_CLOCK_NONE = 0,
	LS_LOG_CLOCK_BOOT = 1, /* "[   12.345678]" */
	LS_LOG_CLOCK_WALL = 2, /* a date or a time of day */
	LS_LOG_CLOCK_BOTH = 3,
	LS_N_LOG_CLOCK_FORMS,
};

struct ls_log_clock {
	int64_t utc_offset_us;
	int first_year; /* 0: dates without a year are only good for distances */
	uint32_t boots;
	bool dated;
	bool of_day;		     /* mono times are times of day */
	bool seen;		     /* this boot has shown something */
	enum ls_log_clock_form form; /* of the last line */

	struct ls_instant last; /* what was given out last in this boot */
	bool has_boot_clock;
	uint64_t boot_clock_us; /* the kernel's, as the last line had it */
	bool has_wall;
	int64_t wall_us; /* of the last line with a date, dated or not */
	bool has_origin;
	int64_t origin_us; /* wall clock at 0 of the boot clock */
	bool origin_is_real;
	int64_t summer_us;     /* clocks that were set back in autumn */
	int years, last_month; /* New Year's days since the first date without a year */
	int days;	       /* midnights, of times without any date */
	int year, month, day;  /* the last date … */
	int64_t date_days;     /* … as days since 1970: most lines are of the same day */
	char boot_id[40];
};

/*
 * @utc_offset_us: of local times without a zone. @year: of the first date without one, 0
 * unknown.
 */
void ls_log_clock_init(struct ls_log_clock *clock, int64_t utc_offset_us, int year);
/* "Linux version …", "-- Boot …": the next line is of another boot. */
void ls_log_clock_new_boot(struct ls_log_clock *clock);
/* A journal's name of a boot; a new one is a new boot. */
void ls_log_clock_boot_id(struct ls_log_clock *clock, const char *id, size_t len);
/* A line with @stamp, which may be empty. */
struct ls_instant ls_log_clock_place(struct ls_log_clock *clock, const struct ls_log_stamp *stamp);
/*
 * A copy often lacks the beginning of its first line, and with it the date: @stamp gets that of the
 * next line, @next, as far as a time of day or both boot clocks allow.
 */
void ls_log_stamp_date(struct ls_log_stamp *stamp, const struct ls_log_stamp *next);
