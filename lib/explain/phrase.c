#include "lib/explain/phrase.h"

#include <ctype.h>
#include <string.h>

#define LETTERS_MIN 4 /* shorter words are near to anything, and say nothing by themselves */
#define GAP_MAX	    6 /* words that a "*" stands for */

static bool
is_in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* "-71", but not the "-1" of "1-1". */
static bool
begins_number(const char *text, const char *at)
{
	return *at == '-' && isdigit((unsigned char)at[1]) && (at == text || !is_in_word(at[-1]));
}

void
ls_words_split(struct ls_words *ret, const char *text)
{
	const char *at = text;

	ret->n = 0;
	while (*at && ret->n < LS_WORDS_MAX) {
		char *word = ret->at[ret->n];
		size_t len = 0;

		if (*at == '#' || *at == '*' || begins_number(text, at))
			word[len++] = *at++;
		if (len == 0 || word[0] == '-')
			for (; is_in_word(*at); at++)
				if (len < LS_WORD_MAX - 1)
					word[len++] = (char)tolower((unsigned char)*at);
		word[len] = '\0';
		if (len > 0)
			ret->n++;
		else
			at++;
	}
}

bool
ls_word_is_number(const char *word)
{
	bool hex = strncmp(word, "0x", 2) == 0 && word[2];

	word += hex ? 2 : word[0] == '-';
	return *word && word[strspn(word, hex ? "0123456789abcdef" : "0123456789")] == '\0';
}

static bool
equal(const char *pattern, const char *word)
{
	if (strcmp(pattern, "#") == 0)
		return ls_word_is_number(word) || strcmp(word, "#") == 0;
	return strcmp(pattern, word) == 0;
}

static bool
is_gap(const char *pattern)
{
	return strcmp(pattern, "*") == 0;
}

/*
 * How far the words from @at on are those of @pattern from @i on: the index behind them; 0: they are
 * not. @open: the words may end before the pattern does, but not with what a gap stands for.
 */
static size_t
match(const struct ls_words *pattern, size_t i, const struct ls_words *words, size_t at, bool open)
{
	for (; i < pattern->n; i++, at++) {
		if (at == words->n && open)
			return at;
		if (is_gap(pattern->at[i])) {
			size_t left = words->n - at - (open ? 1 : 0);

			for (size_t gap = 0; gap <= GAP_MAX && gap <= left; gap++) {
				size_t end = match(pattern, i + 1, words, at + gap, open);

				if (end > 0)
					return end;
			}
			return 0;
		}
		if (at >= words->n || !equal(pattern->at[i], words->at[at]))
			return 0;
	}
	return at;
}

/* Words that say that a number follows; a question may have no others beside the number. */
static bool
announces(const char *word)
{
	static const char *const words[] = { "error",  "code", "status", "errno",
					     "err",    "ret",  "result", "returned",
					     "failed", "rc",   "usbd",	 "fehler" };

	for (size_t i = 0; i < LS_COUNT(words); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

static bool
is_filler(const char *word)
{
	static const char *const words[] = { "itunes",	"finder", "iphone", "ipad",    "apple",
					     "an",	"a",	  "the",    "unknown", "occurred",
					     "what",	"is",	  "mean",   "means",   "does",
					     "restore", "update" };

	for (size_t i = 0; i < LS_COUNT(words); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return announces(word);
}

static bool
is_code(const char *code, const struct ls_words *question)
{
	size_t n = 0;

	for (size_t i = 0; i < question->n; i++) {
		if (strcmp(question->at[i], code) == 0)
			n++;
		else if (!is_filler(question->at[i]))
			return false;
	}
	return n == 1;
}

bool
ls_phrase_is(const struct ls_phrase *phrase, const struct ls_words *question)
{
	struct ls_words words;

	ls_words_split(&words, phrase->text);
	if (phrase->kind == LS_PHRASE_CODE)
		return words.n == 1 && is_code(words.at[0], question);
	return question->n > 0 && match(&words, 0, question, 0, false) == question->n;
}

static struct ls_phrase_range
find_code(const char *code, const struct ls_words *question)
{
	for (size_t i = 1; i < question->n; i++)
		if (strcmp(question->at[i], code) == 0 && announces(question->at[i - 1]))
			return (struct ls_phrase_range){ i - 1, i + 1 };
	return (struct ls_phrase_range){ 0, 0 };
}

struct ls_phrase_range
ls_phrase_find(const struct ls_phrase *phrase, const struct ls_words *question)
{
	struct ls_words words;

	ls_words_split(&words, phrase->text);
	if (phrase->kind == LS_PHRASE_CODE && words.n == 1)
		return find_code(words.at[0], question);
	for (size_t i = 0; phrase->kind == LS_PHRASE_TEXT && words.n > 0 && i < question->n; i++) {
		size_t to = match(&words, 0, question, i, false);

		if (to > i)
			return (struct ls_phrase_range){ i, to };
	}
	return (struct ls_phrase_range){ 0, 0 };
}

bool
ls_phrase_contains(const struct ls_phrase *phrase, const struct ls_words *question)
{
	struct ls_words words;

	/* "usb" stands in half of them. */
	if (phrase->kind != LS_PHRASE_TEXT || question->n == 0 ||
	    (question->n == 1 &&
	     (strlen(question->at[0]) < 6 || ls_word_is_number(question->at[0]))))
		return false;
	ls_words_split(&words, phrase->text);
	for (size_t i = 0; i + question->n <= words.n; i++)
		if (!is_gap(words.at[i]) && strcmp(words.at[i], "#") != 0 &&
		    match(&words, i, question, 0, true) == question->n)
			return true;
	return false;
}

/* Letters that one of two words has to change to be the other; more than @max: @max + 1. */
static size_t
distance(const char *a, const char *b, size_t max)
{
	size_t row[LS_WORD_MAX + 1], n = strlen(a), m = strlen(b);

	if (n > m + max || m > n + max)
		return max + 1;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t before = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = before + (a[i - 1] != b[j - 1]);

			before = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[m];
}

static double
word_likeness(const char *a, const char *b)
{
	size_t len = strlen(a), far;

	if (strcmp(a, b) == 0)
		return 1;
	far = distance(a, b, 2);
	return len >= LETTERS_MIN && far * 3 <= len && far <= 2 ? 0.7 : 0;
}

/* All words as one: "lnkloss" is meant for "link-loss". */
static void
join_words(const struct ls_words *words, char ret[LS_WORD_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < words->n; i++)
		for (const char *c = words->at[i]; *c && len < LS_WORD_MAX - 1; c++)
			ret[len++] = *c;
	ret[len] = '\0';
}

double
ls_phrase_likeness(const struct ls_phrase *phrase, const struct ls_words *question)
{
	char one_word[LS_WORD_MAX], other_word[LS_WORD_MAX];
	struct ls_words words;
	double sum = 0;
	size_t n = 0;

	ls_words_split(&words, phrase->text);
	join_words(&words, one_word);
	join_words(question, other_word);
	for (size_t i = 0; i < question->n; i++) {
		double best = 0;

		if (strlen(question->at[i]) < LETTERS_MIN && !ls_word_is_number(question->at[i]))
			continue;
		n++;
		for (size_t j = 0; j < words.n; j++) {
			double one = word_likeness(question->at[i], words.at[j]);

			best = one > best ? one : best;
		}
		sum += best;
	}
	sum = n ? sum / (double)n : 0;
	return word_likeness(one_word, other_word) > sum ? 0.7 : sum;
}
