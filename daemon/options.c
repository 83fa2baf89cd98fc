#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "daemon/options.h"

static const char usage[] =
	"Usage: linkstatd [OPTIONS]\n"
	"Watches all USB links of this machine, keeps their history and answers linkstat.\n"
	"It never opens or touches a device.\n"
	"\n"
	"  --state DIR      keep the history in DIR (default " OPTIONS_DEFAULT_STATE ")\n"
	"  --socket PATH    answer on PATH (default " OPTIONS_DEFAULT_SOCKET ")\n"
	"  --record FILE    also write every observation to FILE, one line of JSON each,\n"
	"                   for a bug report; FILE must not exist\n"
	"  --help           show this\n"
	"  --version        show the version\n"
	"\n"
	"See linkstatd(8), and linkstat(1) for the questions it answers.\n";

int
options_parse(int argc, char **argv, struct options *ret)
{
	static const struct option known[] = {
		{ "state", required_argument, NULL, 's' },
		{ "socket", required_argument, NULL, 'l' },
		{ "record", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	struct options options = { .state_dir = OPTIONS_DEFAULT_STATE };
	int c;

	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 's':
			options.state_dir = optarg;
			break;
		case 'l':
			options.socket = optarg;
			break;
		case 'r':
			options.record = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'v':
			puts("linkstatd " LINKSTAT_VERSION);
			return 0;
		default:
			fputs("Try: linkstatd --help\n", stderr);
			return -EINVAL;
		}
	}
	if (optind < argc) {
		fprintf(stderr,
			"linkstatd takes no arguments, but got \"%s\". Try: linkstatd --help\n",
			argv[optind]);
		return -EINVAL;
	}
	*ret = options;
	return 1;
}
