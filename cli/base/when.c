#include "cli/base/when.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "lib/base/time.h"

#define US_PER_S   INT64_C(1000000)
#define US_PER_MIN (60 * US_PER_S)
#define US_PER_H   (60 * US_PER_MIN)
#define US_PER_DAY (24 * US_PER_H)
/* The year 9999 and the year 1, as far as RFC 3339 goes. */
#define MAX_US (INT64_C(253402300799) * US_PER_S)
#define MIN_US (INT64_C(-62135596800) * US_PER_S)

/* As in systemd.time(7): a month is 30.44 days, a year 365.25. */
static const struct {
	const char *name;
	int64_t us;
} units[] = {
	{ "us", 1 },
	{ "usec", 1 },
	{ "ms", 1000 },
	{ "msec", 1000 },
	{ "s", US_PER_S },
	{ "sec", US_PER_S },
	{ "second", US_PER_S },
	{ "seconds", US_PER_S },
	{ "m", US_PER_MIN },
	{ "min", US_PER_MIN },
	{ "minute", US_PER_MIN },
	{ "minutes", US_PER_MIN },
	{ "h", US_PER_H },
	{ "hr", US_PER_H },
	{ "hour", US_PER_H },
	{ "hours", US_PER_H },
	{ "d", US_PER_DAY },
	{ "day", US_PER_DAY },
	{ "days", US_PER_DAY },
	{ "w", 7 * US_PER_DAY },
	{ "week", 7 * US_PER_DAY },
	{ "weeks", 7 * US_PER_DAY },
	{ "M", INT64_C(2629800) * US_PER_S },
	{ "month", INT64_C(2629800) * US_PER_S },
	{ "months", INT64_C(2629800) * US_PER_S },
	{ "y", INT64_C(31557600) * US_PER_S },
	{ "year", INT64_C(31557600) * US_PER_S },
	{ "years", INT64_C(31557600) * US_PER_S },
};

static const char too_far[] = "it is too far away";

static int
refuse(const char **why, const char *reason)
{
	*why = reason;
	return -EINVAL;
}

static void
skip_blanks(const char **p)
{
	while (isblank((unsigned char)**p))
		(*p)++;
}

/* Eats @min to @max digits. 1, 0 if they are not there. */
static int
take_digits(const char **p, int min, int max, int64_t *ret)
{
	int64_t value = 0;
	int n = 0;

	while (n < max && isdigit((unsigned char)(*p)[n]))
		value = value * 10 + ((*p)[n++] - '0');
	if (n < min || isdigit((unsigned char)(*p)[n]))
		return 0;
	*p += n;
	*ret = value;
	return 1;
}

static bool
take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* Eats @word if it is all of the next word. */
static bool
take_word(const char **p, const char *word)
{
	size_t len = strlen(word);

	if (strncasecmp(*p, word, len) != 0 || isalnum((unsigned char)(*p)[len]))
		return false;
	*p += len;
	return true;
}

/* ".25" as microseconds, 0 if there is none; finer digits are dropped. */
static int64_t
take_fraction(const char **p)
{
	int64_t us = 0, unit = US_PER_S;

	if (**p != '.' || !isdigit((unsigned char)(*p)[1]))
		return 0;
	for ((*p)++; isdigit((unsigned char)**p); (*p)++) {
		unit /= 10;
		us += (**p - '0') * unit;
	}
	return us;
}

static int
take_unit(const char **p, int64_t *ret)
{
	size_t len = 0;

	while (isalpha((unsigned char)(*p)[len]))
		len++;
	for (size_t i = 0; i < LS_COUNT(units); i++) {
		if (strlen(units[i].name) != len || strncmp(*p, units[i].name, len) != 0)
			continue;
		*p += len;
		*ret = units[i].us;
		return 1;
	}
	return 0;
}

/* "1h 30min": one number and unit after the other. */
static int
take_span(const char **p, int64_t *ret, const char **why)
{
	int64_t total_us = 0;

	do {
		int64_t number, fraction_us, unit_us, part_us;

		if (!take_digits(p, 1, 15, &number))
			return refuse(why, "a number is missing in the time span");
		fraction_us = take_fraction(p);
		skip_blanks(p);
		if (!take_unit(p, &unit_us))
			return refuse(why, "the time span needs a unit: s, min, h, d, w, M or y");
		if (__builtin_mul_overflow(number, unit_us, &part_us) || part_us > MAX_US)
			return refuse(why, too_far);
		part_us += (int64_t)((double)fraction_us / (double)US_PER_S * (double)unit_us);
		total_us += part_us;
		if (total_us > MAX_US)
			return refuse(why, too_far);
		skip_blanks(p);
	} while (isdigit((unsigned char)**p));
	*ret = total_us;
	return 1;
}

static int
within_range(int64_t real_us, int64_t *ret, const char **why)
{
	if (real_us < MIN_US || real_us > MAX_US)
		return refuse(why, too_far);
	*ret = real_us;
	return 1;
}

/* "-1h" and "+1h" by @sign, "1h ago" and "1h left" with @sign 0. */
static int
parse_relative(const char *p, int sign, int64_t now_us, int64_t *ret, const char **why)
{
	int64_t span_us;
	int r = take_span(&p, &span_us, why);

	if (r < 0)
		return r;
	if (sign == 0 && take_word(&p, "ago"))
		sign = -1;
	else if (sign == 0 && take_word(&p, "left"))
		sign = 1;
	skip_blanks(&p);
	if (sign == 0)
		return refuse(why, "a time span needs \"-\" before it or \"ago\" after it");
	if (*p)
		return refuse(why, "something follows the time span");
	return within_range(now_us + sign * span_us, ret, why);
}

static int
parse_unix(const char *p, int64_t *ret, const char **why)
{
	int64_t seconds, fraction_us, sign = take_char(&p, '-') ? -1 : 1;

	if (!take_digits(&p, 1, 12, &seconds))
		return refuse(why, "after \"@\" a number of seconds since 1970 is wanted");
	fraction_us = take_fraction(&p);
	if (*p)
		return refuse(why, "something follows the number of seconds");
	return within_range(sign * (seconds * US_PER_S + fraction_us), ret, why);
}

/* Eats a date or a word that names one. 1, 0 if there is none, -EINVAL. */
static int
take_date(const char **p, int64_t now_us, struct tm *day, const char **why)
{
	static const struct {
		const char *word;
		int days;
	} words[] = { { "today", 0 }, { "yesterday", -1 }, { "tomorrow", 1 } };
	time_t now = (time_t)(now_us / US_PER_S);
	int64_t year, month, date;
	const char *q = *p;

	localtime_r(&now, day);
	day->tm_hour = day->tm_min = day->tm_sec = 0;
	for (size_t i = 0; i < LS_COUNT(words); i++) {
		if (!take_word(p, words[i].word))
			continue;
		day->tm_mday += words[i].days;
		return 1;
	}
	if (!take_digits(&q, 4, 4, &year) || !take_char(&q, '-'))
		return 0;
	if (!take_digits(&q, 2, 2, &month) || !take_char(&q, '-') || !take_digits(&q, 2, 2, &date))
		return refuse(why, "a date has the form 2026-11-22");
	if (year < 1 || !ls_time_is_date((int)year, (int)month, (int)date))
		return refuse(why, "there is no such day in the calendar");
	*day = (struct tm){ .tm_year = (int)year - 1900,
			    .tm_mon = (int)month - 1,
			    .tm_mday = (int)date };
	*p = q;
	return 1;
}

/* Eats "14:00", "14:00:11" or "14:00:11.5". 1, 0 if there is none, -EINVAL. */
static int
take_clock(const char **p, struct tm *day, int64_t *fraction_us, const char **why)
{
	int64_t hour, minute, second = 0;
	const char *q = *p;

	*fraction_us = 0;
	if (!take_digits(&q, 1, 2, &hour) || !take_char(&q, ':'))
		return 0;
	if (!take_digits(&q, 2, 2, &minute) ||
	    (take_char(&q, ':') && !take_digits(&q, 2, 2, &second)))
		return refuse(why, "a time of day has the form 14:00 or 14:00:11");
	if (hour > 23 || minute > 59 || second > 59)
		return refuse(why, "there is no such time of day");
	*fraction_us = take_fraction(&q);
	day->tm_hour = (int)hour;
	day->tm_min = (int)minute;
	day->tm_sec = (int)second;
	*p = q;
	return 1;
}

/* A date, a time of day, or both; in UTC if the text ends so. */
static int
parse_absolute(const char *p, int64_t now_us, int64_t *ret, const char **why)
{
	struct tm day = { 0 };
	int64_t fraction_us = 0;
	bool utc;
	int date, clock;

	date = take_date(&p, now_us, &day, why);
	if (date < 0)
		return date;
	if (date > 0 && (*p == 'T' || isblank((unsigned char)*p)))
		p++;
	skip_blanks(&p);
	clock = take_clock(&p, &day, &fraction_us, why);
	if (clock < 0)
		return clock;
	if (date == 0 && clock == 0)
		return 0;
	skip_blanks(&p);
	utc = take_word(&p, "UTC") || take_word(&p, "Z");
	skip_blanks(&p);
	if (*p)
		return refuse(why, clock ? "something follows the time of day"
					 : "after the date a time of day is wanted, like 14:00");
	day.tm_isdst = -1; /* let the zone decide */
	return within_range((int64_t)(utc ? timegm(&day) : mktime(&day)) * US_PER_S + fraction_us,
			    ret, why);
}

int
when_parse(const char *text, int64_t now_us, int64_t *ret, const char **why)
{
	const char *p = text;
	int r;

	skip_blanks(&p);
	if (!*p)
		return refuse(why, "it is empty");
	if (strcasecmp(p, "now") == 0) {
		*ret = now_us;
		return 1;
	}
	if (take_char(&p, '@'))
		return parse_unix(p, ret, why);
	if (*p == '-' || *p == '+')
		return parse_relative(p + 1, *p == '-' ? -1 : 1, now_us, ret, why);
	if (ls_time_parse(p, ret) == 1)
		return 1;
	r = parse_absolute(p, now_us, ret, why);
	if (r != 0)
		return r;
	if (isdigit((unsigned char)*p))
		return parse_relative(p, 0, now_us, ret, why);
	return refuse(why, "it is no time that linkstat knows");
}

int
when_parse_span(const char *text, int64_t *ret_us, const char **why)
{
	const char *p = text;
	int64_t us;
	int r;

	skip_blanks(&p);
	if (!*p)
		return refuse(why, "it is empty");
	r = take_span(&p, &us, why);
	if (r < 0)
		return r;
	if (*p)
		return refuse(why, "something follows the time span");
	*ret_us = us;
	return 1;
}
