#include <stdio.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/base/sanitize.h"
#include "cli/explain/entries_dir.h"
#include "cli/print/envelope.h"
#include "cli/print/render.h"
#include "lib/base/text.h"
#include "lib/explain/explain.h"

#define QUESTION_MAX 1000
#define INDENT	     8 /* "Record: " */

struct explain_options {
	const char *entries; /* a directory */
};

static const struct {
	const char *key, *label;
} fields[] = {
#define FIELD(id, key, label) { key, label },
	LS_EXPLAIN_FIELDS(FIELD)
#undef FIELD
};

/* ---- for people ---------------------------------------------------------------------------- */

/* The line up to the next " - ", which begins one of its own; @*text is what follows. */
static size_t
take_line(const char **text)
{
	const char *at = *text, *end = strstr(at, " - ");

	*text = end ? end + 1 : at + strlen(at);
	return (size_t)((end ? end : *text) - at);
}

static void
put_field(const struct output_style *style, enum tone tone, const char *label, const char *text)
{
	bool first = true;

	while (*text) {
		const char *line = text;
		size_t len = take_line(&text);
		bool item = strncmp(line, "- ", 2) == 0;
		size_t skip = item && line[2] >= '0' && line[2] <= '9' ? 2 : 0; /* "- 1." */

		render_sentence(style, tone,
				INDENT + (skip	 ? 3
					  : item ? 2
						 : 0),
				"%s%s%*s%.*s", first ? label : "", first ? ":" : "",
				first ? INDENT - 1 - (int)strlen(label) : INDENT, "",
				(int)(len - skip), line + skip);
		first = false;
	}
}

static void
put_entry(const struct output_style *style, const struct ls_explain_entry *entry)
{
	render_sentence(style, TONE_STRONG, 0, "%s", entry->title);
	for (size_t i = 0; i < LS_COUNT(fields); i++)
		put_field(style, i == LS_EXPLAIN_FIRST ? TONE_STRONG : TONE_PLAIN, fields[i].label,
			  entry->fields[i]);
	if (*entry->see)
		put_field(style, TONE_DIM, "See", entry->see);
}

/* "  linkstat explain EPROTO         -71 (EPROTO): no valid answer on the wire" */
static void
put_near(const struct output_style *style, const struct ls_explain_found *found)
{
	for (size_t i = 0; i < found->n_near; i++)
		render_sentence(style, TONE_PLAIN, 4, "  linkstat explain %s: %s",
				found->near[i]->id, found->near[i]->title);
}

static int
put_found(const struct cli *cli, const char *question, const struct ls_explain_found *found)
{
	const struct output_style *style = &cli->style;

	for (size_t i = 0; i < found->n; i++) {
		if (i > 0)
			fputc('\n', style->out);
		put_entry(style, found->entries[i]);
	}
	if (found->n > 0 && found->n_near > 0) {
		fputc('\n', style->out);
		render_sentence(style, TONE_PLAIN, 0, "In these words, too:");
		put_near(style, found);
	}
	if (found->n > 0)
		return CLI_FINE;
	cli_complain("nothing is known of \"%s\".", question);
	if (found->n_near > 0) {
		render_sentence(style, TONE_PLAIN, 0, "What is near:");
		put_near(style, found);
	}
	render_sentence(
		style, TONE_DIM, 0,
		"Known are error numbers of restores (4013), causes (link-loss), ids of "
		"linkstat check, messages of the kernel and of restore programs, and statuses "
		"(-71, EPROTO, LIBUSB_ERROR_PIPE, c0000005, 0xe00002ed).");
	return CLI_USAGE;
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *
entry_json(const struct ls_explain_entry *entry)
{
	json_t *json = json_pack("{s:s, s:s, s:s}", "id", entry->id, "title", entry->title, "see",
				 entry->see);

	for (size_t i = 0; json && i < LS_COUNT(fields); i++)
		(void)json_object_set_new(json, fields[i].key, json_string(entry->fields[i]));
	return json;
}

static int
print_json(const struct cli *cli, const char *question, const struct ls_explain_found *found)
{
	ls_json_auto json_t *members =
		json_pack("{s:s, s:[], s:[]}", "question", question, "entries", "near");
	int r;

	if (!members)
		return cli_no_memory();
	for (size_t i = 0; i < found->n; i++)
		(void)json_array_append_new(json_object_get(members, "entries"),
					    entry_json(found->entries[i]));
	for (size_t i = 0; i < found->n_near; i++)
		(void)json_array_append_new(json_object_get(members, "near"),
					    json_string(found->near[i]->id));
	r = envelope_print(cli, "explain", members);
	return r != CLI_FINE ? r : found->n > 0 ? CLI_FINE : CLI_USAGE;
}

/* ---- the command --------------------------------------------------------------------------- */

static int
explain(const struct cli *cli, struct ls_explain *table, const struct explain_options *options)
{
	char question[QUESTION_MAX] = "", word[QUESTION_MAX];
	struct ls_explain_found found;

	if (entries_dir_read(table, options->entries ? options->entries : ENTRIES_DIR_DEFAULT) < 0)
		return cli_no_memory();
	for (int i = 0; i < cli->n_args; i++) {
		sanitize_text(word, sizeof(word), cli->args[i], cli->style.utf8);
		ls_text_append(question, sizeof(question), "%s%s", i ? " " : "", word);
	}
	ls_explain_find(table, question, &found);
	return cli->json ? print_json(cli, question, &found) : put_found(cli, question, &found);
}

static int
run(const struct cli *cli, const void *options)
{
	ls_auto(ls_explain) *table = NULL;

	if (ls_explain_new(&table) < 0)
		return cli_no_memory();
	return explain(cli, table, options);
}

static bool
claims(const char *word)
{
	ls_auto(ls_explain) *table = NULL;

	return ls_explain_new(&table) == 0 && ls_explain_knows(table, word);
}

static const struct command_option options[] = {
	{ .name = "entries",
	  .value = "DIR",
	  OPTION_MEMBER(explain_options, entries),
	  .complete = COMPLETE_FILES },
	OPTION_JSON,
	{ 0 },
};

const struct command command_explain = {
	.name = "explain",
	.arguments = "WORD...",
	.min_args = 1,
	.max_args = -1,
	.numbers = true,
	.claims = claims,
	.summary = "what an error number, a status or a message means",
	.example = "explain 4013",
	.options = options,
	.options_size = sizeof(struct explain_options),
	.run = run,
};
