#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze/stream.h"
#include "cli/base/cli.h"
#include "cli/offline/input.h"
#include "cli/offline/offline.h"
#include "cli/offline/offline_state.h"
#include "tests/causes/material.h"
#include "tests/golden/playback.h"

#define MAX_INCIDENTS 1000

const ls_source_set material_blind[MATERIAL_N_BLIND] = {
	0,
	1U << LS_SOURCE_KERNEL_LOG,
	1U << LS_SOURCE_UDEV,
	1U << LS_SOURCE_LIBUSB,
	1U << LS_SOURCE_USBMON,
	1U << LS_SOURCE_UDEV | 1U << LS_SOURCE_LIBUSB | 1U << LS_SOURCE_USBMON,
};

struct incidents {
	struct ls_incident list[MAX_INCIDENTS];
	size_t n;
};

static struct ls_incident *
find(struct incidents *incidents, int64_t id)
{
	for (size_t i = 0; i < incidents->n; i++) {
		if (incidents->list[i].id == id)
			return &incidents->list[i];
	}
	return NULL;
}

static void
on_record(const struct ls_record *record, void *user)
{
	struct incidents *incidents = user;
	struct ls_incident *known;

	if (record->kind == LS_RECORD_ABSORBED) {
		known = find(incidents, record->absorbed.id);
		if (known)
			*known = incidents->list[--incidents->n];
	}
	if (record->kind != LS_RECORD_INCIDENT)
		return;
	known = find(incidents, record->incident->id);
	if (!known && incidents->n < MAX_INCIDENTS)
		known = &incidents->list[incidents->n++];
	if (known)
		*known = *record->incident;
}

static void
on_observation(const struct ls_observation *obs, bool new_boot, void *user)
{
	if (new_boot)
		offline_new_boot(user);
	offline_observe(user, obs);
}

/* As linkstat analyze does it. */
static int
analyze(struct input *input, struct incidents *ret)
{
	ls_auto(offline) *offline = NULL;
	ls_auto(stream) *stream = NULL;
	struct stream_options options = { .observe = on_observation, .quiet = true };

	if (offline_new(1, &offline) < 0)
		return -ENOMEM;
	options.user = options.offline = offline;
	if (stream_new(input, &options, &stream) != CLI_FINE)
		return -EINVAL;
	while (stream_step(stream))
		;
	if (stream_count(stream) < 0)
		return -ENOMEM;
	offline_finish(offline);
	for (size_t i = 0; i < offline->n_incidents; i++)
		ret->list[ret->n++] = offline->incidents[i]->last;
	return 1;
}

static int
read_file(const char *path, struct incidents *ret)
{
	ls_auto(input) *input = NULL;
	int r = input_open(path, false, &input);

	if (r != CLI_FINE || input_next(input) <= 0)
		return -EINVAL;
	return analyze(input, ret);
}

static int
by_begin(const void *one, const void *other)
{
	const struct ls_incident *a = one, *b = other;

	if (a->opened.mono_us != b->opened.mono_us)
		return a->opened.mono_us < b->opened.mono_us ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

int
material_read(const char *path, ls_source_set blind, material_fn visit, void *user)
{
	static struct incidents incidents;
	size_t len = strlen(path);
	bool recording = len > 6 && strcmp(path + len - 6, ".jsonl") == 0;
	int r = 0;

	incidents.n = 0;
	if (recording)
		r = playback(path, blind, on_record, &incidents) < 0 ? -EINVAL : 1;
	else if (!blind)
		r = read_file(path, &incidents);
	if (r <= 0)
		return r;
	qsort(incidents.list, incidents.n, sizeof(incidents.list[0]), by_begin);
	for (size_t i = 0; i < incidents.n; i++)
		visit(&incidents.list[i], user);
	return 1;
}

void
material_port(const struct ls_incident *incident, char name[LS_ID_PATH_MAX])
{
	offline_socket_name(&incident->socket, name);
}
