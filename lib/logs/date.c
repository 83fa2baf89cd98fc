#include "lib/logs/line.h"

#define MAX_YEAR    9999
#define WORD_MAX    24
#define UNIX_DIGITS 10 /* of the seconds since 1970, from 2001 to 2286 */

bool
ls_log_take_fraction(struct ls_cursor *cur, uint64_t *usec)
{
	struct ls_cursor next = *cur;
	uint64_t value = 0;
	int n = 0;

	if (!ls_take_char(&next, '.') && !ls_take_char(&next, ','))
		return false;
	for (; next.at < next.end && *next.at >= '0' && *next.at <= '9'; next.at++, n++)
		if (n < 6)
			value = value * 10 + (uint64_t)(*next.at - '0');
	if (n == 0)
		return false;
	for (; n < 6; n++)
		value *= 10;
	*cur = next;
	*usec = value;
	return true;
}

static bool
take_two(struct ls_cursor *cur, int max, int *ret)
{
	struct ls_cursor next = *cur;
	uint64_t value;

	if (!ls_take_uint(&next, (uint64_t)max, &value) || next.at - cur->at > 2)
		return false;
	*cur = next;
	*ret = (int)value;
	return true;
}

static bool
take_year(struct ls_cursor *cur, int *ret)
{
	struct ls_cursor next = *cur;
	uint64_t value;

	if (!ls_take_uint(&next, MAX_YEAR, &value) || next.at - cur->at != 4 || value < 1970)
		return false;
	*cur = next;
	*ret = (int)value;
	return true;
}

/* "22:47", "22:47:03", "22:47:03.123456", "10:47:03 PM" */
static bool
take_time(struct ls_cursor *cur, bool minutes_will_do, struct ls_log_stamp *stamp)
{
	struct ls_cursor next = *cur;
	int hour, minute, second = 0;
	uint64_t usec = 0;
	bool has_seconds;

	if (!take_two(&next, 23, &hour) || !ls_take_char(&next, ':') || next.at + 2 > next.end ||
	    !take_two(&next, 59, &minute))
		return false;
	has_seconds = ls_take_char(&next, ':');
	if (has_seconds ? !take_two(&next, 60, &second) : !minutes_will_do)
		return false;
	if (has_seconds)
		ls_log_take_fraction(&next, &usec);
	if (ls_take_literal(&next, " PM"))
		hour += hour < 12 ? 12 : 0;
	else if (ls_take_literal(&next, " AM"))
		hour = hour == 12 ? 0 : hour;
	stamp->day_us =
		(hour * INT64_C(3600) + minute * 60 + second) * (int64_t)LS_SEC + (int64_t)usec;
	stamp->minute_only = !has_seconds;
	*cur = next;
	return true;
}

/* "+01:00", "-0530", "Z" */
static void
take_zone(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	struct ls_cursor next = *cur;
	bool west = ls_take_char(&next, '-');
	uint64_t value;
	int hours, minutes;

	if (ls_take_char(&next, 'Z')) {
		stamp->has_zone = true;
		*cur = next;
		return;
	}
	if (!west && !ls_take_char(&next, '+'))
		return;
	if (!ls_take_uint(&next, 1800, &value))
		return;
	hours = (int)(next.at - cur->at == 5 ? value / 100 : value);
	minutes = (int)(next.at - cur->at == 5 ? value % 100 : 0);
	if (ls_take_char(&next, ':') && !take_two(&next, 59, &minutes))
		return;
	if (hours > 18 || minutes > 59)
		return;
	stamp->has_zone = true;
	stamp->zone_s = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
	*cur = next;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Letters of any language, with a dot or comma at the end. */
static bool
take_word(struct ls_cursor *cur, struct ls_cursor *ret)
{
	struct ls_cursor next = *cur;

	while (next.at < next.end && is_letter(*next.at))
		next.at++;
	if (next.at == cur->at || next.at - cur->at > WORD_MAX)
		return false;
	*ret = ls_cursor_of(cur->at, (size_t)(next.at - cur->at));
	if (!ls_take_char(&next, '.'))
		ls_take_char(&next, ',');
	*cur = next;
	return true;
}

static bool
set_date(struct ls_log_stamp *stamp, int year, int month, int day)
{
	if (day < 1 || day > 31)
		return false;
	stamp->year = year;
	stamp->month = month;
	stamp->day = day;
	stamp->date = month ? (year ? LS_LOG_DATE : LS_LOG_NO_YEAR) : LS_LOG_TIME_OF_DAY;
	return true;
}

bool
ls_log_take_iso_date(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	struct ls_cursor next = *cur;
	int year, month, day;
	char between;

	if (!take_year(&next, &year) || ls_cursor_left(&next) == 0)
		return false;
	between = *next.at++;
	if ((between != '-' && between != '/' && between != '.') || !take_two(&next, 12, &month) ||
	    !ls_take_char(&next, between) || !take_two(&next, 31, &day) || month < 1)
		return false;
	if (!ls_take_char(&next, 'T') && !ls_take_char(&next, '_') && !ls_take_spaces(&next))
		return false;
	if (!take_time(&next, false, stamp) || !set_date(stamp, year, month, day))
		return false;
	take_zone(&next, stamp);
	*cur = next;
	return true;
}

/* "Sep 14 22:47:03", "Sep14 22:47", "Sep 14 2022 22:47:03", "Sep 14 22:47:03 CEST 2022" */
static bool
take_month_first(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	struct ls_cursor next = *cur, word, after;
	int year = 0, day;

	if (!take_word(&next, &word))
		return false;
	ls_take_spaces(&next);
	if (!take_two(&next, 31, &day))
		return false;
	if (!ls_take_char(&next, '.'))
		ls_take_char(&next, ',');
	if (!ls_take_spaces(&next))
		return false;
	if (take_year(&next, &year))
		ls_take_spaces(&next);
	if (!take_time(&next, true, stamp))
		return false;
	after = next;
	ls_take_spaces(&after);
	if (take_word(&after, &(struct ls_cursor){ 0 }))
		ls_take_spaces(&after);
	if (!year && take_year(&after, &year))
		next = after;
	if (!set_date(stamp, year, ls_log_month(&word), day))
		return false;
	*cur = next;
	return true;
}

/* "14. Sep 2022 22:47:03", "14 sept. 22:47:03", "2022 Sep 14 22:47:03", "14/Sep/2022:22:47:03" */
static bool
take_number_first(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	struct ls_cursor next = *cur, word;
	int year = 0, day = 0;

	if (!take_year(&next, &year) && !take_two(&next, 31, &day))
		return false;
	ls_take_char(&next, '.');
	if (!ls_take_spaces(&next) && !ls_take_char(&next, '/') && !ls_take_char(&next, '-'))
		return false;
	if (!take_word(&next, &word) || !ls_log_month(&word))
		return false;
	ls_take_spaces(&next);
	if (!ls_take_char(&next, '/'))
		ls_take_char(&next, '-');
	if (year ? !take_two(&next, 31, &day) : !take_year(&next, &year) && day == 0)
		return false;
	ls_take_spaces(&next);
	ls_take_char(&next, ':');
	ls_take_spaces(&next);
	if (!take_time(&next, true, stamp) || !set_date(stamp, year, ls_log_month(&word), day))
		return false;
	take_zone(&next, stamp);
	*cur = next;
	return true;
}

/* "8月 21 10:11:12", "8月21日 10:11:12", "8월 21 10:11:12", "08-21 10:11:12.123", "08/21/2022 …" */
static bool
take_numeric(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	struct ls_cursor next = *cur, after;
	int month, day, year = 0;

	if (!take_two(&next, 31, &month))
		return false;
	if (ls_take_literal(&next, "月") || ls_take_literal(&next, "월")) {
		ls_take_spaces(&next);
		if (!take_two(&next, 31, &day))
			return false;
		if (!ls_take_literal(&next, "日"))
			ls_take_literal(&next, "일");
	} else {
		char between = ls_cursor_left(&next) ? *next.at : '\0';

		if ((between != '-' && between != '/' && between != '.') ||
		    !ls_take_char(&next, between) || !take_two(&next, 31, &day))
			return false;
		if (ls_take_char(&next, between) && !take_year(&next, &year))
			return false;
		if (month > 12 || between == '.') {
			int swap = month;

			month = day;
			day = swap;
		}
	}
	ls_take_char(&next, ',');
	if (month < 1 || month > 12 || !ls_take_spaces(&next) || !take_time(&next, false, stamp))
		return false;
	after = next;
	if (!year && ls_take_spaces(&after) && take_year(&after, &year))
		next = after;
	if (!set_date(stamp, year, month, day))
		return false;
	*cur = next;
	return true;
}

static bool
take_unix(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	struct ls_cursor next = *cur;
	uint64_t seconds, usec;

	if (!ls_take_uint(&next, UINT32_MAX, &seconds) || next.at - cur->at != UNIX_DIGITS ||
	    !ls_log_take_fraction(&next, &usec))
		return false;
	stamp->date = LS_LOG_REAL;
	stamp->real_us = (int64_t)(seconds * LS_SEC + usec);
	*cur = next;
	return true;
}

static bool
take_time_of_day(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	stamp->date = LS_LOG_TIME_OF_DAY;
	return take_time(cur, false, stamp);
}

/* "Wed 2022-08-21 10:11:12 CEST", "Wed Aug 21 10:11:12 2022", "mer. 21 août 10:11:12" */
static bool
take_weekday_first(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	struct ls_cursor next = *cur, word;

	if (!take_word(&next, &word) || !ls_take_spaces(&next))
		return false;
	if (!ls_log_take_iso_date(&next, stamp)) {
		if (!take_month_first(&next, stamp) && !take_number_first(&next, stamp) &&
		    !take_numeric(&next, stamp))
			return false;
		*cur = next;
		return true;
	}
	*cur = next;
	if (ls_take_literal(&next, " UTC") || ls_take_literal(&next, " GMT")) {
		stamp->has_zone = true;
		*cur = next;
	} else if (ls_take_spaces(&next) && take_word(&next, &word) && ls_cursor_left(&word) <= 5) {
		*cur = next;
	} else {
		next = *cur;
		ls_take_spaces(&next);
		take_zone(&next, stamp);
		if (stamp->has_zone)
			*cur = next;
	}
	return true;
}

bool
ls_log_take_date(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	static bool (*const readers[])(struct ls_cursor *, struct ls_log_stamp *) = {
		ls_log_take_iso_date, take_month_first, take_weekday_first, take_number_first,
		take_numeric,	      take_unix,	take_time_of_day,
	};

	for (size_t i = 0; i < LS_COUNT(readers); i++) {
		struct ls_log_stamp tried = *stamp;

		if (!readers[i](cur, &tried))
			continue;
		*stamp = tried;
		return true;
	}
	return false;
}
