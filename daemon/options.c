#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/base/families.h"
#include "daemon/options.h"
#include "daemon/store/retention.h"

static const char usage[] =
	"Usage: linkstatd [OPTIONS]\n"
	"       linkstatd [--families DIR] --check-families [FILE...]\n"
	"Watches all USB links of this machine, keeps their history and answers linkstat.\n"
	"It never opens or touches a device.\n"
	"\n"
	"  --state DIR      keep the history in DIR (default " OPTIONS_DEFAULT_STATE ")\n"
	"  --socket PATH    answer on PATH (default " OPTIONS_DEFAULT_SOCKET ")\n"
	"  --record FILE    also write every observation to FILE, one line of JSON each,\n"
	"                   for a bug report; FILE must not exist\n"
	"  --usbmon-ring KIB  size of usbmon's buffer, 8 to 65536; larger loses less on a fast\n"
	"                   link and disturbs it more\n"
	"  --families DIR   read people's own device families, *.ini, from DIR\n"
	"                   (default " FAMILIES_DIR_DEFAULT ")\n"
	"  --check-families [FILE...]  say what is wrong in these family files, or in those of "
	"DIR,\n"
	"                   and do nothing else\n"
	"  --keep-days N    keep minutes of transfers and the transfers before incidents so long\n"
	"                   (default 90)\n"
	"  --keep-size MIB  keep the history this small, without the oldest details (default 512)\n"
	"  --help           show this\n"
	"  --version        show the version\n"
	"\n"
	"See linkstatd(8), and linkstat(1) for the questions it answers.\n";

/* A number option, and what it may be. */
struct range {
	const char *name;
	unsigned int low, high;
};

static int
parse_number(const struct range *range, const char *text, unsigned int *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || end == text || n < range->low || n > range->high) {
		fprintf(stderr, "--%s \"%s\" is no number from %u to %u\n", range->name, text,
			range->low, range->high);
		return -EINVAL;
	}
	*ret = (unsigned int)n;
	return 0;
}

int
options_parse(int argc, char **argv, struct options *ret)
{
	static const struct option known[] = {
		{ "state", required_argument, NULL, 's' },
		{ "socket", required_argument, NULL, 'l' },
		{ "record", required_argument, NULL, 'r' },
		{ "usbmon-ring", required_argument, NULL, 'u' },
		{ "families", required_argument, NULL, 'f' },
		{ "check-families", no_argument, NULL, 'c' },
		{ "keep-days", required_argument, NULL, 'd' },
		{ "keep-size", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	static const struct range ring = { "usbmon-ring", 8, 65536 };
	static const struct range days = { "keep-days", 1, 36500 };
	static const struct range size = { "keep-size", 8, 1048576 };
	struct options options = {
		.state_dir = OPTIONS_DEFAULT_STATE,
		.families_dir = FAMILIES_DIR_DEFAULT,
		.keep_days = STORE_KEEP_DAYS,
		.keep_mib = STORE_KEEP_MIB,
	};
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
		case 'u':
			if (parse_number(&ring, optarg, &options.usbmon_ring_kib) < 0)
				return -EINVAL;
			break;
		case 'd':
			if (parse_number(&days, optarg, &options.keep_days) < 0)
				return -EINVAL;
			break;
		case 'm':
			if (parse_number(&size, optarg, &options.keep_mib) < 0)
				return -EINVAL;
			break;
		case 'f':
			options.families_dir = optarg;
			break;
		case 'c':
			options.check_families = true;
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
	options.check = argv + optind;
	options.n_check = (unsigned int)(argc - optind);
	if (optind < argc && !options.check_families) {
		fprintf(stderr,
			"linkstatd takes no arguments, but got \"%s\". Try: linkstatd --help\n",
			argv[optind]);
		return -EINVAL;
	}
	*ret = options;
	return 1;
}
