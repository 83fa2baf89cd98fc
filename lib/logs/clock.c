#include "lib/logs/clock.h"

#include "lib/base/time.h"

#define HOUR_US	  (INT64_C(3600) * (int64_t)LS_SEC)
#define DAY_US	  (24 * HOUR_US)
#define MAX_US	  (INT64_C(1) << 60) /* 36 thousand years: sums of two do not overflow */
#define LEAP_YEAR 1972 /* stands for an unknown year, in which 29 February is possible */
/* Processors write to the log out of order by less. */
#define BOOT_CLOCK_SLACK_US LS_SEC
/* A date that goes back by more belongs to another boot or excerpt. */
#define WALL_SLACK_US (HOUR_US + HOUR_US / 60)

void
ls_log_clock_init(struct ls_log_clock *clock, int64_t utc_offset_us, int year)
{
	*clock = (struct ls_log_clock){
		.utc_offset_us = utc_offset_us,
		.first_year = year,
		.boots = 1,
	};
}

static void
start_boot(struct ls_log_clock *clock)
{
	clock->last = (struct ls_instant){ 0 };
	clock->has_boot_clock = false;
	clock->has_origin = false;
	clock->has_wall = false;
	clock->boots++;
}

void
ls_log_clock_new_boot(struct ls_log_clock *clock)
{
	if (clock->seen)
		start_boot(clock);
	clock->seen = false;
}

void
ls_log_clock_boot_id(struct ls_log_clock *clock, const char *id, size_t len)
{
	if (len == 0 || len >= sizeof(clock->boot_id))
		return;
	if (strncmp(clock->boot_id, id, len) == 0 && clock->boot_id[len] == '\0')
		return;
	if (clock->boot_id[0])
		ls_log_clock_new_boot(clock);
	memcpy(clock->boot_id, id, len);
	clock->boot_id[len] = '\0';
}

static int
year_of(struct ls_log_clock *clock, const struct ls_log_stamp *stamp)
{
	if (stamp->date == LS_LOG_DATE)
		return stamp->year;
	/* December, then January; a few lines out of order are no year. */
	if (clock->last_month - stamp->month >= 6)
		clock->years++;
	else if (stamp->month - clock->last_month >= 6 && clock->last_month && clock->years > 0)
		clock->years--;
	clock->last_month = stamp->month;
	return (clock->first_year ? clock->first_year : LEAP_YEAR) + clock->years;
}

static int64_t
days_of(struct ls_log_clock *clock, int year, const struct ls_log_stamp *stamp)
{
	if (clock->day != stamp->day || clock->month != stamp->month || clock->year != year) {
		clock->date_days = ls_time_days(year, stamp->month, stamp->day);
		clock->year = year;
		clock->month = stamp->month;
		clock->day = stamp->day;
	}
	return clock->date_days;
}

/* Microseconds since 1970, or since something. */
static int64_t
wall_of(struct ls_log_clock *clock, const struct ls_log_stamp *stamp)
{
	int64_t days;

	if (stamp->date == LS_LOG_REAL)
		return stamp->real_us;
	if (stamp->date == LS_LOG_TIME_OF_DAY) {
		int64_t wall = clock->days * DAY_US + stamp->day_us;

		if (clock->has_wall && wall < clock->wall_us - DAY_US / 2) {
			clock->days++;
			wall += DAY_US;
		}
		return wall;
	}
	days = days_of(clock, year_of(clock, stamp), stamp);
	if (stamp->has_zone)
		return days * DAY_US + stamp->day_us - stamp->zone_s * (int64_t)LS_SEC;
	return days * DAY_US + stamp->day_us - clock->utc_offset_us + clock->summer_us;
}

static bool
is_real(const struct ls_log_clock *clock, const struct ls_log_stamp *stamp)
{
	return stamp->date >= LS_LOG_DATE || (stamp->date == LS_LOG_NO_YEAR && clock->first_year);
}

/* In autumn an hour of local time occurs twice. */
static int64_t
correct_summer_time(struct ls_log_clock *clock, const struct ls_log_stamp *stamp, int64_t wall)
{
	int64_t back = clock->has_wall ? clock->wall_us - wall : 0;

	if (stamp->has_zone || stamp->date == LS_LOG_REAL || back < HOUR_US / 2 || back > HOUR_US)
		return wall;
	clock->summer_us += HOUR_US;
	return wall + HOUR_US;
}

/* The boot clock alone decides where there is one; a date can be set. */
static bool
is_other_boot(const struct ls_log_clock *clock, const struct ls_log_stamp *stamp, int64_t wall)
{
	if (stamp->has_mono && clock->has_boot_clock)
		return stamp->mono_us + BOOT_CLOCK_SLACK_US < clock->boot_clock_us;
	return stamp->date && clock->has_wall && wall < clock->wall_us - WALL_SLACK_US;
}

static uint64_t
mono_of(struct ls_log_clock *clock, const struct ls_log_stamp *stamp, int64_t wall)
{
	if (stamp->has_mono)
		return stamp->mono_us;
	if (stamp->has_delta)
		return clock->last.mono_us + stamp->mono_us;
	if (!stamp->date)
		return clock->last.mono_us + 1;
	if (!clock->has_origin) {
		clock->has_origin = true;
		clock->origin_is_real = is_real(clock, stamp);
		clock->origin_us = wall - (int64_t)clock->last.mono_us;
		/* Without anything else the clock is that of the day. */
		if (stamp->date == LS_LOG_TIME_OF_DAY && !clock->seen)
			clock->origin_us = 0;
	}
	return wall > clock->origin_us ? (uint64_t)(wall - clock->origin_us) : 0;
}

static int64_t
real_of(struct ls_log_clock *clock, const struct ls_log_stamp *stamp, uint64_t mono, int64_t wall)
{
	if (is_real(clock, stamp))
		return wall;
	if (stamp->has_delta && clock->last.real_us)
		return clock->last.real_us + (int64_t)stamp->mono_us;
	if (stamp->has_mono && clock->has_origin && clock->origin_is_real)
		return clock->origin_us + (int64_t)mono;
	return clock->last.real_us;
}

static enum ls_log_clock_form
form_of(const struct ls_log_stamp *stamp)
{
	if (stamp->date)
		return stamp->has_mono ? LS_LOG_CLOCK_BOTH : LS_LOG_CLOCK_WALL;
	return stamp->has_mono ? LS_LOG_CLOCK_BOOT : LS_LOG_CLOCK_NONE;
}

struct ls_instant
ls_log_clock_place(struct ls_log_clock *clock, const struct ls_log_stamp *stamp)
{
	int64_t wall = stamp->date ? correct_summer_time(clock, stamp, wall_of(clock, stamp)) : 0;
	struct ls_instant at;

	if (is_other_boot(clock, stamp, wall))
		start_boot(clock);
	clock->form = form_of(stamp);
	at.mono_us = mono_of(clock, stamp, wall);
	at.real_us = real_of(clock, stamp, at.mono_us, wall);
	if (stamp->has_mono) {
		clock->has_boot_clock = true;
		clock->boot_clock_us = stamp->mono_us;
	}
	if (stamp->date) {
		clock->has_wall = true;
		clock->wall_us = wall;
		clock->dated |= is_real(clock, stamp);
		clock->of_day |= stamp->date == LS_LOG_TIME_OF_DAY && clock->origin_us == 0;
	}
	/* The latest line that has both clocks is the best one: sleep moves one of them. */
	if (stamp->date && stamp->has_mono) {
		clock->has_origin = true;
		clock->origin_is_real = is_real(clock, stamp);
		clock->origin_us = wall - (int64_t)at.mono_us;
	}
	if (at.mono_us > (uint64_t)MAX_US)
		at.mono_us = (uint64_t)MAX_US;
	if (at.real_us > MAX_US)
		at.real_us = MAX_US;
	if (at.mono_us < clock->last.mono_us)
		at.mono_us = clock->last.mono_us;
	if (at.real_us < clock->last.real_us)
		at.real_us = clock->last.real_us;
	clock->last = at;
	clock->seen = true;
	return at;
}

void
ls_log_stamp_date(struct ls_log_stamp *stamp, const struct ls_log_stamp *next)
{
	struct ls_log_stamp dated = *next;
	bool by_boot_clock = stamp->has_mono && next->has_mono && stamp->mono_us <= next->mono_us;

	if ((next->date != LS_LOG_NO_YEAR && next->date != LS_LOG_DATE) ||
	    (!by_boot_clock && stamp->date != LS_LOG_TIME_OF_DAY))
		return;
	dated.has_mono = stamp->has_mono;
	dated.mono_us = stamp->mono_us;
	if (by_boot_clock)
		dated.day_us -= (int64_t)(next->mono_us - stamp->mono_us);
	else
		dated.day_us = stamp->day_us - (stamp->day_us > next->day_us ? DAY_US : 0);
	/* Before midnight it is a day of the month before: a negative time of day says the same. */
	*stamp = dated;
}
