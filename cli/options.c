#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/clean.h"
#include "cli/options.h"
#include "cli/base/when.h"
#include "lib/base/time.h"

static int
parse_time(const struct cli *cli, const char *option, const char *text, struct cli_time *ret)
{
	char shown[120];
	const char *why;

	if (when_parse(text, cli->now_us, &ret->real_us, &why) == 1) {
		ret->set = true;
		ls_time_format(ret->real_us, ret->text);
		return CLI_FINE;
	}
	clean_text(shown, sizeof(shown), text, true);
	cli_complain("%s \"%s\" cannot be used: %s.\n"
		     "Examples: --since -1h, --since \"2 days ago\", --since today, "
		     "--since yesterday, --since 14:00,\n"
		     "          --since 2026-11-22, --since \"2026-11-22 14:00:11\", "
		     "--since 2026-11-22T14:00:11Z, --since @1795356011",
		     option, shown, why);
	return CLI_USAGE;
}

static int
parse_duration(struct cli *cli, const char *text)
{
	char shown[120];
	const char *why;
	int64_t us;

	if (when_parse_span(text, &us, &why) == 1 && us > 0) {
		cli->job_hours = (double)us / 3600e6;
		cli->job_hours_set = true;
		return CLI_FINE;
	}
	clean_text(shown, sizeof(shown), text, true);
	cli_complain(
		"--for \"%s\" cannot be used: a duration is wanted, like 12min, \"2 h\" or 90s.",
		shown);
	return CLI_USAGE;
}

enum option_code {
	OPTION_SOCKET = 256,
	OPTION_AT,
	OPTION_CABLE,
	OPTION_CORRECT,
	OPTION_BY,
	OPTION_FOR,
	OPTION_DIRECTORY,
	OPTION_DRY_RUN,
	OPTION_FILE,
	OPTION_FORGET,
	OPTION_NOTE,
	OPTION_PORT,
	OPTION_JOURNAL,
	OPTION_HTML,
	OPTION_JSON,
	OPTION_PCAP,
	OPTION_PRIORS,
	OPTION_REDACT,
	OPTION_SESSIONS,
	OPTION_EXPORT_SESSIONS,
	OPTION_SINCE,
	OPTION_TRANSFERS,
	OPTION_UNTIL,
	OPTION_VERSION,
};

static struct option options[] = {
	{ "at", required_argument, NULL, OPTION_AT },
	{ "by", required_argument, NULL, OPTION_BY },
	{ "cable", required_argument, NULL, OPTION_CABLE },
	{ "correct", no_argument, NULL, OPTION_CORRECT },
	{ "for", required_argument, NULL, OPTION_FOR },
	{ "directory", required_argument, NULL, OPTION_DIRECTORY },
	{ "dry-run", no_argument, NULL, OPTION_DRY_RUN },
	{ "file", required_argument, NULL, OPTION_FILE },
	{ "journal", no_argument, NULL, OPTION_JOURNAL },
	{ "forget", no_argument, NULL, OPTION_FORGET },
	{ "note", required_argument, NULL, OPTION_NOTE },
	{ "port", required_argument, NULL, OPTION_PORT },
	{ "help", no_argument, NULL, 'h' },
	{ "html", required_argument, NULL, OPTION_HTML },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "pcap", required_argument, NULL, OPTION_PCAP },
	{ "priors", required_argument, NULL, OPTION_PRIORS },
	{ "redact", no_argument, NULL, OPTION_REDACT },
	{ "sessions", required_argument, NULL, OPTION_SESSIONS },
	{ "since", required_argument, NULL, OPTION_SINCE },
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "transfers", no_argument, NULL, OPTION_TRANSFERS },
	{ "until", required_argument, NULL, OPTION_UNTIL },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static int
parse_seconds(const char *text, double *ret)
{
	char *end, shown[120];
	double seconds = strtod(text, &end);

	if (end != text && !*end && seconds >= TOP_SECONDS_MIN && seconds <= TOP_SECONDS_MAX) {
		*ret = seconds;
		return CLI_FINE;
	}
	clean_text(shown, sizeof(shown), text, true);
	cli_complain("-d \"%s\" is no number of seconds from 0.1 to 3600.", shown);
	return CLI_USAGE;
}

static int
parse_count(const char *text, uint64_t *ret)
{
	char *end, shown[120];
	long count = strtol(text, &end, 10);

	if (end != text && !*end && count >= 1 && count < LONG_MAX) {
		*ret = (uint64_t)count;
		return CLI_FINE;
	}
	clean_text(shown, sizeof(shown), text, true);
	cli_complain("-n \"%s\" is no number of measurements: at least 1.", shown);
	return CLI_USAGE;
}

/* Gives the command that an option stands for in *instead. */
static int
take_option(struct cli *cli, int option, const char *value, const char **instead)
{
	switch (option) {
	case 'h':
		*instead = "help";
		return CLI_FINE;
	case OPTION_VERSION:
		*instead = "version";
		return CLI_FINE;
	case OPTION_BY:
		cli->report.by = value;
		return CLI_FINE;
	case OPTION_HTML:
		cli->report.html = value;
		return CLI_FINE;
	case OPTION_REDACT:
		cli->redact = true;
		return CLI_FINE;
	case OPTION_JSON:
		cli->json = true;
		return CLI_FINE;
	case OPTION_PCAP:
		cli->show.pcap = value;
		return CLI_FINE;
	case OPTION_TRANSFERS:
		cli->show.all_transfers = true;
		return CLI_FINE;
	case OPTION_AT:
		return parse_time(cli, "--at", value, &cli->ledger.at);
	case OPTION_CABLE:
		cli->ledger.cable = value;
		return CLI_FINE;
	case OPTION_CORRECT:
		cli->ledger.correct = true;
		return CLI_FINE;
	case OPTION_FOR:
		return parse_duration(cli, value);
	case OPTION_FORGET:
		cli->ledger.forget = true;
		return CLI_FINE;
	case OPTION_DIRECTORY:
		cli->import.directory = value;
		return CLI_FINE;
	case OPTION_DRY_RUN:
		cli->import.dry_run = true;
		return CLI_FINE;
	case OPTION_FILE:
		cli->import.file = value;
		return CLI_FINE;
	case OPTION_JOURNAL:
		cli->import.journal = true;
		return CLI_FINE;
	case OPTION_NOTE:
		cli->ledger.note = value;
		return CLI_FINE;
	case OPTION_PORT:
		cli->ledger.port = value;
		return CLI_FINE;
	case OPTION_PRIORS:
		cli->diagnose.priors = value;
		return CLI_FINE;
	case OPTION_EXPORT_SESSIONS:
		cli->ledger.sessions = true;
		return CLI_FINE;
	case OPTION_SESSIONS:
		cli->diagnose.files[cli->diagnose.n_files++] = value;
		return CLI_FINE;
	case OPTION_SOCKET:
		cli->socket = value;
		return CLI_FINE;
	case OPTION_SINCE:
		return parse_time(cli, "--since", value, &cli->since);
	case OPTION_UNTIL:
		return parse_time(cli, "--until", value, &cli->until);
	case 'd':
		return parse_seconds(value, &cli->top.seconds);
	case 'n':
		return parse_count(value, &cli->top.count);
	default:
		fputs("Try: linkstat --help\n", stderr); /* getopt has said what is wrong */
		return CLI_USAGE;
	}
}

/* --sessions takes all that follows it up to the next option: a shell makes many of *.csv. */
static void
take_files(struct cli *cli, int argc, char **argv)
{
	while (optind < argc && (argv[optind][0] != '-' || strcmp(argv[optind], "-") == 0))
		cli->diagnose.files[cli->diagnose.n_files++] = argv[optind++];
}

/* Is that the command? It is the first word that is no option, as people write it. */
static bool
is_export(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "export") == 0)
			return true;
		if (argv[i][0] != '-')
			return false;
		i += strcmp(argv[i], "--socket") == 0; /* what follows is no command */
	}
	return false;
}

/* diagnose reads sessions from files, export writes them: there the option takes nothing. */
static void
adapt_sessions(void)
{
	for (size_t i = 0; options[i].name; i++) {
		if (options[i].val != OPTION_SESSIONS)
			continue;
		options[i].has_arg = no_argument;
		options[i].val = OPTION_EXPORT_SESSIONS;
	}
}

int
options_parse(struct cli *cli, int argc, char **argv, const char **instead)
{
	int option, r;

	if (is_export(argc, argv))
		adapt_sessions();
	while ((option = getopt_long(argc, argv, "d:hn:", options, NULL)) != -1) {
		r = take_option(cli, option, optarg, instead);
		if (r != CLI_FINE)
			return r;
		if (option == OPTION_SESSIONS)
			take_files(cli, argc, argv);
	}
	return CLI_FINE;
}
