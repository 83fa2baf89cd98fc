/* linkstat export --sessions: all sessions as a table for other computers and programs. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/base/command.h"
#include "cli/base/field.h"
#include "lib/wire/session_json.h"
#include "lib/base/text.h"
#include "lib/wire/session_write.h"

struct export_options {
	bool sessions;
};

struct export
{
	const struct cli *cli;
	bool has_header;
	uint64_t n_unfit;
};

/* Two computers may have the same name: add the machine id. */
static json_t *
with_host(const json_t *session)
{
	const char *host = field_text(session, "host"), *id = field_text(session, "host_id");
	ls_json_auto json_t *copy = json_copy((json_t *)(uintptr_t)session);
	char name[LS_COMPONENT_NAME_MAX];

	if (*id)
		ls_text_format(name, sizeof(name), "%s (%.8s)", host, id);
	else
		ls_text_copy(name, sizeof(name), host);
	if (json_object_set_new(copy, "host", json_string(name)) < 0)
		return NULL;
	return json_incref(copy);
}

static int
on_row(const struct ls_trial *trial, void *user)
{
	struct export *export = user;
	char row[LS_SESSION_ROW_MAX];

	if (export->cli->json) {
		ls_json_auto json_t *object = ls_session_json(trial);

		if (!object || json_dumpf(object, export->cli->style.out, LS_WIRE_DUMP) < 0)
			return -ENOMEM;
		fputc('\n', export->cli->style.out);
	} else if (ls_session_write(trial, row) == 1) {
		fputs(row, export->cli->style.out);
	} else {
		export->n_unfit++;
	}
	return 1;
}

/* Not printed before linkstatd has answered. */
static void
put_header(struct export *export)
{
	if (!export->cli->json && !export->has_header)
		fputs(ls_session_header, export->cli->style.out);
	export->has_header = true;
}

static int
on_session(const json_t *session, void *user)
{
	struct export *export = user;
	char why[LS_SESSION_WHY_MAX] = "";
	ls_json_auto json_t *row = with_host(session);
	int r;

	put_header(export);
	r = row ? ls_session_from_json(row, on_row, export, why) : -ENOMEM;
	if (r == -ENOMEM)
		return cli_no_memory();
	if (r < 0) {
		cli_complain("session %" PRId64 " of linkstatd makes no sense: %s.",
			     field_int(session, "id"), why);
		return CLI_UNREACHABLE;
	}
	return CLI_FINE;
}

static int
run(const struct cli *cli, const void *options)
{
	static const struct ask_list list = { "io.linkstat.ListSessions", "sessions" };
	const struct export_options *opts = options;
	struct export export = { .cli = cli };
	struct query query = cli_query_ports(cli);
	struct cli raw = *cli;
	int r;

	if (!opts->sessions) {
		cli_complain("what is to be exported? Sessions: linkstat export --sessions");
		return CLI_USAGE;
	}
	raw.style.utf8 = true; /* the output is a file, so keep UTF-8 */
	r = ask_items(&raw, &query, &list, on_session, &export);
	if (r == CLI_FINE)
		put_header(&export);
	if (r == CLI_FINE && export.n_unfit > 0) {
		cli_complain("%" PRIu64 " sessions were left out: a name in them is too long.",
			     export.n_unfit);
		return CLI_UNREACHABLE;
	}
	return r;
}

static const struct command_option options[] = {
	{ .name = "sessions", OPTION_MEMBER(export_options, sessions), .required = true },
	OPTIONS_SPAN,
	OPTION_JSON,
	{ 0 },
};

const struct command command_export = {
	.name = "export",
	.arguments = "[PORT...]",
	.max_args = -1,
	.summary = "all sessions as a table, for diagnose on any computer",
	.example = "export --sessions",
	.complete = COMPLETE_PORTS,
	.options = options,
	.options_size = sizeof(struct export_options),
	.run = run,
};
