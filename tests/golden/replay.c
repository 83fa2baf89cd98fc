/*
 * Replays a recording of observations through the engine and prints what it concludes, one record
 * a line: replay RECORDING [EXPECTED]. With EXPECTED it compares instead and says where the two
 * part.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/recording/recording.h"
#include "tests/golden/playback.h"

struct replay {
	FILE *expected; /* NULL: print */
	unsigned int n_lines;
	int failed;
};

static void
compare(struct replay *replay, const char *line)
{
	char *want = NULL;
	size_t size = 0;
	ssize_t n = getline(&want, &size, replay->expected);

	replay->n_lines++;
	if (n > 0 && want[n - 1] == '\n')
		want[n - 1] = '\0';
	if (n < 0 || strcmp(want, line) != 0) {
		printf("line %u differs\n  want: %s\n  got:  %s\n", replay->n_lines,
		       n < 0 ? "(the end)" : want, line);
		replay->failed = 1;
	}
	free(want);
}

static void
on_record(const struct ls_record *record, void *user)
{
	struct replay *replay = user;
	ls_json_auto json_t *object = NULL;
	char *line;

	/* An open incident is reported with each observation: the last report is enough. */
	if (replay->failed || (record->kind == LS_RECORD_INCIDENT && record->incident->open))
		return;
	object = recording_record(record);
	line = object ? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	if (!line)
		abort();
	if (replay->expected)
		compare(replay, line);
	else
		puts(line);
	free(line);
}

int
main(int argc, char **argv)
{
	struct replay replay = { 0 };
	int r;

	if (argc > 2)
		replay.expected = fopen(argv[2], "r");
	if (argc < 2 || (argc > 2 && !replay.expected)) {
		fprintf(stderr, "usage: replay RECORDING [EXPECTED]\n");
		return 2;
	}
	r = playback(argv[1], 0, on_record, &replay);
	if (replay.expected && !replay.failed && fgetc(replay.expected) != EOF) {
		printf("records are missing after line %u\n", replay.n_lines);
		replay.failed = 1;
	}
	if (replay.expected)
		fclose(replay.expected);
	return r < 0 || replay.failed ? 1 : 0;
}
