/* A command line, its words separated by NUL, and each of them as a time and as a span. */
#include <errno.h>
#include <getopt.h>

#include "cli/base/cli.h"
#include "cli/base/when.h"
#include "cli/commands/list.h"
#include "cli/options.h"
#include "lib/base/time.h"
#include "tests/fuzz/check.h"

#define WORDS_MAX 64
#define NOW_US	  INT64_C(1795356000000000)

static void
check_times(const char *word)
{
	const char *why = NULL;
	char again[LS_TIME_MAX];
	int64_t us, same;

	if (when_parse(word, NOW_US, &us, &why) < 0)
		CHECK(why && *why);
	why = NULL;
	if (when_parse_span(word, &us, &why) < 0)
		CHECK(why && *why);
	if (ls_time_parse(word, &us) != 1)
		return;
	ls_time_format(us, again);
	CHECK(ls_time_parse(again, &same) == 1 && same == us);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static FILE *nowhere;
	FILE *err = stderr, *out = stdout;
	char *copy = malloc(len + 1), *argv[WORDS_MAX + 2] = { (char[]){ "linkstat" } };
	struct cli cli = { .now_us = NOW_US, .commands = command_list };
	struct request request = { 0 };
	int argc = 1;

	CHECK(copy);
	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	CHECK(nowhere);
	memcpy(copy, data, len);
	copy[len] = '\0';
	for (size_t at = 0; at < len && argc <= WORDS_MAX; at += strlen(copy + at) + 1)
		argv[argc++] = copy + at;
	for (int i = 1; i < argc; i++)
		check_times(argv[i]);
	cli.style.out = nowhere;
	stderr = stdout = nowhere; /* what it complains of */
	optind = 0;
	(void)options_parse(&cli, argc, argv, command_list, &request);
	stderr = err;
	stdout = out;
	request_done(&request);
	free(copy);
	return 0;
}
