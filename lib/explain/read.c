#include "lib/explain/read.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

/* The library cuts longer lines, and names of sections. */
#define LINE_MAX_BYTES 190
#define ID_MAX_BYTES   48

struct reading {
	struct ls_explain table; /* what was read */
	int error;
	const char *problem; /* of the line at which the library stops */
};

/* ---- entries ------------------------------------------------------------------------------- */

static void
clear(struct ls_explain_entry *entry)
{
	free(entry->id);
	free(entry->title);
	free(entry->see);
	for (size_t i = 0; i < LS_EXPLAIN_N_FIELDS; i++)
		free(entry->fields[i]);
	for (size_t i = 0; i < entry->n_phrases; i++)
		free(entry->phrases[i].text);
	free(entry->phrases);
	*entry = (struct ls_explain_entry){ 0 };
}

void
ls_explain_done(struct ls_explain *table)
{
	for (size_t i = 0; i < table->n; i++)
		clear(&table->entries[i]);
	free(table->entries);
	*table = (struct ls_explain){ 0 };
}

static struct ls_explain_entry *
find(const struct ls_explain *table, const char *id)
{
	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->entries[i].id, id) == 0)
			return &table->entries[i];
	return NULL;
}

static struct ls_explain_entry *
grow(struct ls_explain *table)
{
	struct ls_explain_entry *all =
		reallocarray(table->entries, table->n + 1, sizeof(*table->entries));

	if (!all)
		return NULL;
	table->entries = all;
	all[table->n] = (struct ls_explain_entry){ 0 };
	return &all[table->n++];
}

static bool
fill(struct ls_explain_entry *entry, const char *id)
{
	bool filled;

	entry->id = strdup(id);
	entry->title = strdup("");
	entry->see = strdup("");
	filled = entry->id && entry->title && entry->see;
	for (size_t i = 0; i < LS_EXPLAIN_N_FIELDS; i++) {
		entry->fields[i] = strdup("");
		filled = filled && entry->fields[i];
	}
	return filled;
}

struct ls_explain_entry *
ls_explain_add(struct ls_explain *table, const char *id)
{
	struct ls_explain_entry *entry = find(table, id);

	if (entry)
		clear(entry);
	else
		entry = grow(table);
	if (entry && fill(entry, id))
		return entry;
	if (entry) {
		clear(entry);
		*entry = table->entries[--table->n];
	}
	return NULL;
}

int
ls_explain_add_phrase(struct ls_explain_entry *entry, enum ls_phrase_kind kind, const char *text)
{
	struct ls_phrase *all =
		reallocarray(entry->phrases, entry->n_phrases + 1, sizeof(*entry->phrases));
	char *copy = strdup(text);

	if (all)
		entry->phrases = all;
	if (!all || !copy) {
		free(copy);
		return -ENOMEM;
	}
	all[entry->n_phrases++] = (struct ls_phrase){ .kind = kind, .text = copy };
	return 0;
}

int
ls_explain_append(char **field, const char *value)
{
	size_t old = strlen(*field), len = strlen(value);
	char *all = realloc(*field, old + len + 2);

	if (!all)
		return -ENOMEM;
	if (old)
		all[old++] = ' ';
	memcpy(all + old, value, len + 1);
	*field = all;
	return 0;
}

/* ---- .ini ---------------------------------------------------------------------------------- */

static const struct {
	const char *key;
	enum ls_phrase_kind kind;
} phrase_keys[] = {
	{ "code", LS_PHRASE_CODE },
	{ "word", LS_PHRASE_WORD },
	{ "text", LS_PHRASE_TEXT },
};

static char **
find_field(struct ls_explain_entry *entry, const char *key)
{
	static const char *const keys[] = {
#define KEY(id, key, label) key,
		LS_EXPLAIN_FIELDS(KEY)
#undef KEY
	};

	for (size_t i = 0; i < LS_COUNT(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return &entry->fields[i];
	if (strcmp(key, "see") == 0)
		return &entry->see;
	return strcmp(key, "title") == 0 ? &entry->title : NULL;
}

static int
set(struct reading *reading, struct ls_explain_entry *entry, const char *key, const char *value)
{
	char clean[LINE_MAX_BYTES * 2];
	char **field = find_field(entry, key);

	ls_text_clean(clean, sizeof(clean), value, strlen(value));
	if (field)
		return ls_explain_append(field, clean);
	for (size_t i = 0; i < LS_COUNT(phrase_keys); i++)
		if (strcmp(key, phrase_keys[i].key) == 0)
			return ls_explain_add_phrase(entry, phrase_keys[i].kind, clean);
	reading->problem = "this key is not known: title, whose, means, recorded, first, sure, "
			   "see, code, word and text are";
	return -EINVAL;
}

/* Its ID asks for it, too. */
static struct ls_explain_entry *
begin(struct ls_explain *table, const char *id)
{
	struct ls_explain_entry *entry = ls_explain_add(table, id);

	if (entry && ls_explain_add_phrase(entry, LS_PHRASE_WORD, id) < 0)
		return NULL;
	return entry;
}

/* The library's callback: 1 is fine. */
static int
on_key(void *user, const char *section, const char *key, const char *value)
{
	struct reading *reading = user;
	struct ls_explain_entry *entry;
	char id[ID_MAX_BYTES * 8];

	if (reading->error)
		return 0;
	if (!*section || strlen(section) > ID_MAX_BYTES) {
		reading->problem = *section ? "this name is too long"
					    : "this belongs to no section: an [ID] comes first";
		reading->error = -EINVAL;
		return 0;
	}
	ls_text_clean(id, sizeof(id), section, strlen(section));
	entry = find(&reading->table, id);
	if (!entry)
		entry = begin(&reading->table, id);
	reading->error = entry ? set(reading, entry, key, value ? value : "") : -ENOMEM;
	return reading->error == 0;
}

/* The first line that the library would cut; 0: none. */
static unsigned int
find_long_line(const char *text)
{
	for (unsigned int line = 1; *text; line++) {
		size_t len = strcspn(text, "\n");

		if (len > LINE_MAX_BYTES)
			return line;
		text += len + (text[len] == '\n');
	}
	return 0;
}

static const struct ls_explain_entry *
find_untold(const struct ls_explain *table)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct ls_explain_entry *entry = &table->entries[i];

		if (!*entry->title || !*entry->fields[LS_EXPLAIN_MEANS])
			return entry;
	}
	return NULL;
}

/* Moves all of @from into @table. */
static int
merge(struct ls_explain *table, struct ls_explain *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct ls_explain_entry *entry = ls_explain_add(table, from->entries[i].id);

		if (!entry)
			return -ENOMEM;
		clear(entry);
		*entry = from->entries[i];
		from->entries[i] = (struct ls_explain_entry){ 0 };
	}
	return 1;
}

static int
complain(char why[LS_TEXT_MAX], const char *file, unsigned int line, const char *problem)
{
	char clean[80];

	ls_text_clean(clean, sizeof(clean), file, strlen(file));
	ls_text_format(why, LS_TEXT_MAX, "%s:%u: %s", clean, line, problem);
	return -EINVAL;
}

/* 1, or -EINVAL with *why, or -ENOMEM. */
static int
read_all(struct reading *reading, const char *file, const char *text, char why[LS_TEXT_MAX])
{
	unsigned int long_line = find_long_line(text);
	const struct ls_explain_entry *untold;
	char problem[LS_TEXT_MAX];
	int line;

	if (long_line)
		return complain(why, file, long_line,
				"this line is too long; 190 bytes are allowed");
	line = ini_parse_string(text, on_key, reading);
	if (line < 0 || reading->error == -ENOMEM)
		return -ENOMEM;
	if (line > 0)
		return complain(why, file, (unsigned int)line,
				reading->problem ? reading->problem
						 : "this is neither [ID] nor \"KEY = VALUE\"");
	untold = find_untold(&reading->table);
	if (!untold)
		return 1;
	ls_text_format(problem, sizeof(problem), "[%s] lacks its title or its meaning (\"means\")",
		       untold->id);
	return complain(why, file, 0, problem);
}

int
ls_explain_read(struct ls_explain *table, const char *file, const char *text, char why[LS_TEXT_MAX])
{
	struct reading reading = { .error = 0 };
	int r = read_all(&reading, file, text, why);

	if (r > 0)
		r = merge(table, &reading.table);
	ls_explain_done(&reading.table);
	return r;
}
