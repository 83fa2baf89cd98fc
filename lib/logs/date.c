#include "lib/logs/date.h"

#define MAX_YEAR     9999
#define WORD_MAX     24
#define UNIX_DIGITS  10 /* of the seconds since 1970, from 2001 to 2286 */
#define MIN_FRACTION 3	/* digits; "[1.2]" is a version */

/* ---- months -------------------------------------------------------------------------------- */

/* Beginnings of the names of months in the languages of log files; the longest that fits counts. */
static const char *const months[12] = {
	"jan jän ene gen ian sty led oca tammi янв січ ιαν gener ocak",
	"feb fév fev lut úno şub helmi фев лют φεβ",
	"mar mär mrz mrt maa már bře maalis мар бер μαρ",
	"apr avr abr kwi dub ápr nis huhti апр кві απρ",
	"may mai mei maj mag kvě máj touko мая май тра μαϊ μαι",
	"jun juin giu iun cze čer jún haz kesä июн чер ιουν",
	"jul juil lug iul lip čec červenec júl tem heinä июл лип ιουλ",
	"aug août aou ago sie srp ağu elo авг сер αυγ",
	"sep set wrz zář sze eyl syys сен вер σεπ",
	"oct okt ott out paź říj eki loka окт жов οκτ",
	"nov lis kas marras ноя лис νοε",
	"dec dez des déc dic gru pro ara joulu дек гру δεκ",
};

static const char english[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static bool
begins_with(const struct ls_cursor *word, const struct ls_cursor *name)
{
	size_t len = ls_cursor_left(name);

	if (ls_cursor_left(word) < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = word->at[i];

		if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != name->at[i])
			return false;
	}
	return true;
}

/* 1 … 12 by its name in many languages; 0: none that is known. */
static int
month_of(const struct ls_cursor *word)
{
	int best = 0;
	size_t best_len = 0;

	/* Most logs are English. */
	for (int i = 0; i < 12 && ls_cursor_left(word) == 3; i++)
		if (memcmp(word->at, &english[3 * i], 3) == 0)
			return i + 1;
	for (size_t i = 0; i < LS_COUNT(months); i++) {
		struct ls_cursor names = ls_cursor_of(months[i], strlen(months[i]));

		while (ls_cursor_left(&names) > 0) {
			struct ls_cursor name = ls_take_until(&names, ' ');

			ls_take_spaces(&names);
			if (ls_cursor_left(&name) <= best_len || !begins_with(word, &name))
				continue;
			best = (int)i + 1;
			best_len = ls_cursor_left(&name);
		}
	}
	return best;
}

/* ---- dates and times ----------------------------------------------------------------------- */

/* ".123456" or ",123" as microseconds; needs a digit. */
static bool
take_fraction(struct ls_cursor *cur, uint64_t *usec)
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
		take_fraction(&next, &usec);
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

/* "2022-08-21T23:18:57,123456+01:00", also with a blank in the middle. */
static bool
take_iso_date(struct ls_cursor *cur, struct ls_log_stamp *stamp)
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
	if (!set_date(stamp, year, month_of(&word), day))
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
	if (!take_word(&next, &word) || !month_of(&word))
		return false;
	ls_take_spaces(&next);
	if (!ls_take_char(&next, '/'))
		ls_take_char(&next, '-');
	if (year ? !take_two(&next, 31, &day) : !take_year(&next, &year) && day == 0)
		return false;
	ls_take_spaces(&next);
	ls_take_char(&next, ':');
	ls_take_spaces(&next);
	if (!take_time(&next, true, stamp) || !set_date(stamp, year, month_of(&word), day))
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
	    !take_fraction(&next, &usec))
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
	if (!take_iso_date(&next, stamp)) {
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
		take_iso_date, take_month_first, take_weekday_first, take_number_first,
		take_numeric,  take_unix,	 take_time_of_day,
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

/* ---- brackets of the boot clock ------------------------------------------------------------- */

/* "<    0.000022>" of dmesg -d */
static bool
take_delta(struct ls_cursor *cur, uint64_t *usec)
{
	struct ls_cursor next = *cur;
	uint64_t seconds, fraction;

	ls_take_spaces(&next);
	if (!ls_take_char(&next, '<'))
		return false;
	ls_take_spaces(&next);
	if (!ls_take_char(&next, '+'))
		ls_take_char(&next, '-');
	ls_take_spaces(&next);
	if (!ls_take_uint(&next, UINT32_MAX, &seconds) || !take_fraction(&next, &fraction) ||
	    !ls_take_char(&next, '>'))
		return false;
	*usec = seconds * LS_SEC + fraction;
	*cur = next;
	return true;
}

static bool
take_seconds(struct ls_cursor *cur, uint64_t *usec)
{
	struct ls_cursor next = *cur;
	const char *dot;
	uint64_t seconds, fraction;

	if (!ls_take_uint(&next, UINT32_MAX, &seconds))
		return false;
	dot = next.at;
	if (!take_fraction(&next, &fraction) || next.at - dot <= MIN_FRACTION)
		return false;
	*usec = seconds * LS_SEC + fraction;
	*cur = next;
	return true;
}

/* The number of a CPU: "@1" of Amlogic, ",0" of others. */
static void
take_cpu(struct ls_cursor *cur)
{
	struct ls_cursor next = *cur;
	uint64_t cpu;

	if ((ls_take_char(&next, '@') || ls_take_char(&next, ',')) &&
	    ls_take_uint(&next, 4096, &cpu))
		*cur = next;
}

static bool
take_inside(struct ls_cursor *cur, struct ls_log_head *head)
{
	uint64_t delta;

	if (ls_take_char(cur, '+') || ls_take_char(cur, '-')) {
		head->stamp.has_delta = true;
		head->format = LS_LOG_DMESG_RELTIME;
		return take_seconds(cur, &head->stamp.mono_us);
	}
	if (take_seconds(cur, &head->stamp.mono_us)) {
		take_cpu(cur);
		head->stamp.has_mono = true;
		head->format = LS_LOG_DMESG;
		take_delta(cur, &delta);
		return true;
	}
	if (take_delta(cur, &head->stamp.mono_us)) {
		head->stamp.has_delta = true;
		head->format = LS_LOG_DMESG_RELTIME;
		return true;
	}
	if (!ls_log_take_date(cur, &head->stamp))
		return false;
	head->format = head->stamp.minute_only ? LS_LOG_DMESG_RELTIME : LS_LOG_DMESG_CTIME;
	take_delta(cur, &delta);
	return true;
}

bool
ls_log_take_bracket(struct ls_cursor *cur, struct ls_log_head *head)
{
	struct ls_log_head found = *head;
	struct ls_cursor next = *cur;
	bool opened = ls_take_char(&next, '[');

	ls_take_spaces(&next);
	/* The first character of a paste is easily lost. */
	if (!opened && !take_seconds(&next, &found.stamp.mono_us))
		return false;
	if (!opened) {
		found.stamp.has_mono = true;
		found.format = LS_LOG_DMESG;
	} else if (!take_inside(&next, &found)) {
		return false;
	}
	ls_take_spaces(&next);
	if (!ls_take_char(&next, ']'))
		return false;
	*head = found;
	*cur = next;
	return true;
}

/* Only what the kernel or dmesg itself writes, so that "[1.5]" in a text is no stamp. */
const char *
ls_log_next_stamp(struct ls_cursor text)
{
	while (ls_cursor_left(&text) > 0) {
		struct ls_log_head head = { 0 };
		const char *at;

		ls_take_until(&text, '[');
		at = text.at;
		if (ls_log_take_bracket(&text, &head) &&
		    (head.stamp.has_mono || head.stamp.has_delta ||
		     head.stamp.date >= LS_LOG_NO_YEAR))
			return at;
		if (text.at == at && at < text.end)
			text.at++;
	}
	return NULL;
}
