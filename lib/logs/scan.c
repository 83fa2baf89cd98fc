/*
 * Own code, because memmem() for each keyword took 2.2 times the instructions of the whole analysis
 * of a log (callgrind, 10 MB of dmesg with 200 of 1000 lines about USB: 785 against 361 million).
 *
 * Each keyword has a key of up to four characters; eight sets of keys are looked for at once, by
 * both halves of each byte ("Teddy", known from Hyperscan), so that a keyword more costs nothing.
 * What is found may also be a mix of the keys of one set: is_word() decides.
 */
#include "lib/logs/scan.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "lib/base/base.h"

#define KEY_LEN 4

#define WORD(text, offset, begins)                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1, offset, begins                                             \
	}

static const struct {
	const char *word;
	size_t len;
	size_t offset; /* of its key */
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
	WORD("urb ", 0, true),
	WORD("dwc_otg", 0, true),
	WORD("uvcvideo", 0, true),
	WORD("gspca", 0, true),
	WORD("OOM killer", 0, true),
	WORD("Restarting tasks", 9, true),
	WORD("Waking up", 0, true),
	WORD("printk messages", 5, true),
	WORD("kernel messages", 5, true),
};

#define ANY   '\0'
#define DIGIT '\1'

/* Set and characters of the keys, in any case; keys that share a set should not mix to words. */
#define KEYS(X, i)                                                                                 \
	X(0, 'u', 's', 'b', ANY, i)                                                                \
	X(1, 'h', 'u', 'b', ANY, i)                                                                \
	X(1, 'h', 'c', 'i', ANY, i)                                                                \
	X(1, 'h', 'c', 'd', ANY, i)                                                                \
	X(1, 'h', 'c', ' ', 'd', i)                                                                \
	X(2, ':', DIGIT, '.', DIGIT, i) /* of an interface "1-2:1.0" */                            \
	X(3, 'p', 'm', ':', ' ', i)                                                                \
	X(3, 'm', 'f', 'i', '-', i)                                                                \
	X(3, 'o', 'o', 'm', ' ', i)                                                                \
	X(4, 'u', 'a', 's', ANY, i)                                                                \
	X(4, 'u', 'v', 'c', 'v', i)                                                                \
	X(0, 'u', 'r', 'b', ' ', i)                                                                \
	X(6, 'd', 'w', 'c', '_', i)                                                                \
	X(5, 'c', 'f', 'g', 's', i)                                                                \
	X(5, 'g', 's', 'p', 'c', i)                                                                \
	X(5, 's', 'u', 'm', 'e', i)                                                                \
	X(6, 'k', ' ', 'm', 'e', i)                                                                \
	X(6, 'l', ' ', 'm', 'e', i)                                                                \
	X(6, 'x', ' ', 'v', 'e', i)                                                                \
	X(7, 'w', 'a', 'k', 'i', i)                                                                \
	X(7, 'g', ' ', 't', 'a', i)

#define IS_LETTER(c)  (((c) | 0x20) >= 'a' && ((c) | 0x20) <= 'z')
#define HAS_LOW(c, i) ((c) == ANY || ((c) == DIGIT ? (i) <= 9 : ((c)&15) == (i)))
#define HAS_HIGH(c, i)                                                                             \
	((c) == ANY ||                                                                             \
	 ((c) == DIGIT ? (i) == 3 : (c) >> 4 == (i) || (IS_LETTER(c) && (c) >> 4 == ((i) | 2))))

#define LOW_0(set, a, b, c, d, i)  | (HAS_LOW(a, i) ? 1 << (set) : 0)
#define LOW_1(set, a, b, c, d, i)  | (HAS_LOW(b, i) ? 1 << (set) : 0)
#define LOW_2(set, a, b, c, d, i)  | (HAS_LOW(c, i) ? 1 << (set) : 0)
#define LOW_3(set, a, b, c, d, i)  | (HAS_LOW(d, i) ? 1 << (set) : 0)
#define HIGH_0(set, a, b, c, d, i) | (HAS_HIGH(a, i) ? 1 << (set) : 0)
#define HIGH_1(set, a, b, c, d, i) | (HAS_HIGH(b, i) ? 1 << (set) : 0)
#define HIGH_2(set, a, b, c, d, i) | (HAS_HIGH(c, i) ? 1 << (set) : 0)
#define HIGH_3(set, a, b, c, d, i) | (HAS_HIGH(d, i) ? 1 << (set) : 0)

#define ROW(X)                                                                                     \
	{                                                                                          \
		0 KEYS(X, 0), 0 KEYS(X, 1), 0 KEYS(X, 2), 0 KEYS(X, 3), 0 KEYS(X, 4),              \
			0 KEYS(X, 5), 0 KEYS(X, 6), 0 KEYS(X, 7), 0 KEYS(X, 8), 0 KEYS(X, 9),      \
			0 KEYS(X, 10), 0 KEYS(X, 11), 0 KEYS(X, 12), 0 KEYS(X, 13), 0 KEYS(X, 14), \
			0 KEYS(X, 15)                                                              \
	}

/* The sets that have a character with such a lower, or upper, half at a place of a key. */
static const uint8_t low[KEY_LEN][16] = { ROW(LOW_0), ROW(LOW_1), ROW(LOW_2), ROW(LOW_3) };
static const uint8_t high[KEY_LEN][16] = { ROW(HIGH_0), ROW(HIGH_1), ROW(HIGH_2), ROW(HIGH_3) };

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

/* @at: the place of a key. */
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

static size_t
scan_bytes(const char *text, size_t from, size_t len)
{
	for (size_t i = from; i < len; i++) {
		uint8_t sets = UINT8_MAX;

		for (size_t k = 0; k < KEY_LEN && sets; k++) {
			uint8_t c = i + k < len ? (uint8_t)text[i + k] : 0;

			sets &= low[k][c & 15] & high[k][c >> 4];
		}
		if (sets && is_word(text, i, len))
			return i;
	}
	return len;
}

#if defined(__x86_64__)
#define STEP 32

/* Where keys begin in the STEP bytes at @at, of which KEY_LEN - 1 more are read: a bit each. */
__attribute__((target("avx2"))) static inline uint32_t
find_keys(const char *at)
{
	const __m256i half = _mm256_set1_epi8(15);
	__m256i sets = _mm256_set1_epi8(-1);

	for (size_t k = 0; k < KEY_LEN; k++) {
		__m256i of_low = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const __m128i *)(const void *)low[k]));
		__m256i of_high = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const __m128i *)(const void *)high[k]));
		__m256i text = _mm256_loadu_si256((const __m256i *)(const void *)(at + k));
		__m256i upper = _mm256_and_si256(_mm256_srli_epi16(text, 4), half);

		sets = _mm256_and_si256(sets,
					_mm256_shuffle_epi8(of_low, _mm256_and_si256(text, half)));
		sets = _mm256_and_si256(sets, _mm256_shuffle_epi8(of_high, upper));
	}
	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(sets, _mm256_setzero_si256()));
}

__attribute__((target("avx2"))) static size_t
scan_avx2(const char *text, size_t len)
{
	size_t i = 0;

	for (; i + STEP + KEY_LEN <= len; i += STEP)
		for (uint32_t bits = find_keys(text + i); bits; bits &= bits - 1) {
			size_t at = i + (size_t)__builtin_ctz(bits);

			if (is_word(text, at, len))
				return at;
		}
	return scan_bytes(text, i, len);
}
#endif

size_t
ls_log_scan(const char *text, size_t len)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return scan_avx2(text, len);
#endif
	return scan_bytes(text, 0, len);
}
