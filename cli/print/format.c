#include "cli/print/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/text.h"

#define BYTES_MAX   1e18 /* the same for sizes and counts */
#define SECONDS_MAX 1e12 /* 30 000 years: keeps values of a peer within the integers */

const char *
format_duration(char text[FORMAT_MAX], double seconds)
{
	int64_t whole;

	if (!(seconds > 0))
		seconds = 0;
	if (seconds > SECONDS_MAX)
		seconds = SECONDS_MAX;
	whole = (int64_t)(seconds + 0.5);

	if (seconds == 0)
		snprintf(text, FORMAT_MAX, "0 s");
	else if (seconds < 0.0995)
		snprintf(text, FORMAT_MAX, "%.3f s", seconds);
	else if (seconds < 9.95)
		snprintf(text, FORMAT_MAX, "%.1f s", seconds);
	else if (whole < 60)
		snprintf(text, FORMAT_MAX, "%" PRId64 " s", whole);
	else if (whole < 3600)
		snprintf(text, FORMAT_MAX, "%" PRId64 " min %" PRId64 " s", whole / 60, whole % 60);
	else if (whole < 86400)
		snprintf(text, FORMAT_MAX, "%" PRId64 " h %" PRId64 " min", whole / 3600,
			 whole % 3600 / 60);
	else
		snprintf(text, FORMAT_MAX, "%" PRId64 " d %" PRId64 " h", whole / 86400,
			 whole % 86400 / 3600);
	return text;
}

const char *
format_away(char text[FORMAT_MAX], double seconds)
{
	if (!(seconds > 0))
		snprintf(text, FORMAT_MAX, "< 1 s");
	else if (seconds < 9.95 && seconds == (double)(int)seconds)
		snprintf(text, FORMAT_MAX, "%d s", (int)seconds);
	else
		format_duration(text, seconds);
	return text;
}

const char *
format_return(char text[FORMAT_MAX], double seconds)
{
	char away[FORMAT_MAX];

	if (!(seconds > 0))
		snprintf(text, FORMAT_MAX, "back within 1 s");
	else
		ls_text_format(text, FORMAT_MAX, "back after %s", format_away(away, seconds));
	return text;
}

const char *
format_offset(char text[FORMAT_MAX], int64_t us)
{
	double seconds = (double)us / 1e6;

	if (us > -500 && us < 500)
		snprintf(text, FORMAT_MAX, "0");
	else
		snprintf(text, FORMAT_MAX, "%+.3f s", seconds);
	return text;
}

int
format_whole_percent(double fraction)
{
	int percent;

	if (!(fraction > 0))
		fraction = 0;
	if (fraction > 1)
		fraction = 1;
	percent = (int)(fraction * 100 + 0.5);
	if (percent == 100 && fraction < 1)
		percent = 99;
	return percent;
}

const char *
format_percent(char text[FORMAT_MAX], double fraction)
{
	if (fraction >= 0.995)
		snprintf(text, FORMAT_MAX, "> 99 %%");
	else if (fraction > 0 && fraction < 0.005)
		snprintf(text, FORMAT_MAX, "< 1 %%");
	else
		snprintf(text, FORMAT_MAX, "%d %%", format_whole_percent(fraction));
	return text;
}

const char *
format_size(char text[FORMAT_MAX], int64_t bytes)
{
	static const char *const names[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double size = bytes > 0 ? (double)bytes : 0;
	size_t i = 0;

	while (size >= 1023.5 && i < LS_COUNT(names) - 1) {
		size /= 1024;
		i++;
	}
	snprintf(text, FORMAT_MAX, i > 0 && size < 9.95 ? "%.1f %s" : "%.0f %s", size, names[i]);
	return text;
}

const char *
format_bytes(char text[FORMAT_MAX], double bytes)
{
	static const char *const names[] = { "B", "kB", "MB", "GB", "TB" };
	double size = bytes > 0 ? bytes : 0;
	size_t i = 0;

	if (size > BYTES_MAX)
		size = BYTES_MAX;
	while (size >= 999.5 && i < LS_COUNT(names) - 1) {
		size /= 1000;
		i++;
	}
	snprintf(text, FORMAT_MAX, i > 0 && size < 99.95 ? "%.1f %s" : "%.0f %s", size, names[i]);
	return text;
}

const char *
format_per_second(char text[FORMAT_MAX], double n)
{
	if (!(n > 0))
		snprintf(text, FORMAT_MAX, "0");
	else if (n < 0.01)
		snprintf(text, FORMAT_MAX, "<0.01");
	else if (n < 0.995)
		snprintf(text, FORMAT_MAX, "%.2f", n);
	else if (n < 9.95)
		snprintf(text, FORMAT_MAX, "%.1f", n);
	else if (n < 9999.5)
		snprintf(text, FORMAT_MAX, "%.0f", n);
	else
		snprintf(text, FORMAT_MAX, "%.1fk", (n < BYTES_MAX ? n : BYTES_MAX) / 1000);
	return text;
}

const char *
format_latency(char text[FORMAT_MAX], bool utf8, int64_t us)
{
	if (us < 1000)
		snprintf(text, FORMAT_MAX, "%" PRId64 " %s", us, utf8 ? "µs" : "us");
	else if (us < 1000000)
		snprintf(text, FORMAT_MAX, "%.1f ms", (double)us / 1e3);
	else
		snprintf(text, FORMAT_MAX, "%.1f s", (double)us / 1e6);
	return text;
}

const char *
format_count(char text[FORMAT_MAX], int64_t n, const char *one, const char *many)
{
	snprintf(text, FORMAT_MAX, "%" PRId64 " %s", n, n == 1 ? one : many);
	return text;
}

/* Local time of @real_us, rounded down; returns its microseconds. */
static int
local(int64_t real_us, struct tm *tm)
{
	int64_t us = real_us % 1000000;
	time_t seconds = (time_t)(real_us / 1000000);

	if (us < 0) {
		us += 1000000;
		seconds--;
	}
	if (!localtime_r(&seconds, tm))
		*tm = (struct tm){ .tm_mday = 1 };
	return (int)us;
}

static const char *
format_moment(char text[FORMAT_MAX], int64_t real_us, int64_t now_us, const char *other_day)
{
	struct tm at, now;

	local(real_us, &at);
	local(now_us, &now);
	if (at.tm_year == now.tm_year && at.tm_yday == now.tm_yday)
		other_day = "%H:%M:%S";
	if (strftime(text, FORMAT_MAX, other_day, &at) == 0)
		text[0] = '\0';
	return text;
}

const char *
format_time(char text[FORMAT_MAX], int64_t real_us, int64_t now_us)
{
	return format_moment(text, real_us, now_us, "%a %Y-%m-%d %H:%M:%S");
}

const char *
format_short(char text[FORMAT_MAX], int64_t real_us, int64_t now_us)
{
	return format_moment(text, real_us, now_us, "%Y-%m-%d %H:%M");
}

const char *
format_stamp(char text[FORMAT_MAX], int64_t real_us)
{
	struct tm at;
	int us = local(real_us, &at);
	size_t len = strftime(text, FORMAT_MAX - 5, "%Y-%m-%d %H:%M:%S", &at);

	snprintf(text + len, FORMAT_MAX - len, ".%03d", us / 1000);
	return text;
}
