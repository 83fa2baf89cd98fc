#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/families/families.h"
#include "tests/recording/recording.h"
#include "tests/golden/playback.h"

/* What is open at the end of a recording gets this long to come to its verdict. */
#define AFTERWARDS_US (120 * LS_SEC)

static void
observe(struct ls_engine *engine, struct ls_observation *obs, enum ls_source blind)
{
	if (obs->source == blind && obs->kind == LS_OBS_SOURCE_AVAILABLE)
		obs->kind = LS_OBS_SOURCE_UNAVAILABLE;
	/* Which buses there are stands in sysfs, with and without udevd. */
	if (obs->source != blind || obs->kind == LS_OBS_SOURCE_UNAVAILABLE ||
	    obs->kind == LS_OBS_BUS_ADDED)
		ls_engine_observe(engine, obs);
}

static int
feed(FILE *recording, enum ls_source blind, struct ls_engine *engine)
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
		r = json ? recording_parse(json, &obs, &device, why) : -EINVAL;
		if (r > 0)
			observe(engine, &obs, blind);
		else
			fprintf(stderr, "line %u: %s\n", n, json ? why : "not JSON");
	}
	free(line);
	obs.at.mono_us += AFTERWARDS_US;
	obs.at.real_us += (int64_t)AFTERWARDS_US;
	ls_engine_advance(engine, obs.at);
	if (n == 0)
		fprintf(stderr, "the recording is empty\n");
	return r > 0 && n ? 0 : -EINVAL;
}

int
playback(const char *path, enum ls_source blind, ls_record_fn emit, void *user)
{
	struct ls_engine_config config;
	ls_auto(ls_families) *families = NULL;
	ls_auto(ls_engine) *engine = NULL;
	FILE *recording;
	int r;

	ls_engine_config_default(&config);
	if (ls_families_new(&families) < 0)
		return -EINVAL;
	config.families = families;
	if (ls_engine_new(&config, emit, user, &engine) < 0)
		return -EINVAL;
	recording = fopen(path, "r");
	if (!recording) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -EINVAL;
	}
	r = feed(recording, blind, engine);
	fclose(recording);
	return r;
}
