/*
 * Replays a recording of observations through the engine and prints what it concludes, one record
 * a line: replay RECORDING [EXPECTED]. With EXPECTED it compares instead and says where the two
 * part. The clock of the recording is the only clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/engine.h"
#include "lib/families.h"
#include "lib/recording.h"

/* What is open at the end of a recording gets this long to come to its verdict. */
#define AFTERWARDS_US (120 * LS_SEC)

struct replay {
	FILE *expected; /* NULL: print */
	unsigned int n_lines;
	unsigned int n_records[LS_N_RECORDS];
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

	/* An open incident is told again with each observation: its last word is enough. */
	replay->n_records[record->kind]++;
	if (replay->failed || (record->kind == LS_RECORD_INCIDENT && record->incident->open))
		return;
	object = ls_recording_record(record);
	line = object ? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	if (!line)
		abort();
	if (replay->expected)
		compare(replay, line);
	else
		puts(line);
	free(line);
}

static int
feed(FILE *recording, struct ls_engine *engine)
{
	struct ls_observation obs = { 0 };
	struct ls_device device;
	char why[LS_TEXT_MAX], *line = NULL;
	size_t size = 0;
	unsigned int n = 0;
	int r = 1;

	while (r > 0 && getline(&line, &size, recording) > 0) {
		ls_json_auto json_t *json = json_loads(line, 0, NULL);

		n++;
		r = json ? ls_recording_parse(json, &obs, &device, why) : -1;
		if (r > 0)
			ls_engine_observe(engine, &obs);
		else
			fprintf(stderr, "line %u: %s\n", n, json ? why : "not JSON");
	}
	free(line);
	obs.at.mono_us += AFTERWARDS_US;
	obs.at.real_us += (int64_t)AFTERWARDS_US;
	ls_engine_advance(engine, obs.at);
	if (n == 0)
		fprintf(stderr, "the recording is empty\n");
	return r > 0 && n ? 0 : -1;
}

int
main(int argc, char **argv)
{
	struct replay replay = { 0 };
	struct ls_engine_config config;
	ls_auto(ls_families) *families = NULL;
	struct ls_engine *engine;
	FILE *recording = argc > 1 ? fopen(argv[1], "r") : NULL;
	int r;

	if (argc > 2)
		replay.expected = fopen(argv[2], "r");
	if (!recording || (argc > 2 && !replay.expected)) {
		fprintf(stderr, "usage: replay RECORDING [EXPECTED]\n");
		return 2;
	}
	ls_engine_config_default(&config);
	if (ls_families_new(&families) < 0)
		return 2;
	config.families = families;
	if (ls_engine_new(&config, on_record, &replay, &engine) < 0)
		return 2;
	r = feed(recording, engine);
	ls_engine_free(engine);
	fclose(recording);
	if (replay.expected && !replay.failed && fgetc(replay.expected) != EOF) {
		printf("records are missing after line %u\n", replay.n_lines);
		replay.failed = 1;
	}
	if (replay.expected)
		fclose(replay.expected);
	return r < 0 || replay.failed ? 1 : 0;
}
