#include "cli/commands/status.h"

#include <inttypes.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/tree.h"
#include "cli/print/words.h"
#include "lib/base/text.h"

#define DAY_US INT64_C(86400000000)

struct summary {
	int64_t n_devices, n_away, n_drops, n_dropped_ports, n_unavailable;
	const json_t *away; /* one of them */
};

static const struct table_column columns[] = {
	{ "PORT", TABLE_TREE },	      { "LABEL", 0 },
	{ "DEVICE", TABLE_CUT },      { "SPEED", TABLE_RIGHT },
	{ "CONNECTED", TABLE_RIGHT }, { "STATE", 0 },
};
enum { PORT, LABEL, DEVICE, SPEED, CONNECTED, STATE };

static bool
is_state(const json_t *port, const char *state)
{
	return strcmp(field_text(port, "state"), state) == 0;
}

static struct summary
summarise(const json_t *reply)
{
	struct summary sum = { 0 };
	const json_t *item;
	size_t i;

	json_array_foreach(field_list(reply, "ports"), i, item)
	{
		sum.n_devices += field_has(item, "device") && !is_state(item, "dropped");
		sum.n_drops += field_int(item, "drops");
		sum.n_dropped_ports += field_int(item, "drops") > 0;
		if (!is_state(item, "dropped"))
			continue;
		sum.n_away++;
		sum.away = item;
	}
	json_array_foreach(field_list(reply, "sources"), i, item)
	{
		sum.n_unavailable += !field_flag(item, "sees");
	}
	return sum;
}

/* Also of a port whose hub may have been removed since. */
static bool
dropped_lately(const json_t *reply)
{
	int64_t at_us, now_us;

	return field_time(field_object(reply, "last_drop"), "opened_at", &at_us) == 1 &&
	       field_time(reply, "now", &now_us) == 1 && at_us > now_us - DAY_US;
}

int
status_exit_code(const json_t *reply)
{
	struct summary sum = summarise(reply);

	return sum.n_away > 0 || sum.n_drops > 0 || dropped_lately(reply) ? CLI_PROBLEM : CLI_FINE;
}

static void
put_summary(const struct cli *cli, const json_t *reply)
{
	struct summary sum = summarise(reply);
	char port[WORDS_MAX], device[WORDS_MAX], n[FORMAT_MAX], ports[FORMAT_MAX];
	const char *name;

	if (sum.n_away == 1) {
		name = words_device(device, field_object(sum.away, "device"));
		render_sentence(&cli->style, TONE_WARN, 0,
				"A device is away right now, and may come back: %s%s%s.",
				words_port(port, sum.away), *name ? ", " : "", name);
	} else if (sum.n_away > 1) {
		render_sentence(&cli->style, TONE_WARN, 0,
				"%" PRId64 " devices are away right now, and may come back.",
				sum.n_away);
	}
	if (sum.n_drops > 0)
		render_sentence(&cli->style, TONE_BAD, 0, "%s in the last 24 hours, on %s.",
				format_count(n, sum.n_drops, "drop", "drops"),
				format_count(ports, sum.n_dropped_ports, "port", "ports"));
	else if (sum.n_away == 0 && dropped_lately(reply))
		render_sentence(&cli->style, TONE_BAD, 0, "A link dropped in the last 24 hours.");
	else if (sum.n_away == 0 && sum.n_unavailable > 0)
		render_sentence(&cli->style, TONE_WARN, 0,
				"No drop was seen in the last 24 hours, but not all was watched "
				"(see below).");
	else if (sum.n_away == 0)
		render_sentence(&cli->style, TONE_GOOD, 0, "No drops in the last 24 hours; %s.",
				format_count(n, sum.n_devices, "device is plugged in",
					     "devices are plugged in"));
}

static void
put_watching(const struct cli *cli, const json_t *reply)
{
	size_t n_sources = json_array_size(field_list(reply, "sources"));
	struct summary sum = summarise(reply);
	char since[FORMAT_MAX], text[WORDS_MAX];
	int64_t since_us;

	field_time(reply, "watching_since", &since_us);
	render_sentence(&cli->style, TONE_PLAIN, 0,
			"Watching since %s; %" PRId64 " of %zu sources see.",
			format_time(since, since_us, cli->now_us),
			(int64_t)n_sources - sum.n_unavailable, n_sources);
	if (field_has(reply, "imported"))
		render_sentence(&cli->style, TONE_DIM, 0, "%s",
				words_imported(text, cli, field_object(reply, "imported")));
}

/* What a bug report needs. */
static void
put_computer(const struct cli *cli, const json_t *reply)
{
	const json_t *computer = field_object(reply, "computer");
	const char *model = field_text(computer, "model"), *bios = field_text(computer, "bios");

	if (computer)
		render_sentence(&cli->style, TONE_DIM, 0, "%s%s%s%s%s.",
				field_text(computer, "kernel"), *model ? "; " : "", model,
				*bios ? "; BIOS " : "", bios);
}

static void
fill_state(struct table *table, struct libscols_line *row, const json_t *port)
{
	int64_t drops = field_int(port, "drops");
	char n[FORMAT_MAX], text[WORDS_MAX];

	format_count(n, drops, "drop", "drops");
	if (is_state(port, "dropped")) {
		ls_text_format(text, sizeof(text), drops > 0 ? "away, %s" : "away", n);
		table_cell(table, row, STATE, TONE_WARN, text);
	} else if (drops > 0) {
		ls_text_format(text, sizeof(text), "%s, %s", field_text(port, "state"), n);
		table_cell(table, row, STATE, TONE_BAD, text);
	} else {
		table_cell(table, row, STATE, is_state(port, "ok") ? TONE_GOOD : TONE_PLAIN,
			   field_text(port, "state"));
	}
}

static void
fill_row(const struct cli *cli, struct table *table, struct libscols_line *row, const json_t *port,
	 int64_t now_us)
{
	const json_t *device = field_object(port, "device");
	const char *name = field_text(port, "name");
	char text[WORDS_MAX], name_text[WORDS_MAX], cable[WORDS_MAX], since[FORMAT_MAX];
	int64_t connected_us;

	/* The blank separates it from its branch. */
	ls_text_format(text, sizeof(text), " %s", *name ? name : field_text(port, "port"));
	table_cell(table, row, PORT, TONE_PLAIN, text);
	table_cell(table, row, LABEL, TONE_STRONG, field_text(port, "label"));
	ls_text_format(text, sizeof(text), "%s%s",
		       device ? words_device(name_text, device) : cli->style.dash,
		       words_cable(cable, port));
	table_cell(table, row, DEVICE, TONE_PLAIN, text);
	table_cell(table, row, SPEED, TONE_PLAIN, field_text(device, "speed"));
	if (field_time(port, "connected_at", &connected_us))
		table_cell(table, row, CONNECTED, TONE_PLAIN,
			   format_duration(since, (double)(now_us - connected_us) / 1e6));
	fill_state(table, row, port);
}

/* Ports without anything to show: they would hide the others. */
static bool
is_idle(const struct tree_node *node)
{
	return is_state(node->port, "empty") && !field_has(node->port, "label") &&
	       !field_has(node->port, "device") && field_int(node->port, "drops") == 0 &&
	       node->first_child == TREE_NONE;
}

struct drawing {
	const struct cli *cli;
	const struct tree *tree;
	struct table *table;
	int64_t now_us;
};

static void
draw_node(const struct drawing *drawing, size_t i, struct libscols_line *parent)
{
	const struct tree_node *node = &drawing->tree->nodes[i];
	struct libscols_line *row;

	if (is_idle(node))
		return;
	row = table_row(drawing->table, parent);
	fill_row(drawing->cli, drawing->table, row, node->port, drawing->now_us);
	for (size_t child = node->first_child; child != TREE_NONE;
	     child = drawing->tree->nodes[child].next)
		draw_node(drawing, child, row);
}

/* @controller NULL: of none of @controllers. */
static bool
is_below(const json_t *port, const json_t *controller, const json_t *controllers)
{
	const char *id_path = field_text(port, "port");
	const char *prefix = field_text(controller, "port");
	const json_t *other;
	size_t i;

	if (controller)
		return strncmp(id_path, prefix, strlen(prefix)) == 0 &&
		       (id_path[strlen(prefix)] == '\0' ||
			strncmp(id_path + strlen(prefix), "-usb", 4) == 0);
	json_array_foreach(controllers, i, other)
	{
		if (is_below(port, other, NULL))
			return false;
	}
	return true;
}

/* The row of a root hub is the title of its controller. */
static bool
is_root_hub(const json_t *port)
{
	return strncmp(field_text(port, "name"), "usb", 3) == 0;
}

static void
draw_controller(const struct drawing *drawing, const json_t *controller, const json_t *controllers)
{
	const struct tree *tree = drawing->tree;
	struct libscols_line *title = NULL;
	char text[WORDS_MAX] = "Other ports";

	if (controller)
		ls_text_format(text, sizeof(text), "%s (%s)", field_text(controller, "description"),
			       field_text(controller, "port"));
	for (size_t i = 0; i < tree->n_nodes; i++) {
		const struct tree_node *node = &tree->nodes[i];
		bool top = node->parent == TREE_NONE || is_root_hub(tree->nodes[node->parent].port);

		if (!top || is_root_hub(node->port) || is_idle(node) ||
		    !is_below(node->port, controller, controllers))
			continue;
		if (!title) {
			title = table_row(drawing->table, NULL);
			table_title(drawing->table, title, text);
		}
		draw_node(drawing, i, title);
	}
}

static int
put_tree(const struct cli *cli, const json_t *reply)
{
	const json_t *controllers = field_list(reply, "controllers"), *controller;
	struct drawing drawing = { .cli = cli };
	ls_auto(tree) *tree = NULL;
	ls_auto(table) *table = NULL;
	size_t i;

	if (tree_new(field_list(reply, "ports"), &tree) < 0 ||
	    table_new(&cli->style, columns, LS_COUNT(columns), &table) < 0)
		return cli_no_memory();
	drawing.tree = tree;
	drawing.table = table;
	field_time(reply, "now", &drawing.now_us);
	json_array_foreach(controllers, i, controller)
	{
		draw_controller(&drawing, controller, controllers);
	}
	draw_controller(&drawing, NULL, controllers);
	return table_print(table) < 0 ? cli_no_memory() : CLI_FINE;
}

static void
put_idle(const struct cli *cli, const json_t *reply)
{
	size_t n_ports = json_array_size(field_list(reply, "ports"));
	size_t n_idle = 0, len = 0, i;
	char names[WORDS_MAX] = "";
	const json_t *port;

	json_array_foreach(field_list(reply, "ports"), i, port)
	{
		const char *name = field_text(port, "name");

		if (!is_idle(&(struct tree_node){ .port = port, .first_child = TREE_NONE }) ||
		    is_root_hub(port))
			continue;
		n_idle++;
		if (len + strlen(name) + 8 < 200) /* enough to identify it */
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
						len > 0 ? ", " : "", name);
		else if (names[len - 1] != '.')
			len += (size_t)snprintf(names + len, sizeof(names) - len, ", ...");
	}
	if (n_ports == 0)
		render_sentence(&cli->style, TONE_PLAIN, 2, "Nothing is plugged in.");
	if (n_idle > 0 && n_idle <= n_ports)
		render_sentence(&cli->style, TONE_DIM, 2, "Nothing plugged into %s.", names);
}

static void
put_unavailable(const struct cli *cli, const json_t *reply)
{
	const char *trouble = field_text(reply, "history_trouble"), *detail;
	const json_t *source;
	size_t i;

	json_array_foreach(field_list(reply, "sources"), i, source)
	{
		if (field_flag(source, "sees"))
			continue;
		detail = field_text(source, "detail");
		render_sentence(&cli->style, TONE_WARN, 2, "Blind: %s: %s%s",
				words_source(field_text(source, "name")), detail,
				words_stop(detail));
		if (field_has(source, "fix")) /* not wrapped: the user copies it */
			fprintf(cli->style.out, "  Fix: %s\n", field_text(source, "fix"));
	}
	if (*trouble)
		render_sentence(&cli->style, TONE_WARN, 2, "History: %s%s", trouble,
				words_stop(trouble));
}

static void
put_last_drop(const struct cli *cli, const json_t *reply)
{
	const json_t *drop = field_object(reply, "last_drop");
	char at[FORMAT_MAX], sure[WORDS_MAX], port[WORDS_MAX], device[WORDS_MAX], what[WORDS_MAX];
	const char *name = words_device(device, field_object(drop, "device"));
	int64_t at_us;

	if (!field_time(drop, "opened_at", &at_us))
		return;
	words_sure(sure, drop);
	render_sentence(&cli->style, TONE_PLAIN, 2,
			"Last drop: %s on %s%s%s: %s%s%s. See: linkstat show %" PRId64,
			format_time(at, at_us, cli->now_us), words_port(port, drop),
			*name ? ", " : "", name, words_what(what, drop), *sure ? ", " : "", sure,
			field_int(drop, "id"));
}

static int
run(const struct cli *cli, const void *options)
{
	ls_json_auto json_t *reply = NULL;
	int r = ask_once(cli, "io.linkstat.Status", NULL, &reply);

	(void)options;
	if (r != CLI_FINE)
		return r;
	if (cli->json) {
		r = envelope_print(cli, "status", reply);
		return r == CLI_FINE ? status_exit_code(reply) : r;
	}
	put_summary(cli, reply);
	put_watching(cli, reply);
	put_computer(cli, reply);
	r = put_tree(cli, reply);
	if (r != CLI_FINE)
		return r;
	put_idle(cli, reply);
	put_unavailable(cli, reply);
	put_last_drop(cli, reply);
	return status_exit_code(reply);
}

static const struct command_option options[] = {
	OPTION_JSON,
	{ 0 },
};

const struct command command_status = {
	.name = "status",
	.is_default = true,
	.summary = "what is plugged in now, and the last drop",
	.options = options,
	.run = run,
};
