#include <stdint.h>
#include <string.h>

#include "lib/log_scan.h"

#define STEP 16
#define SPAN 4 /* characters of a word */

/* Compilers make one instruction of each operation, or several where there are no vectors. */
typedef uint8_t bytes __attribute__((vector_size(STEP)));
typedef uint64_t halves __attribute__((vector_size(STEP)));

static inline bytes
load(const char *at)
{
	bytes value;

	memcpy(&value, at, STEP);
	return value;
}

static inline bytes
is(bytes value, char c)
{
	return (bytes)(value == (uint8_t)c);
}

static inline bytes
is_digit(bytes value)
{
	return (bytes)((value - (uint8_t)'0') < (uint8_t)10);
}

/* The words, at 16 places at once. */
static inline bytes
hits(const char *at)
{
	bytes a = load(at), b = load(at + 1), c = load(at + 2), d = load(at + 3);
	bytes low = c | 0x20;
	bytes usb = is(a | 0x20, 'u') & is(b | 0x20, 's') & is(low, 'b');
	bytes hub = is(a, 'h') & is(b, 'u') & is(c, 'b');
	bytes hci = is(a, 'h') & is(b, 'c') & (is(c, 'i') | is(c, 'd'));
	bytes died = is(a, 'H') & is(b, 'C') & is(c, ' ');
	bytes resume = is(a, 'e') & is(b, 's') & is(c, 'u') & is(d, 'm');
	bytes sleep = is(a, 'P') & is(b, 'M') & is(c, ':');
	bytes boot = is(a, 'u') & is(b, 'x') & is(c, ' ') & is(d, 'v');
	bytes error = is(a, 'r') & is(b, ' ') & is(c, '-') & is_digit(d);
	bytes driver = (is(a, 'c') & is(b, 'f') & is(c, 'g') & is(d, 's')) |
		       (is(a, 'm') & is(b, 'f') & is(c, 'i') & is(d, '-'));
	bytes delta =
		(is(a, ' ') | is(a, '[')) & (is(b, ' ') | is(b, '[')) & is(c, '+') & is_digit(d);
	bytes minute = is(a, ':') & is_digit(b) & is_digit(c) & is(d, ']');
	bytes cursor = is(a, '[') & is(b, 's') & is(c, '=');

	return usb | hub | hci | died | resume | sleep | boot | error | driver | delta | minute |
	       cursor;
}

static size_t
first(bytes found)
{
	for (size_t i = 0; i < STEP; i++)
		if (found[i])
			return i;
	return STEP;
}

size_t
ls_log_scan(const char *text, size_t len)
{
	char rest[STEP + SPAN - 1 + STEP] = { 0 };
	size_t i = 0;

	for (; i + STEP + SPAN - 1 <= len; i += STEP) {
		bytes found = hits(text + i);
		halves any = (halves)found;

		if (any[0] | any[1])
			return i + first(found);
	}
	for (; i < len; i += STEP) {
		size_t left = len - i < STEP + SPAN - 1 ? len - i : STEP + SPAN - 1;
		size_t at;

		memset(rest, 0, sizeof(rest));
		memcpy(rest, text + i, left);
		at = first(hits(rest));
		if (at < STEP)
			return i + at;
	}
	return len;
}
