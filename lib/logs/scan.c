/*
 * Own code, because memmem() for each keyword took 2.2 times the instructions of the whole analysis
 * of a log (callgrind, 10 MB of dmesg with 200 of 1000 lines about USB: 785 against 361 million).
 */
#include "lib/logs/scan.h"

#include <string.h>

#include "lib/base/base.h"

#define STEP	32
#define N_STEPS 4 /* at once, so that the question whether there was anything is a small part */
#define BLOCK	(STEP * N_STEPS)
#define SPAN	3 /* characters of a word that are compared at first */

/* Compilers make one instruction of each operation, or two, or 32 where there are no vectors. */
typedef uint8_t bytes __attribute__((vector_size(STEP)));
typedef uint64_t words __attribute__((vector_size(STEP)));

#define IS(value, c) ((bytes)((value) == (uint8_t)(c)))

/* A keyword of lines about USB; found by three of its letters in any case. */
#define WORD(text, offset, begins)                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1, offset, begins                                             \
	}

static const struct {
	const char *word;
	size_t len;
	size_t offset; /* of the three letters */
	bool begins;   /* no letter stands before it: not "github" */
} words_of_lines[] = {
	WORD("usb", 0, false),
	WORD("USB", 0, false),
	WORD("Usb", 0, false),
	WORD("hub", 0, true),
	WORD("hci", 0, false),
	WORD("hcd", 0, false),
	WORD("HC died", 0, true),
	WORD("PM: ", 0, false),
	WORD("resume error", 2, false),
	WORD("Linux version", 4, true),
	WORD("cfgsel", 0, false),
	WORD("mfi-", 0, false),
	WORD("uas", 0, true),
	WORD("uvcvideo", 0, true),
	WORD("gspca", 0, true),
	WORD("OOM killer", 0, true),
	WORD("Restarting tasks", 9, true),
	WORD("Waking up", 2, true),
	WORD("printk messages", 5, true),
	WORD("kernel messages", 5, true),
};

/*
 * Nonzero where "usb", "hub", "hci", "hcd", "hc ", "pm:", "sum", "x v", "cfg", "mfi", "uas", "uvc",
 * "gsp", "oom",
 * "g t", "kin", "k m", "l m" begin, and ":1." of an interface "1-2:1.0".
 */
static inline __attribute__((always_inline)) void
find_letters(const char *at, bytes *ret)
{
	bytes a, b, c;

	memcpy(&a, at, STEP);
	memcpy(&b, at + 1, STEP);
	memcpy(&c, at + 2, STEP);
	a |= 0x20;
	b |= 0x20;
	c |= 0x20;
	*ret = (((IS(a, 'u') & IS(b, 's')) | (IS(a, 'h') & IS(b, 'u'))) & IS(c, 'b')) |
	       (IS(a, 'h') & IS(b, 'c') & (IS(c, 'i') | IS(c, 'd') | IS(c, ' '))) |
	       (IS(a, 'p') & IS(b, 'm') & IS(c, ':')) | (IS(a, 's') & IS(b, 'u') & IS(c, 'm')) |
	       (IS(a, 'x') & IS(b, ' ') & IS(c, 'v')) |
	       (IS(b, 'f') & ((IS(a, 'c') & IS(c, 'g')) | (IS(a, 'm') & IS(c, 'i')))) |
	       (IS(a, 'u') & IS(b, 'v') & IS(c, 'c')) | (IS(a, 'g') & IS(b, 's') & IS(c, 'p')) |
	       (IS(a, 'u') & IS(b, 'a') & IS(c, 's')) | (IS(a, 'o') & IS(b, 'o') & IS(c, 'm')) |
	       (IS(a, 'g') & IS(b, ' ') & IS(c, 't')) | (IS(a, 'k') & IS(b, 'i') & IS(c, 'n')) |
	       ((IS(a, 'k') | IS(a, 'l')) & IS(b, ' ') & IS(c, 'm')) |
	       (IS(a, ':') & (bytes)((b & (uint8_t)0xf0) == (uint8_t)0x30) & IS(c, '.'));
}

/* The first block of @text with any letters, or where less than a block and its end are left. */
static inline __attribute__((always_inline)) size_t
find_block(const char *text, size_t from, size_t len)
{
	size_t i = from;

	for (; i + BLOCK + SPAN <= len; i += BLOCK) {
		bytes found[N_STEPS];
		words any;

		for (int step = 0; step < N_STEPS; step++)
			find_letters(text + i + step * STEP, &found[step]);
		any = (words)(found[0] | found[1] | found[2] | found[3]);
		if (any[0] | any[1] | any[2] | any[3])
			break;
	}
	return i;
}

static bool
is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* @at: the ":1." of an interface "1-2:1.0". */
static bool
is_interface(const char *text, size_t at, size_t len)
{
	return at > 0 && len - at > 3 && text[at] == ':' && text[at + 2] == '.' &&
	       is_digit(text[at - 1]) && is_digit(text[at + 1]) && is_digit(text[at + 3]);
}

/* @at: the place of three letters. */
static bool
is_word(const char *text, size_t at, size_t len)
{
	if (is_interface(text, at, len))
		return true;
	for (size_t i = 0; i < LS_COUNT(words_of_lines); i++) {
		size_t offset = words_of_lines[i].offset;
		size_t n = words_of_lines[i].len;

		if (at < offset || len - (at - offset) < n ||
		    memcmp(text + at - offset, words_of_lines[i].word, n) != 0)
			continue;
		if (!words_of_lines[i].begins || at == offset || !is_letter(text[at - offset - 1]))
			return true;
	}
	return false;
}

/* Places of three letters in one step; bits that are set are candidates. */
static inline __attribute__((always_inline)) uint32_t
candidates(const char *at, size_t left)
{
	char padded[STEP + SPAN] = { 0 };
	uint32_t bits = 0;
	bytes found;
	uint64_t lanes[STEP / 8];

	if (left < sizeof(padded)) {
		memcpy(padded, at, left);
		at = padded;
	}
	find_letters(at, &found);
	found &= 0x01;
	memcpy(lanes, &found, sizeof(lanes));
	/* The lowest bits of eight bytes come together in the uppermost byte. */
	for (unsigned int i = 0; i < STEP / 8; i++)
		bits |= (uint32_t)(lanes[i] * UINT64_C(0x0102040810204080) >> 56) << (8 * i);
	return bits;
}

static inline __attribute__((always_inline)) size_t
scan(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		size_t end;

		i = find_block(text, i, len);
		end = i + BLOCK < len ? i + BLOCK : len;
		for (; i < end; i += STEP)
			for (uint32_t bits = candidates(text + i, len - i); bits;
			     bits &= bits - 1) {
				size_t at = i + (size_t)__builtin_ctz(bits);

				if (at < len && is_word(text, at, len))
					return at;
			}
	}
	return len;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t
scan_avx2(const char *text, size_t len)
{
	return scan(text, len);
}
#endif

size_t
ls_log_scan(const char *text, size_t len)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return scan_avx2(text, len);
#endif
	return scan(text, len);
}
