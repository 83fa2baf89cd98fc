#include "lib/explain/causes.h"

#include <errno.h>

#include "lib/base/text.h"
#include "lib/explain/read.h"
#include "lib/model/causes.h"

static int
add(struct ls_explain *table, const struct ls_cause_row *cause)
{
	struct ls_explain_entry *entry = ls_explain_add(table, cause->name);
	char recorded[LS_TEXT_MAX], title[LS_TEXT_MAX];
	int r = entry ? 0 : -ENOMEM;

	ls_text_format(title, sizeof(title), "%s: %s", cause->name, cause->words);
	ls_text_format(recorded, sizeof(recorded),
		       "An incident with this cause, with its evidence. It %s as a drop.",
		       cause->is_drop ? "usually counts" : "does not count");
	const struct {
		char **field;
		const char *text;
	} texts[] = {
		{ r < 0 ? NULL : &entry->title, title },
		{ r < 0 ? NULL : &entry->fields[LS_EXPLAIN_WHOSE],
		  "linkstat: a cause of incidents." },
		{ r < 0 ? NULL : &entry->fields[LS_EXPLAIN_MEANS], cause->meaning },
		{ r < 0 ? NULL : &entry->fields[LS_EXPLAIN_RECORDED], recorded },
		{ r < 0 ? NULL : &entry->fields[LS_EXPLAIN_FIRST], cause->next },
		{ r < 0 ? NULL : &entry->fields[LS_EXPLAIN_SURE],
		  "Each incident says how sure it is of its cause: linkstat show ID" },
	};

	for (size_t i = 0; r == 0 && i < LS_COUNT(texts); i++)
		r = ls_explain_append(texts[i].field, texts[i].text);
	if (r == 0)
		r = ls_explain_add_phrase(entry, LS_PHRASE_WORD, cause->name);
	if (r == 0)
		r = ls_explain_add_phrase(entry, LS_PHRASE_WORD, cause->words);
	return r;
}

int
ls_explain_add_causes(struct ls_explain *table)
{
	int r = 0;

	for (unsigned int i = 0; r == 0 && i < LS_N_CAUSES; i++)
		r = add(table, ls_cause_row((enum ls_cause)i));
	return r;
}
