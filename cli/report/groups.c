#include "cli/report/groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/base/sanitize.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/report/data.h"
#include "cli/print/words.h"
#include "lib/base/text.h"

static const struct {
	const char *by, *heading, *none;
	enum ls_component_kind kind;
} kinds[] = {
	{ "cable", "CABLE", "not labelled", LS_COMPONENT_CABLE },
	{ "device", "DEVICE", "not recorded", LS_COMPONENT_DEVICE },
	{ "hub", "HUB", "no hub", LS_COMPONENT_HUB },
	{ "host", "COMPUTER", "not recorded", LS_COMPONENT_HOST },
};

int
report_groups_kind(const char *by, enum ls_component_kind *ret)
{
	for (size_t i = 0; i < LS_COUNT(kinds); i++) {
		if (strcmp(kinds[i].by, by) == 0) {
			*ret = kinds[i].kind;
			return 1;
		}
	}
	return 0;
}

static size_t
row_of(enum ls_component_kind kind)
{
	size_t i = 0;

	while (i + 1 < LS_COUNT(kinds) && kinds[i].kind != kind)
		i++;
	return i;
}

static int
compare_groups(const void *a, const void *b)
{
	const struct report_group *left = a, *right = b;

	return strcmp(left->key, right->key);
}

static int
add(struct report_groups *groups, const json_t *sum, const char *key, const char *shown)
{
	struct report_group wanted = { 0 }, *found;

	sanitize_text(wanted.key, sizeof(wanted.key), key, true);
	sanitize_text(wanted.shown, sizeof(wanted.shown), shown, true);
	found = set_add(&groups->all, &wanted, sizeof(wanted), compare_groups);
	if (!found)
		return cli_no_memory();
	found->hours += field_real(sum, "connected_hours");
	found->sessions += field_int(sum, "sessions");
	found->drops += field_int(sum, "drops");
	ls_history_add(&found->history, &(struct ls_history_cell){
						.n = numbers_clip(field_int(sum, "sessions")),
						.drops = numbers_clip(field_int(sum, "drops")),
						.hours = field_real(sum, "connected_hours"),
					});
	return CLI_FINE;
}

static int
add_hubs(struct report_groups *groups, const json_t *sum)
{
	const json_t *hubs = field_list(sum, "hubs"), *hub;
	size_t i;
	int r = CLI_FINE;

	if (!field_has(sum, "hubs"))
		return add(groups, sum, " ", "not recorded");
	if (json_array_size(hubs) == 0)
		return add(groups, sum, "", kinds[row_of(LS_COMPONENT_HUB)].none);
	json_array_foreach(hubs, i, hub)
	{
		const char *name = json_string_value(hub);

		r = r == CLI_FINE ? add(groups, sum, name, name) : r;
	}
	return r;
}

static int
add_device(struct report_groups *groups, const json_t *sum)
{
	char shown[LS_COMPONENT_NAME_MAX];
	const char *name = field_text(sum, "device"), *product = field_text(sum, "product");

	ls_text_format(shown, sizeof(shown), *product ? "%s (%s)" : "%s%s", product, name);
	return add(groups, sum, name, shown);
}

static int
add_sum(const json_t *sum, void *user)
{
	struct report_groups *groups = user;
	const char *none = kinds[row_of(groups->kind)].none, *name;

	if (groups->kind == LS_COMPONENT_HUB)
		return add_hubs(groups, sum);
	if (groups->kind == LS_COMPONENT_DEVICE)
		return add_device(groups, sum);
	name = field_text(sum, kinds[row_of(groups->kind)].by);
	return add(groups, sum, name, *name ? name : none);
}

static struct numbers
group_numbers(const struct report_group *group, double job_hours)
{
	return numbers_of(&group->history, group->drops, group->hours, job_hours);
}

/* The worst first, by the lower bound of drops an hour. */
static int
compare_ranks(const void *a, const void *b)
{
	const struct report_group *left = *(void *const *)a, *right = *(void *const *)b;

	if (left->worst != right->worst)
		return left->worst > right->worst ? -1 : 1;
	if (left->hours != right->hours)
		return left->hours > right->hours ? -1 : 1;
	return strcmp(left->key, right->key);
}

int
report_groups_ask(const struct cli *cli, enum ls_component_kind kind, struct report_groups *ret)
{
	static const struct ask_list list = {
		.method = "io.linkstat.SumSessions",
		.member = "sums",
	};
	struct query query = cli_query_ports(cli);
	int r;

	*ret = (struct report_groups){ .kind = kind };
	r = ask_items(cli, &query, &list, add_sum, ret);
	for (size_t i = 0; i < ret->all.n; i++) {
		struct report_group *group = ret->all.items[i];

		group->worst = group_numbers(group, 0).rate.low;
	}
	if (r == CLI_FINE && ret->all.n > 0)
		qsort(ret->all.items, ret->all.n, sizeof(ret->all.items[0]), compare_ranks);
	return r;
}

void
report_groups_done(struct report_groups *groups)
{
	set_done(&groups->all);
}

static json_t *
group_object(const struct report_group *group, double job_hours)
{
	struct numbers numbers = group_numbers(group, job_hours);
	ls_json_auto json_t *object =
		json_pack("{s:s, s:s?, s:I, s:f, s:I}", "name", group->shown, "id",
			  *group->key && strcmp(group->key, " ") != 0 ? group->key : NULL,
			  "sessions", (json_int_t)group->sessions, "connected_hours", group->hours,
			  "drops", (json_int_t)group->drops);

	if (!object || numbers_add_json(object, &numbers) < 0)
		return NULL;
	return json_incref(object);
}

static int
put_json(const struct cli *cli, const struct report_groups *groups, double job_hours)
{
	ls_json_auto json_t *rows = json_array();
	ls_json_auto json_t *members = NULL;

	for (size_t i = 0; i < groups->all.n; i++) {
		if (json_array_append_new(rows, group_object(groups->all.items[i], job_hours)) < 0)
			return cli_no_memory();
	}
	members = json_pack("{s:s, s:O}", "by", kinds[row_of(groups->kind)].by, "rows", rows);
	return members ? envelope_print(cli, "report", members) : cli_no_memory();
}

enum { NAME, CONNECTED, DROPS, RATE, SURVIVES, GRADE, SESSIONS };
#define NARROW	  118 /* below that there is no SESSIONS */
#define NAME_FITS 12  /* … and a longer name is printed in full below its row */

static bool
is_narrow(const struct cli *cli)
{
	return cli->style.width > 0 && cli->style.width < NARROW;
}

static void
fill_row(const struct cli *cli, struct table *table, const struct report_group *group,
	 double job_hours)
{
	struct numbers numbers = group_numbers(group, job_hours);
	struct libscols_line *row = table_row(table, NULL);
	char text[2 * FORMAT_MAX], clean[LS_COMPONENT_NAME_MAX], title[WORDS_MAX];

	sanitize_text(clean, sizeof(clean), group->shown, cli->style.utf8);
	table_cell(table, row, NAME, TONE_STRONG, clean);
	table_cell(table, row, CONNECTED, TONE_PLAIN, format_duration(text, group->hours * 3600));
	snprintf(text, sizeof(text), "%" PRId64, group->drops);
	table_cell(table, row, DROPS, group->drops > 0 ? TONE_BAD : TONE_PLAIN, text);
	table_cell(table, row, RATE, TONE_PLAIN, numbers_rate(text, &cli->style, &numbers));
	table_cell(table, row, SURVIVES, TONE_PLAIN, numbers_survival(text, &cli->style, &numbers));
	table_cell(table, row, GRADE, TONE_PLAIN, numbers.grade);
	if (!is_narrow(cli)) {
		snprintf(text, sizeof(text), "%" PRId64, group->sessions);
		table_cell(table, row, SESSIONS, TONE_PLAIN, text);
	} else if (strlen(clean) > NAME_FITS) {
		ls_text_format(title, sizeof(title), "       %s", clean);
		table_title(table, table_row(table, NULL), title);
	}
}

static int
put_text(const struct cli *cli, const struct report_groups *groups, double job_hours)
{
	char job[FORMAT_MAX], survives[FORMAT_MAX + 16], span[WORDS_MAX];
	const struct table_column columns[] = {
		{ kinds[row_of(groups->kind)].heading, TABLE_CUT },
		{ "CONNECTED", TABLE_RIGHT },
		{ "DROPS", TABLE_RIGHT },
		{ "DROPS/H (90 %)", TABLE_RIGHT },
		{ survives, TABLE_RIGHT },
		{ "GRADE", TABLE_RIGHT },
		{ "SESSIONS", TABLE_RIGHT },
	};
	ls_auto(table) *table = NULL;
	int64_t drops = 0;

	snprintf(survives, sizeof(survives), "%s JOB", numbers_job_name(job, job_hours));
	for (char *p = survives; *p; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	for (size_t i = 0; i < groups->all.n; i++)
		drops += ((const struct report_group *)groups->all.items[i])->drops;
	words_span(span, cli);
	if (groups->all.n == 0)
		render_sentence(&cli->style, TONE_PLAIN, 0,
				"Nothing was plugged in, so there is nothing to say, %s.", span);
	else
		render_sentence(&cli->style, drops > 0 ? TONE_BAD : TONE_GOOD, 0,
				"By %s, the worst first, %s.", kinds[row_of(groups->kind)].by,
				span);
	if (table_new(&cli->style, columns, is_narrow(cli) ? SESSIONS : LS_COUNT(columns), &table) <
	    0)
		return cli_no_memory();
	for (size_t i = 0; i < groups->all.n; i++)
		fill_row(cli, table, groups->all.items[i], job_hours);
	if (table_print(table) < 0)
		return cli_no_memory();
	if (groups->all.n > 0)
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"Who took part when it dropped is not to blame for that alone. "
				"What the swaps say: linkstat diagnose");
	return CLI_FINE;
}

static int
verdict(const struct report_groups *groups)
{
	for (size_t i = 0; i < groups->all.n; i++) {
		const struct report_group *group = groups->all.items[i];

		if (group->drops > 0)
			return CLI_PROBLEM;
	}
	return CLI_FINE;
}

int
report_groups_run(const struct cli *cli, enum ls_component_kind kind, double asked_hours)
{
	struct report_groups groups = { 0 };
	double job_hours = 0;
	int r = report_groups_ask(cli, kind, &groups);

	if (r == CLI_FINE)
		r = numbers_job_hours(cli, asked_hours, &job_hours);
	if (r == CLI_FINE)
		r = cli->json ? put_json(cli, &groups, job_hours)
			      : put_text(cli, &groups, job_hours);
	if (r == CLI_FINE)
		r = verdict(&groups);
	report_groups_done(&groups);
	return r;
}
