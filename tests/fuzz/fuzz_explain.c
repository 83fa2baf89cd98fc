/*
 * Entries of users, and questions. The input is .ini text, and after a first zero byte a question: what
 * is read must hold together, and what is refused must say where.
 */
#include <errno.h>

#include "lib/explain/explain.h"
#include "lib/explain/read.h"
#include "tests/fuzz/check.h"

static void
check_entry(const struct ls_explain_entry *entry)
{
	CHECK(entry->id[0] && entry->title[0]);
	check_clean(entry->id, strlen(entry->id) + 1);
	check_clean(entry->title, strlen(entry->title) + 1);
	for (size_t i = 0; i < LS_EXPLAIN_N_FIELDS; i++)
		check_clean(entry->fields[i], strlen(entry->fields[i]) + 1);
}

static void
check_question(const struct ls_explain *table, const char *question)
{
	struct ls_explain_found found;

	ls_explain_find(table, question, &found);
	CHECK(found.n <= LS_EXPLAIN_FOUND_MAX && found.n_near <= LS_EXPLAIN_FOUND_MAX);
	for (size_t i = 0; i < found.n; i++)
		check_entry(found.entries[i]);
	for (size_t i = 0; i < found.n_near; i++)
		check_entry(found.near[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ls_explain *builtin;
	struct ls_explain table = { 0 };
	char why[LS_TEXT_MAX], *text = malloc(len + 1);
	size_t n;
	int r;

	if (!text || (!builtin && ls_explain_new(&builtin) < 0))
		abort();
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	n = strlen(text);
	r = ls_explain_read(&table, "fuzz.ini", text, why);
	CHECK(r == 1 || r == -EINVAL);
	if (r < 0) {
		check_clean(why, sizeof(why));
		CHECK(strncmp(why, "fuzz.ini:", 9) == 0);
	}
	check_question(&table, n < len ? text + n + 1 : text);
	check_question(builtin, n < len ? text + n + 1 : text);
	ls_explain_done(&table);
	free(text);
	return 0;
}
