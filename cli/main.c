#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/base/clean.h"
#include "cli/base/cli.h"
#include "cli/base/command.h"
#include "cli/options.h"
#include "cli/print/envelope.h"
#include "cli/base/when.h"

#ifndef LINKSTAT_VERSION
#define LINKSTAT_VERSION "unknown"
#endif
#define SOCKET_DEFAULT "/run/linkstat/io.linkstat"

static int help_run(const struct cli *cli);
static int version_run(const struct cli *cli);

static const struct command {
	const char *name;
	int (*run)(const struct cli *cli);
	int min_args, max_args; /* < 0: any number */
	bool takes_span;
	const char *usage;
} commands[] = {
	{ "status", status_run, 0, 0, false, "linkstat [--json]" },
	{ "report", report_run, 0, -1, true,
	  "linkstat report [PORT...] [--since TIME] [--until TIME] [--by "
	  "cable|device|hub|host|port] "
	  "[--for DURATION] [--html FILE] [--transfers] [--redact] [--json]" },
	{ "log", log_run, 0, -1, true,
	  "linkstat log [PORT...] [--since TIME] [--until TIME] [--json]" },
	{ "check", check_run, 0, 1, false, "linkstat check [PORT] [--for DURATION] [--json]" },
	{ "incidents", incidents_run, 0, -1, true,
	  "linkstat incidents [PORT...] [--since TIME] [--until TIME] [--json]" },
	{ "show", show_run, 1, 1, false, "linkstat show ID [--transfers] [--pcap FILE] [--json]" },
	{ "watch", watch_run, 0, 0, false, "linkstat watch [--json]" },
	{ "top", top_run, 0, 0, false, "linkstat top [-d SECONDS] [-n COUNT] [--json]" },
	{ "diagnose", diagnose_run, 0, 1, true,
	  "linkstat diagnose [PORT|DEVICE] [--sessions FILE...] [--priors KEY=NUMBER,...] "
	  "[--since TIME] [--until TIME] [--json]" },
	{ "analyze", analyze_run, 1, -1, false, "linkstat analyze FILE... [--json]" },
	{ "import", import_run, 0, 0, true,
	  "linkstat import --journal [--directory DIR|--file FILE] [--since TIME] [--until TIME] "
	  "[--dry-run] [--json]" },
	{ "cable", cable_run, 0, 2, false,
	  "linkstat cable [PORT LABEL] [--at TIME] [--correct] [--forget] [--json]" },
	{ "name", name_run, 0, 2, false, "linkstat name [PORT LABEL] [--forget] [--json]" },
	{ "run", job_run, 1, -1, false,
	  "linkstat run [--cable LABEL] [--port PORT] [--note TEXT] -- COMMAND..." },
	{ "export", export_run, 0, -1, true,
	  "linkstat export --sessions [PORT...] [--since TIME] [--until TIME] [--json]" },
	{ "jobs", jobs_run, 0, 0, true, "linkstat jobs [--since TIME] [--until TIME] [--json]" },
	{ "version", version_run, 0, 0, false, "linkstat version" },
	{ "help", help_run, 0, -1, false, "linkstat help" },
};

static const char help[] =
	"linkstat tells how stable the USB links of this computer are.\n"
	"\n"
	"  linkstat                what is plugged in now, and the last drop\n"
	"  linkstat report         drops, resets and errors of each port\n"
	"  linkstat check PORT     before a long job: is all fit for it, and what to mend first\n"
	"  linkstat incidents      what went wrong, one line each\n"
	"  linkstat show ID        one incident: the evidence, the cause, what to do next\n"
	"  linkstat log            every event, oldest first\n"
	"  linkstat watch          what happens from now on; end it with Ctrl-C\n"
	"  linkstat top            what moves on each device right now; q ends it\n"
	"  linkstat cable PORT LABEL   says which cable is plugged in there now\n"
	"  linkstat name PORT LABEL    names a socket: \"left front\"\n"
	"  linkstat run -- COMMAND     runs a command, and tells what the link did meanwhile\n"
	"  linkstat jobs           the commands that ran so, and how they went\n"
	"  linkstat diagnose       which part is most likely at fault, and what to swap next\n"
	"  linkstat export --sessions  all sessions as a table, for diagnose on any computer\n"
	"  linkstat import --journal   takes what the kernel said before linkstatd ran out of the "
	"journal\n"
	"  linkstat analyze FILE   what dropped and why, from a kernel log or a usbmon capture\n"
	"\n"
	"  --since TIME, --until TIME   for report, incidents and log: -1h, today, \"2026-11-22 "
	"14:00\"\n"
	"  --pcap FILE, --transfers     for show: the last transfers, as a capture, or all told\n"
	"  --by cable|device|hub|host   for report: these instead of ports\n"
	"  --html FILE                  for report: one page to look at, print and hand on\n"
	"  --redact                     no serial numbers, UDIDs or ECIDs, but names that stand "
	"for them\n"
	"  --transfers                  for report: how long transfers took, too\n"
	"  -d SECONDS, -n COUNT         for top: how long to measure, and how often\n"
	"  --at TIME, --correct, --forget   for cable: it is so since then; the last label was "
	"wrong; "
	"unknown\n"
	"  --cable LABEL, --port PORT, --note TEXT   for run\n"
	"  --sessions FILE...           for diagnose: tables of sessions, of one or more "
	"computers\n"
	"  --for DURATION               for check, report: how long the job takes (15 min)\n"
	"  --dry-run, --directory DIR, --file FILE   for import: only tell; another journal\n"
	"  --json                       the same as JSON, for programs\n"
	"  --socket PATH                where linkstatd listens (or set LINKSTAT_SOCKET)\n"
	"\n"
	"report, incidents and log take ports too: linkstat report 1-2\n"
	"Exit code: 0 fine, 1 a drop was found, 2 wrong usage, 3 linkstatd could not be asked.\n"
	"More: man linkstat\n";

static int
help_run(const struct cli *cli)
{
	fputs(help, cli->style.out);
	return CLI_FINE;
}

static int
version_run(const struct cli *cli)
{
	ls_json_auto json_t *version = json_string(LINKSTAT_VERSION);

	if (cli->json && version)
		return envelope_print_one(cli, "version", "client_version", version);
	fprintf(cli->style.out, "linkstat %s\n", LINKSTAT_VERSION);
	return CLI_FINE;
}

/* "status, report, …" */
static const char *
command_names(char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < LS_COUNT(commands) && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%s", i ? ", " : "",
					commands[i].name);
	return text;
}

static const struct command *
find_command(const char *name)
{
	char shown[120], names[400];

	for (size_t i = 0; i < LS_COUNT(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	clean_text(shown, sizeof(shown), name, true);
	cli_complain("there is no command \"%s\".\nThe commands are: %s. More: linkstat --help",
		     shown, command_names(names, sizeof(names)));
	return NULL;
}

/* The options of cable, name and run are for these alone. */
static bool
takes_ledger(const struct cli *cli, const struct command *command)
{
	const struct ledger_options *given = &cli->ledger;
	bool cable = command->run == cable_run, name = command->run == name_run;

	return ((!given->at.set && !given->correct) || cable) &&
	       (!given->forget || cable || name) &&
	       ((!given->cable && !given->port && !given->note) || command->run == job_run);
}

static bool
takes_import(const struct cli *cli, const struct command *command)
{
	const struct import_options *given = &cli->import;

	return command->run == import_run ||
	       (!given->journal && !given->dry_run && !given->directory && !given->file);
}

/* So are those of report; how long a job takes, check asks too. */
static bool
takes_report(const struct cli *cli, const struct command *command)
{
	bool report = command->run == report_run;

	return ((!cli->report.by && !cli->report.html) || report) &&
	       (!cli->job_hours_set || report || command->run == check_run);
}

static int
check_usage(const struct cli *cli, const struct command *command)
{
	if (cli->n_args < command->min_args ||
	    (command->max_args >= 0 && cli->n_args > command->max_args)) {
		cli_complain("\"%s\" has too %s arguments.\nUsage: %s", command->name,
			     cli->n_args < command->min_args ? "few" : "many", command->usage);
		return CLI_USAGE;
	}
	if (!command->takes_span && (cli->since.set || cli->until.set)) {
		cli_complain("\"%s\" does not take --since or --until.\nUsage: %s", command->name,
			     command->usage);
		return CLI_USAGE;
	}
	if ((command->run != show_run && cli->show.pcap) ||
	    (command->run != show_run && command->run != report_run && cli->show.all_transfers)) {
		cli_complain("\"%s\" does not take --%s.\nUsage: %s", command->name,
			     cli->show.pcap ? "pcap" : "transfers", command->usage);
		return CLI_USAGE;
	}
	if (command->run != top_run && (cli->top.count > 0 || cli->top.seconds > 0)) {
		cli_complain("\"%s\" does not take -d or -n.\nUsage: %s", command->name,
			     command->usage);
		return CLI_USAGE;
	}
	if (!takes_ledger(cli, command) || !takes_import(cli, command) ||
	    !takes_report(cli, command)) {
		cli_complain("\"%s\" does not take one of these options.\nUsage: %s", command->name,
			     command->usage);
		return CLI_USAGE;
	}
	if (command->run != diagnose_run && (cli->diagnose.n_files > 0 || cli->diagnose.priors)) {
		cli_complain("\"%s\" does not take --sessions or --priors.\nUsage: %s",
			     command->name, command->usage);
		return CLI_USAGE;
	}
	if (cli->since.set && cli->until.set && cli->since.real_us > cli->until.real_us) {
		cli_complain("--since is later than --until.");
		return CLI_USAGE;
	}
	return CLI_FINE;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	const struct command *command;
	const char *instead = NULL;
	int r;

	r = options_parse(cli, argc, argv, &instead);
	if (r != CLI_FINE)
		return r;
	if (instead)
		return find_command(instead)->run(cli);
	command = find_command(optind < argc ? argv[optind] : "status");
	if (!command)
		return CLI_USAGE;
	cli->args = argv + optind + (optind < argc);
	cli->n_args = argc - optind - (optind < argc);
	r = check_usage(cli, command);
	return r == CLI_FINE ? command->run(cli) : r;
}

/* A full disk is told, a reader that went away (| head) is not. */
static int
finish_output(int r)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return r;
	if (errno == EPIPE)
		return r;
	cli_complain("cannot write the answer: %s.", strerror(errno));
	return CLI_UNREACHABLE;
}

int
main(int argc, char **argv)
{
	static char name[] = "linkstat"; /* what getopt's messages begin with */
	const char *socket = getenv("LINKSTAT_SOCKET");
	struct cli cli = { .socket = socket && *socket ? socket : SOCKET_DEFAULT };
	struct timespec now;
	int r;

	cli_guard_streams();
	if (argc > 0)
		argv[0] = name;
	setlocale(LC_CTYPE, ""); /* only: numbers and weekdays stay as the manual shows them */
	clock_gettime(CLOCK_REALTIME, &now);
	cli.now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	output_style_init(&cli.style, stdout);
	cli.diagnose.files = calloc((size_t)argc + 1, sizeof(*cli.diagnose.files));
	r = cli.diagnose.files ? run(&cli, argc, argv) : cli_no_memory();
	free(cli.diagnose.files);
	return finish_output(r);
}
