#include "cli/diagnose/read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask/ask.h"
#include "cli/base/sanitize.h"
#include "cli/base/field.h"
#include "lib/wire/session_json.h"
#include "lib/wire/session_table.h"

#define PIECE_BYTES   16384
#define FILE_NAME_MAX 4096

struct reader {
	struct histories *histories;
	struct stays *stays;		  /* or NULL */
	struct histories_aliases aliases; /* of the row that is being added */
	int64_t since_us, until_us;
	uint64_t n_sessions; /* of the row, where it is a sum; else 0 */
	uint64_t n_undated;  /* only if a span is requested */
};

static int
on_row(const struct ls_trial *trial, void *user)
{
	struct reader *reader = user;
	struct ls_trial sum = *trial;

	if (trial->start_us < reader->since_us || trial->start_us > reader->until_us) {
		reader->n_undated += trial->start_us == 0;
		return 0;
	}
	if (reader->stays)
		stays_add(reader->stays, trial);
	sum.n_sessions = (uint32_t)reader->n_sessions;
	return histories_add(reader->histories, &sum, &reader->aliases);
}

/* Reports an error in the sessions of @name, at @line unless that is 0. */
static int
complain(const char *name, uint64_t line, int error, const char *why)
{
	char place[FILE_NAME_MAX + 32];

	snprintf(place, sizeof(place), line ? "%s:%" PRIu64 : "%s", name, line);
	if (error == -ENOMEM)
		return cli_no_memory();
	if (error == -ENOSPC)
		cli_complain("%s: there are too many different parts: %d parts in %d combinations "
			     "are allowed.\nGive fewer or smaller tables.",
			     place, LS_MAX_COMPONENTS, LS_MAX_COMBINATIONS);
	else
		cli_complain("%s: %s.", place, why);
	return CLI_USAGE;
}

static int
read_stream(FILE *file, const char *name, struct ls_session_table *table)
{
	char piece[PIECE_BYTES];
	size_t n;
	int r = 0;

	while (r == 0 && (n = fread(piece, 1, sizeof(piece), file)) > 0)
		r = ls_session_table_feed(table, piece, n);
	if (r == 0 && ferror(file)) {
		cli_complain("%s cannot be read: %s.", name, strerror(errno));
		return CLI_USAGE;
	}
	if (r == 0)
		r = ls_session_table_end(table);
	if (r == 0)
		return CLI_FINE;
	return complain(name, ls_session_table_line(table), r, ls_session_table_why(table));
}

/* Warns about unknown columns, which may be misspelt. */
static void
note_ignored(const char *name, const struct ls_session_table *table)
{
	const char *ignored = ls_session_table_ignored(table);

	if (*ignored)
		cli_complain("%s: columns that are not known here are ignored: %s.", name, ignored);
}

static int
read_table(const struct cli *cli, FILE *file, const char *name, struct sessions_read *ret)
{
	struct reader reader = {
		.histories = ret->histories,
		.stays = ret->stays,
		.since_us = cli->since.set ? cli->since.real_us : 0,
		.until_us = cli->until.set ? cli->until.real_us : INT64_MAX,
	};
	ls_auto(ls_session_table) *table = NULL;
	int r;

	if (cli->until.set && reader.since_us == 0)
		reader.since_us = 1; /* 0 is unknown */
	if (ls_session_table_new(on_row, &reader, &table) < 0)
		return cli_no_memory();
	r = read_stream(file, name, table);
	if (r == CLI_FINE)
		note_ignored(name, table);
	ret->n_left_out += ls_session_table_counts(table).n_left_out + reader.n_undated;
	return r;
}

static int
read_file(const struct cli *cli, const char *path, struct sessions_read *ret)
{
	bool is_stdin = strcmp(path, "-") == 0;
	char name[FILE_NAME_MAX];
	FILE *file;
	int r;

	sanitize_text(name, sizeof(name), is_stdin ? "standard input" : path, cli->style.utf8);
	if (is_stdin && isatty(STDIN_FILENO)) {
		cli_complain("standard input is a terminal; give a table of sessions by a pipe, or "
			     "name a file.");
		return CLI_USAGE;
	}
	file = is_stdin ? stdin : fopen(path, "re");
	if (!file) {
		cli_complain("%s cannot be opened: %s.\n"
			     "What follows --sessions are files; a port or device goes before it.",
			     name, strerror(errno));
		return CLI_USAGE;
	}
	r = read_table(cli, file, name, ret);
	if (!is_stdin)
		fclose(file);
	return r;
}

int
diagnose_read_files(const struct cli *cli, const struct diagnose_request *request,
		    struct sessions_read *ret)
{
	int r = CLI_FINE;

	for (int i = 0; r == CLI_FINE && i < request->n_files; i++)
		r = read_file(cli, request->files[i], ret);
	return r;
}

struct answer {
	struct reader reader;
	uint64_t n_left_out;
};

struct names {
	char port[LS_COMPONENT_NAME_MAX], too[LS_COMPONENT_NAME_MAX], device[LS_COMPONENT_NAME_MAX];
	struct histories_aliases aliases; /* into these */
};

/* A port is shown by its label, if it has one. */
static void
take_aliases(const json_t *session, struct names *ret)
{
	const char *label = field_text(session, "label"), *name = field_text(session, "name");

	sanitize_text(ret->port, sizeof(ret->port), *label ? label : name, true);
	sanitize_text(ret->too, sizeof(ret->too), name, true);
	sanitize_text(ret->device, sizeof(ret->device), field_text(session, "product"), true);
	ret->aliases = (struct histories_aliases){
		.port = ret->port,
		.port_too = ret->too,
		.device = ret->device,
	};
}

static int
on_sum(const json_t *sum, void *user)
{
	struct answer *answer = user;
	char why[LS_SESSION_WHY_MAX] = "a row makes no sense";
	struct names names;
	int r;

	take_aliases(sum, &names);
	answer->reader.aliases = names.aliases;
	answer->reader.n_sessions = (uint64_t)field_int(sum, "sessions");
	r = ls_session_from_json(sum, on_row, &answer->reader, why);
	if (r < 0)
		return complain("sessions of linkstatd", 0, r, why);
	answer->n_left_out += r == 0;
	return CLI_FINE;
}

int
diagnose_ask(const struct cli *cli, struct histories *histories, uint64_t *ret_left_out)
{
	static const struct ask_list list = {
		.method = "io.linkstat.SumSessions",
		.member = "sums",
	};
	struct answer answer = { .reader = { .histories = histories, .until_us = INT64_MAX } };
	struct query query = cli_query(cli); /* all ports: the analysis compares them */
	int r;

	r = ask_items(cli, &query, &list, on_sum, &answer);
	*ret_left_out = answer.n_left_out;
	return r;
}
