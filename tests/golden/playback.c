#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/families/families.h"
#include "lib/wire/recording_read.h"
#include "tests/golden/playback.h"

/* What is open at the end of a recording gets this long to come to its verdict. */
#define AFTERWARDS_US (120 * LS_SEC)

static void
observe(struct ls_engine *engine, struct ls_observation *obs, ls_source_set blind)
{
	bool is_blind = blind & 1U << obs->source;

	if (is_blind && obs->kind == LS_OBS_SOURCE_AVAILABLE)
		obs->kind = LS_OBS_SOURCE_UNAVAILABLE;
	/* Which buses there are stands in sysfs, with and without udevd. */
	if (!is_blind || obs->kind == LS_OBS_SOURCE_UNAVAILABLE || obs->kind == LS_OBS_BUS_ADDED)
		ls_engine_observe(engine, obs);
}

/* An observation of a recording, and when the engine gets it. */
struct entry {
	struct ls_observation obs;
	struct ls_device device;
	uint64_t due_us;
	size_t place;
};

struct entries {
	struct entry *list;
	size_t n, room;
};

static int
add(struct entries *entries, const char *line, char why[LS_TEXT_MAX])
{
	ls_json_auto json_t *json = json_loads(line, 0, NULL);
	struct entry *entry;

	if (entries->n == entries->room) {
		size_t room = entries->room ? 2 * entries->room : 256;
		struct entry *list = realloc(entries->list, room * sizeof(*list));

		if (!list)
			abort();
		entries->list = list;
		entries->room = room;
	}
	entry = &entries->list[entries->n];
	ls_text_format(why, LS_TEXT_MAX, "not JSON");
	if (!json || ls_recording_parse(json, &entry->obs, &entry->device, why) <= 0)
		return -EINVAL;
	entry->due_us = entry->obs.at.mono_us;
	entry->place = entries->n++;
	return 1;
}

static int
load(const char *path, struct entries *ret)
{
	FILE *recording = fopen(path, "r");
	char why[LS_TEXT_MAX], *line = NULL;
	size_t size = 0;
	int r = 1;

	if (!recording) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -EINVAL;
	}
	while (r > 0 && getline(&line, &size, recording) > 0) {
		r = add(ret, line, why);
		if (r < 0)
			fprintf(stderr, "%s:%zu: %s\n", path, ret->n + 1, why);
	}
	free(line);
	fclose(recording);
	if (ret->n == 0)
		fprintf(stderr, "%s: the recording is empty\n", path);
	/* The list may have moved. */
	for (size_t i = 0; i < ret->n; i++) {
		if (ret->list[i].obs.device)
			ret->list[i].obs.device = &ret->list[i].device;
	}
	return r > 0 && ret->n ? 0 : -EINVAL;
}

static int
by_due(const void *one, const void *other)
{
	const struct entry *a = one, *b = other;

	if (a->due_us != b->due_us)
		return a->due_us < b->due_us ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static void
delay(struct entries *entries, uint64_t late_us, uint64_t seed)
{
	uint64_t due[LS_N_SOURCES] = { 0 };

	for (size_t i = 0; i < entries->n; i++) {
		struct entry *entry = &entries->list[i];
		uint64_t *last = &due[entry->obs.source];

		seed = seed * 6364136223846793005U + 1442695040888963407U;
		entry->due_us += late_us ? (seed >> 33) % late_us : 0;
		if (entry->due_us < *last)
			entry->due_us = *last;
		*last = entry->due_us;
	}
	qsort(entries->list, entries->n, sizeof(entries->list[0]), by_due);
	for (size_t i = 0; i < entries->n; i++) { /* they moved again */
		if (entries->list[i].obs.device)
			entries->list[i].obs.device = &entries->list[i].device;
	}
}

static void
feed(struct entries *entries, ls_source_set blind, struct ls_engine *engine)
{
	struct ls_instant end = entries->list[entries->n - 1].obs.at;

	for (size_t i = 0; i < entries->n; i++)
		observe(engine, &entries->list[i].obs, blind);
	end.mono_us += AFTERWARDS_US;
	end.real_us += (int64_t)AFTERWARDS_US;
	ls_engine_advance(engine, end);
}

static int
play(struct entries *entries, ls_source_set blind, ls_record_fn emit, void *user)
{
	struct ls_engine_config config;
	ls_auto(ls_families) *families = NULL;
	ls_auto(ls_engine) *engine = NULL;

	ls_engine_config_default(&config);
	if (ls_families_new(&families) < 0)
		return -EINVAL;
	config.families = families;
	if (ls_engine_new(&config, emit, user, &engine) < 0)
		return -EINVAL;
	feed(entries, blind, engine);
	return 0;
}

int
playback(const char *path, ls_source_set blind, ls_record_fn emit, void *user)
{
	struct entries entries = { 0 };
	int r = load(path, &entries);

	if (r == 0)
		r = play(&entries, blind, emit, user);
	free(entries.list);
	return r;
}

int
playback_late(const char *path, uint64_t late_us, uint64_t seed, ls_record_fn emit, void *user)
{
	struct entries entries = { 0 };
	int r = load(path, &entries);

	if (r == 0) {
		delay(&entries, late_us, seed);
		r = play(&entries, 0, emit, user);
	}
	free(entries.list);
	return r;
}
