/* The log of a restore: whole, and in pieces, it is the same story, and what it says is clean. */
#include "lib/logs/kind.h"
#include "lib/logs/restore.h"
#include "tests/fuzz/check.h"

static struct ls_restore_reader *
read_in_steps(const uint8_t *data, size_t len, size_t step)
{
	const struct ls_log_text_options options = { .year = 2026 };
	struct ls_restore_reader *reader;

	if (ls_restore_reader_new(&options, &reader) < 0)
		abort();
	for (size_t at = 0; at < len; at += step) {
		size_t n = len - at < step ? len - at : step;
		char *exact = malloc(n); /* reading past a piece is found */

		CHECK(exact);
		memcpy(exact, data + at, n);
		ls_restore_reader_feed(reader, exact, n);
		free(exact);
	}
	return reader;
}

static void
check_attempt(const struct ls_restore_attempt *attempt)
{
	CHECK(attempt->n_phases <= LS_RESTORE_PHASES);
	check_clean(attempt->words, sizeof(attempt->words));
	check_clean(attempt->place.text, sizeof(attempt->place.text));
	for (size_t i = 0; i < attempt->n_phases; i++)
		check_clean(attempt->phases[i].text, sizeof(attempt->phases[i].text));
	CHECK(attempt->end == LS_RESTORE_FAILED || attempt->story == LS_RESTORE_NO_STORY);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ls_restore_reader *whole = read_in_steps(data, len, len + 1);
	struct ls_restore_reader *pieces = read_in_steps(data, len, 5);
	const struct ls_restore_attempt *one = ls_restore_reader_finish(whole),
					*other = ls_restore_reader_finish(pieces);

	check_attempt(one);
	CHECK(one->end == other->end && one->story == other->story && one->code == other->code);
	CHECK(one->lines == other->lines && one->n_phases == other->n_phases);
	CHECK(strcmp(one->words, other->words) == 0);
	(void)ls_restore_is_one((const char *)data, len);
	(void)ls_log_is_one((const char *)data, len);
	ls_restore_reader_free(whole);
	ls_restore_reader_free(pieces);
	return 0;
}
