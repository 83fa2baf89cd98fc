#pragma once
/*
 * The calendar of UTC, and times as text. Reads no clock; the only file of lib/ that includes
 * <time.h>.
 */
#include "lib/base/base.h"

/* Room for "2026-11-22T14:03:11.123456Z". */
#define LS_TIME_MAX 32

/* RFC 3339, UTC, microseconds. Years outside 0…9999 are clamped. */
void ls_time_format(int64_t real_us, char text[LS_TIME_MAX]);
/* RFC 3339 with any fraction and zone; surrounding junk is refused. 1, or -EINVAL. */
int ls_time_parse(const char *text, int64_t *real_us);

/* Is there such a day in the Gregorian calendar? */
bool ls_time_is_date(int year, int month, int day);
/*
 * Days from 1970-01-01 to that date; @month is 1…12, the 31st of a shorter month is a day of the
 * next.
 */
int64_t ls_time_days(int year, int month, int day);
