#include "cli/diagnose/diagnose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/sanitize.h"
#include "cli/base/command.h"
#include "cli/diagnose/json.h"
#include "cli/diagnose/next.h"
#include "cli/diagnose/text.h"
#include "cli/diagnose/patterns.h"
#include "cli/diagnose/read.h"
#include "cli/diagnose/priors.h"
#include "lib/base/text.h"

#define NAMES_SHOWN 12

static int
read_priors(const char *text, struct ls_blame_priors *ret)
{
	char why[PRIORS_WHY_MAX];

	ls_blame_priors_default(ret);
	if (!text || priors_parse(text, ret, why) > 0)
		return CLI_FINE;
	cli_complain("--priors: %s.", why);
	return CLI_USAGE;
}

static void
list_names(const struct histories *histories, enum ls_component_kind kind, char *list, size_t size)
{
	char name[HISTORIES_NAME_MAX];
	size_t len = 0;

	ls_text_format(list, size, "none");
	for (size_t i = 0; i < NAMES_SHOWN && histories_part(histories, kind, i, name); i++) {
		ls_text_format(list + len, size - len, "%s\"%s\"", len ? ", " : "", name);
		len += strlen(list + len);
	}
	if (histories_part(histories, kind, NAMES_SHOWN, name))
		ls_text_format(list + len, size - len, " and more");
}

static int
complain_focus(const struct histories *histories, const char *focus)
{
	char ports[2048], devices[2048];

	list_names(histories, LS_COMPONENT_PORT, ports, sizeof(ports));
	list_names(histories, LS_COMPONENT_DEVICE, devices, sizeof(devices));
	cli_complain("these sessions know no port or device \"%s\".\n"
		     "Ports: %s.\nDevices: %s.",
		     focus, ports, devices);
	return CLI_USAGE;
}

static int
get_trials(const struct cli *cli, struct diagnosis *diagnosis, struct histories *histories,
	   const struct ls_trials **ret)
{
	char focus[HISTORIES_NAME_MAX];
	int r;

	r = histories_trials(histories, diagnosis->focus, ret);
	diagnosis->n_known = histories_n_rows(histories);
	diagnosis->n_sessions = histories_n_taken(histories);
	if (r > 0)
		return CLI_FINE;
	if (r == 0) {
		sanitize_text(focus, sizeof(focus), diagnosis->focus, cli->style.utf8);
		return complain_focus(histories, focus);
	}
	if (r == -ENOMEM)
		return cli_no_memory();
	cli_complain("there are too many different parts: %d parts in %d combinations are "
		     "allowed.\nAsk for less with --since and --until.",
		     LS_MAX_COMPONENTS, LS_MAX_COMBINATIONS);
	return CLI_USAGE;
}

static int
print(const struct cli *cli, const struct diagnosis *diagnosis, void *user)
{
	int r = CLI_FINE;

	(void)user;
	if (cli->json) {
		r = diagnose_print_json(cli, diagnosis);
	} else {
		diagnose_print_answer(cli, diagnosis);
		diagnose_print_evidence(cli, diagnosis);
		diagnose_print_next(cli, diagnosis);
		diagnose_print_notes(cli, diagnosis);
	}
	if (r != CLI_FINE)
		return r;
	return ls_blame_accuses(diagnosis->blame) ? CLI_PROBLEM : CLI_FINE;
}

/* Without sessions there is nothing to conclude. */
static int
conclude(const struct diagnosis *diagnosis, const struct ls_trials *trials,
	 const struct ls_blame_priors *priors, struct ls_blame *blame, struct ls_swap *swap)
{
	int r;

	blame->verdict = LS_VERDICT_NOT_ENOUGH_DATA;
	swap->get = LS_N_COMPONENT_KINDS;
	if (diagnosis->n_sessions == 0)
		return 0;
	r = ls_blame_decide(trials, priors, blame);
	return r < 0 ? r : ls_swap_advise(trials, priors, swap);
}

/* What is diagnosed, and the callback for the result. */
struct listener {
	const struct stays *stays; /* of tables; NULL: linkstatd has them */
	diagnose_fn show;
	void *user;
};

static int
decide(const struct cli *cli, const struct ls_trials *trials, const struct ls_blame_priors *priors,
       struct diagnosis *diagnosis, const struct listener *listener)
{
	struct ls_blame *blame = calloc(1, sizeof(*blame));
	struct ls_swap *swap = calloc(1, sizeof(*swap));
	int r = blame && swap ? 0 : -ENOMEM;

	if (r == 0)
		r = conclude(diagnosis, trials, priors, blame, swap);
	diagnosis->blame = blame;
	diagnosis->swap = swap;
	if (r == -ENOMEM) {
		r = cli_no_memory();
	} else if (r < 0) {
		cli_complain("--priors: no verdict is possible with these.");
		r = CLI_USAGE;
	} else {
		if (blame->drops > 0)
			r = listener->stays ? diagnose_table_patterns(diagnosis, listener->stays)
					    : diagnose_find_patterns(cli, diagnosis);
		r = r == CLI_FINE ? listener->show(cli, diagnosis, listener->user) : r;
	}
	free(blame);
	free(swap);
	return r;
}

static int
read_tables(const struct cli *cli, const struct diagnose_request *request,
	    struct histories *histories, struct sessions_read *ret)
{
	ret->histories = histories;
	ret->stays = calloc(1, sizeof(*ret->stays));
	return ret->stays ? diagnose_read_files(cli, request, ret) : cli_no_memory();
}

int
diagnose_with(const struct cli *cli, const struct diagnose_request *request, diagnose_fn show,
	      void *user)
{
	struct sessions_read sessions = { 0 };
	struct listener listener = { NULL, show, user };
	ls_auto(histories) *histories = NULL;
	const struct ls_trials *trials;
	struct diagnosis diagnosis = { .focus = request->focus };
	struct ls_blame_priors priors;
	int r = read_priors(request->priors, &priors);

	if (r != CLI_FINE)
		return r;
	if (histories_new(&histories) < 0)
		return cli_no_memory();
	diagnosis.histories = histories;
	if (request->n_files > 0)
		r = read_tables(cli, request, histories, &sessions);
	else
		r = diagnose_ask(cli, histories, &diagnosis.n_left_out);
	if (r == CLI_FINE)
		r = get_trials(cli, &diagnosis, histories, &trials);
	diagnosis.n_left_out += sessions.n_left_out;
	listener.stays = sessions.stays;
	if (r == CLI_FINE)
		r = decide(cli, trials, &priors, &diagnosis, &listener);
	free(sessions.stays);
	return r;
}

struct diagnose_options {
	struct option_words files;
	const char *priors;
};

static int
run(const struct cli *cli, const void *options)
{
	const struct diagnose_options *asked = options;
	const struct diagnose_request request = {
		.focus = cli->n_args > 0 ? cli->args[0] : NULL,
		.files = asked->files.all,
		.n_files = asked->files.n,
		.priors = asked->priors,
	};

	return diagnose_with(cli, &request, print, NULL);
}

static const struct command_option options[] = {
	{ .name = "sessions",
	  .value = "FILE...",
	  OPTION_MEMBER(diagnose_options, files),
	  .many = true,
	  .help = "for diagnose: tables of sessions, of one or more computers",
	  .complete = COMPLETE_FILES },
	{ .name = "priors", .value = "KEY=NUMBER,...", OPTION_MEMBER(diagnose_options, priors) },
	OPTIONS_SPAN,
	OPTION_JSON,
	{ 0 },
};

const struct command command_diagnose = {
	.name = "diagnose",
	.arguments = "[PORT|DEVICE]",
	.max_args = 1,
	.summary = "which part is most likely at fault, and what to swap next",
	.complete = COMPLETE_PORTS,
	.options = options,
	.options_size = sizeof(struct diagnose_options),
	.run = run,
};
