/* Where time_t has 32 bits it would end in 2038. */
#define _TIME_BITS 64

#include "lib/base/time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/cursor.h"

#define DAY_SECONDS  INT64_C(86400)
#define US_PER_SEC   INT64_C(1000000)
#define FIRST_SECOND INT64_C(-62167219200) /* 0000-01-01T00:00:00 */
#define LAST_SECOND  INT64_C(253402300799) /* 9999-12-31T23:59:59 */

/* @tm is normalised: the 31st of a shorter month becomes a day of the next. */
static int64_t
seconds_of(int year, int month, int day, struct tm *tm)
{
	*tm = (struct tm){ .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
	return (int64_t)timegm(tm);
}

bool
ls_time_is_date(int year, int month, int day)
{
	struct tm tm;

	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	(void)seconds_of(year, month, day, &tm);
	return tm.tm_mday == day;
}

int64_t
ls_time_days(int year, int month, int day)
{
	struct tm tm;

	return seconds_of(year, month, day, &tm) / DAY_SECONDS; /* a whole number of days */
}

void
ls_time_format(int64_t real_us, char text[LS_TIME_MAX])
{
	int64_t seconds = real_us / US_PER_SEC, fraction_us = real_us % US_PER_SEC;
	struct tm tm = { 0 };
	time_t clamped;

	if (fraction_us < 0) {
		fraction_us += US_PER_SEC;
		seconds--;
	}
	if (seconds < FIRST_SECOND) {
		seconds = FIRST_SECOND;
		fraction_us = 0;
	} else if (seconds > LAST_SECOND) {
		seconds = LAST_SECOND;
		fraction_us = US_PER_SEC - 1;
	}
	clamped = (time_t)seconds;
	(void)gmtime_r(&clamped, &tm);
	snprintf(text, LS_TIME_MAX, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
		 (unsigned int)(tm.tm_year + 1900) % 10000, (unsigned int)(tm.tm_mon + 1) % 100,
		 (unsigned int)tm.tm_mday % 100, (unsigned int)tm.tm_hour % 100,
		 (unsigned int)tm.tm_min % 100, (unsigned int)tm.tm_sec % 100,
		 (unsigned int)(fraction_us % US_PER_SEC));
}

/* Exactly @n digits, at most @max. */
static bool
take_digits(struct ls_cursor *cur, size_t n, uint64_t max, unsigned int *ret)
{
	struct ls_cursor digits = { .at = cur->at, .end = cur->at + n };
	uint64_t value;

	if (ls_cursor_left(cur) < n || !ls_take_uint(&digits, max, &value) ||
	    ls_cursor_left(&digits) > 0)
		return false;
	cur->at += n;
	*ret = (unsigned int)value;
	return true;
}

/* The day as seconds since 1970. */
static bool
take_date(struct ls_cursor *cur, int64_t *seconds)
{
	unsigned int year, month, day;
	struct tm tm;

	if (!take_digits(cur, 4, 9999, &year) || !ls_take_char(cur, '-') ||
	    !take_digits(cur, 2, 12, &month) || !ls_take_char(cur, '-') ||
	    !take_digits(cur, 2, 31, &day) || month == 0)
		return false;
	*seconds = seconds_of((int)year, (int)month, (int)day, &tm);
	return tm.tm_mday == (int)day;
}

/* ".123456": digits beyond microseconds are dropped. None at all is fine, a bare dot is not. */
static bool
take_fraction(struct ls_cursor *cur, int64_t *us)
{
	int64_t unit = US_PER_SEC / 10;
	const char *first;

	*us = 0;
	if (!ls_take_char(cur, '.'))
		return true;
	for (first = cur->at; cur->at < cur->end && *cur->at >= '0' && *cur->at <= '9'; cur->at++) {
		*us += (*cur->at - '0') * unit;
		unit /= 10;
	}
	return cur->at > first;
}

static bool
take_zone(struct ls_cursor *cur, int64_t *offset_seconds)
{
	unsigned int hours, minutes;
	bool west;

	*offset_seconds = 0;
	if (ls_take_char(cur, 'Z') || ls_take_char(cur, 'z'))
		return true;
	west = ls_take_char(cur, '-');
	if ((!west && !ls_take_char(cur, '+')) || !take_digits(cur, 2, 23, &hours) ||
	    !ls_take_char(cur, ':') || !take_digits(cur, 2, 59, &minutes))
		return false;
	*offset_seconds = (int64_t)(hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

int
ls_time_parse(const char *text, int64_t *real_us)
{
	struct ls_cursor cur = ls_cursor_of(text, strlen(text));
	unsigned int hour, minute, second;
	int64_t fraction_us, offset_seconds, seconds;

	if (!take_date(&cur, &seconds))
		return -EINVAL;
	if (!ls_take_char(&cur, 'T') && !ls_take_char(&cur, 't') && !ls_take_char(&cur, ' '))
		return -EINVAL;
	/* A leap second is the first of the next minute, as for the system clock. */
	if (!take_digits(&cur, 2, 23, &hour) || !ls_take_char(&cur, ':') ||
	    !take_digits(&cur, 2, 59, &minute) || !ls_take_char(&cur, ':') ||
	    !take_digits(&cur, 2, 60, &second) || !take_fraction(&cur, &fraction_us) ||
	    !take_zone(&cur, &offset_seconds) || ls_cursor_left(&cur) > 0)
		return -EINVAL;
	seconds += (int64_t)(hour * 3600 + minute * 60 + second) - offset_seconds;
	*real_us = seconds * US_PER_SEC + fraction_us;
	return 1;
}
