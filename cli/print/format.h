#pragma once
/* Numbers and times as text. Each function fills @text and returns it. */
#include "lib/base/base.h"

/* Room for anything these functions write. */
#define FORMAT_MAX 48

/* "0.004 s", "1.3 s", "31 s", "14 min 3 s", "3 h 12 min", "2 d 4 h". Negative counts as 0. */
const char *format_duration(char text[FORMAT_MAX], double seconds);
/* How long a device was away: "1.3 s"; of stamps of whole seconds "3 s", and "< 1 s". */
const char *format_away(char text[FORMAT_MAX], double seconds);
/* The same in a sentence: "back after 1.3 s", "back within 1 s". */
const char *format_return(char text[FORMAT_MAX], double seconds);
/* "-2.310 s", "0", "+0.004 s": signed, to the millisecond. */
const char *format_offset(char text[FORMAT_MAX], int64_t us);
/* "93 %"; only certainty is 100 %. */
const char *format_percent(char text[FORMAT_MAX], double fraction);
int format_whole_percent(double fraction); /* 93 of that */
/* "512 B", "3.2 KiB", "16 MiB". */
const char *format_size(char text[FORMAT_MAX], int64_t bytes);
/* "512 B", "31.2 MB": in powers of 1000, as links are measured. */
const char *format_bytes(char text[FORMAT_MAX], double bytes);
/* "0", "0.05", "3.2", "410", "12.3k": a rate per second. */
const char *format_per_second(char text[FORMAT_MAX], double n);
/* "120 µs", "1.2 ms", "2.0 s": how long a transfer took. */
const char *format_latency(char text[FORMAT_MAX], bool utf8, int64_t us);
/* "1 drop", "4 drops". */
const char *format_count(char text[FORMAT_MAX], int64_t n, const char *one, const char *many);

/* Local time. "14:03:11" if that is the day of @now_us, else "Sun 2026-11-22 14:03:11". */
const char *format_time(char text[FORMAT_MAX], int64_t real_us, int64_t now_us);
/* The same without the weekday, and to the minute for another day: "2026-11-21 14:03". */
const char *format_short(char text[FORMAT_MAX], int64_t real_us, int64_t now_us);
/* "2026-11-22 14:03:11.123": for lists, every line alike. */
const char *format_stamp(char text[FORMAT_MAX], int64_t real_us);
