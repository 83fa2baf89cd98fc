#include "cli/analyze/join.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze/json.h"
#include "cli/base/cli.h"
#include "cli/analyze/stream.h"
#include "cli/offline/input.h"

#define RECORDS_AT_ONCE 512
/* A log and a capture may be this far apart and still cover the same time. */
#define APART_US ((int64_t)(86400 * LS_SEC))
#define NUMBERS	 128 /* of devices on a bus, and of buses */

struct pending {
	struct ls_observation obs;
	struct ls_device device;
	bool new_boot;
};

/* Observations of a stream that the engine has not received yet. */
struct queue {
	struct pending *at;
	size_t n, first, size;
	bool no_memory;
};

/* The port of a device that was connected before the capture began, from the log. */
struct placement {
	char port[LS_PORT_NAME_MAX];
	bool known, decided;
};

struct scan {
	int64_t capture_us; /* when the capture began */
	bool any;
	int64_t first_us, last_us;
	struct placement places[NUMBERS][NUMBERS];
};

static void
on_observation(const struct ls_observation *obs, bool new_boot, void *user)
{
	struct queue *queue = user;
	struct pending *pending;

	if (queue->n == queue->size) {
		size_t size = 2 * queue->size + 64;
		struct pending *at = reallocarray(queue->at, size, sizeof(*at));

		if (!at) {
			queue->no_memory = true;
			return;
		}
		queue->at = at;
		queue->size = size;
	}
	pending = &queue->at[queue->n++];
	pending->obs = *obs;
	pending->new_boot = new_boot;
	if (obs->device)
		pending->device = *obs->device;
}

/* The next one, or NULL at the end of the stream. */
static const struct pending *
peek(struct queue *queue, struct stream *stream)
{
	while (queue->first == queue->n) {
		queue->first = queue->n = 0;
		if (stream_step(stream) == 0 && queue->n == 0)
			return NULL;
	}
	return &queue->at[queue->first];
}

static void
pop(struct queue *queue, struct offline *offline, int64_t zero_us)
{
	struct pending *pending = &queue->at[queue->first++];
	int64_t since = pending->obs.at.real_us - zero_us;

	if (pending->new_boot)
		offline_new_boot(offline);
	if (pending->obs.device)
		pending->obs.device = &pending->device;
	pending->obs.at.mono_us = since > 0 ? (uint64_t)since : 0;
	offline_observe(offline, &pending->obs);
}

/* An input and the stream of the one file in it. */
struct source {
	struct input *input;
	struct stream *stream;
};

static void
close_source(struct source *source)
{
	stream_free(source->stream);
	input_free(source->input);
}

/* Archives are never joined. */
static bool
open_source(const char *path, const struct stream_options *options, struct source *ret)
{
	return input_open(path, options->quiet, &ret->input) == CLI_FINE &&
	       input_next(ret->input) > 0 && !input_is_archive(ret->input) &&
	       stream_new(ret->input, options, &ret->stream) == CLI_FINE;
}

/* ---- a first look at the log ---- */

/*
 * The last line about a device number before the capture counts, otherwise the first one after it.
 */
static void
on_scanned(const struct ls_observation *obs, bool new_boot, void *user)
{
	struct scan *scan = user;
	bool is_before = obs->at.real_us <= scan->capture_us;
	struct placement *place;

	(void)new_boot;
	if (!scan->any)
		scan->first_us = obs->at.real_us;
	scan->any = true;
	scan->last_us = obs->at.real_us;
	if (!obs->port[0] || obs->bus >= NUMBERS || obs->devnum < 2 || obs->devnum >= NUMBERS)
		return;
	place = &scan->places[obs->bus][obs->devnum];
	if (place->decided)
		return;
	place->decided = !is_before;
	if (is_before)
		place->known = obs->kind != LS_OBS_DISCONNECTED;
	else if (!place->known)
		place->known = obs->kind != LS_OBS_ENUMERATING;
	else
		return; /* it was connected before */
	memcpy(place->port, obs->port, sizeof(place->port));
}

/* False if it turns out not to be a log. */
static bool
read_log(struct stream *log, bool *ret_dated)
{
	ls_json_auto json_t *group = json_pack("{s:[]}", "logs");
	const json_t *pending;

	while (stream_step(log) > 0)
		continue;
	if (stream_kind(log) != STREAM_LOG || stream_report(log, group) < 0)
		return false;
	pending = json_array_get(json_object_get(group, "logs"), 0);
	*ret_dated = json_is_true(json_object_get(pending, "dated"));
	return true;
}

static bool
scan_log(const char *path, struct scan *scan, bool *ret_dated)
{
	const struct stream_options options = {
		.observe = on_scanned,
		.user = scan,
		.quiet = true,
	};
	struct source source = { 0 };
	bool is_log = open_source(path, &options, &source) && read_log(source.stream, ret_dated);

	close_source(&source);
	return is_log;
}

static void
on_nothing(const struct ls_observation *obs, bool new_boot, void *user)
{
	(void)obs;
	(void)new_boot;
	(void)user;
}

enum kind { NEITHER, IS_CAPTURE, IS_LOG };

/* Capture or log; @ret_us is when a capture began. */
static enum kind
kind_of(struct stream *stream, int64_t *ret_us)
{
	if (stream_kind(stream) == STREAM_LOG)
		return IS_LOG;
	if (stream_kind(stream) != STREAM_CAPTURE)
		return NEITHER;
	(void)stream_step(stream);
	*ret_us = (int64_t)stream_first_us(stream);
	return *ret_us > 0 ? IS_CAPTURE : NEITHER;
}

static enum kind
look_at(const char *path, int64_t *ret_us)
{
	const struct stream_options options = {
		.observe = on_nothing,
		.records_at_once = 1,
		.quiet = true,
	};
	struct source source = { 0 };
	enum kind kind = NEITHER;

	if (open_source(path, &options, &source))
		kind = kind_of(source.stream, ret_us);
	close_source(&source);
	return kind;
}

static bool
fits(const struct scan *scan, bool dated, char why[CAPTURE_WHY_MAX])
{
	if (!scan->any)
		snprintf(why, CAPTURE_WHY_MAX,
			 "the log says nothing about USB, so that there is "
			 "nothing to join with the capture");
	else if (!dated)
		snprintf(why, CAPTURE_WHY_MAX,
			 "the log has no dates, only times since the computer started: where the "
			 "capture belongs in it cannot be known, so that each is told for itself");
	else if (scan->capture_us < scan->first_us - APART_US ||
		 scan->capture_us > scan->last_us + APART_US)
		snprintf(why, CAPTURE_WHY_MAX,
			 "log and capture are of different times, so that each is told for itself");
	else
		return true;
	return false;
}

/* ---- both together ---- */

static void
apply_places(struct stream *capture, const struct scan *scan)
{
	for (unsigned int bus = 1; bus < NUMBERS; bus++) {
		for (unsigned int devnum = 2; devnum < NUMBERS; devnum++) {
			const struct placement *place = &scan->places[bus][devnum];

			if (place->known)
				ls_enumeration_place(
					stream_enumeration(capture), bus, devnum, place->port,
					(struct ls_instant){ .real_us = scan->capture_us });
		}
	}
}

struct pair {
	struct source sources[2]; /* the capture first */
	struct queue queues[2];
};

static void
run(struct pair *pair, struct offline *offline, int64_t zero_us)
{
	const struct pending *next[2];

	for (;;) {
		size_t turn;

		for (size_t i = 0; i < 2; i++)
			next[i] = peek(&pair->queues[i], pair->sources[i].stream);
		if (!next[0] && !next[1])
			return;
		turn = !next[0] || (next[1] && next[1]->obs.at.real_us <= next[0]->obs.at.real_us);
		pop(&pair->queues[turn], offline, zero_us);
	}
}

static int
conclude(struct pair *pair, struct offline *offline, json_t **ret, int *ret_worst)
{
	ls_json_auto json_t *group = analyze_new_group();
	bool no_memory = !group;

	*ret_worst = CLI_FINE;
	for (size_t i = 0; i < 2; i++) {
		no_memory |= pair->queues[i].no_memory ||
			     stream_count(pair->sources[i].stream) < 0 ||
			     stream_report(pair->sources[i].stream, group) < 0;
		if (stream_verdict(pair->sources[i].stream) != CLI_FINE)
			*ret_worst = CLI_PROBLEM;
	}
	if (no_memory)
		return -ENOMEM;
	if (analyze_conclude(offline, group) != CLI_FINE)
		return -ENOMEM;
	*ret = LS_STEAL(&group);
	return 1;
}

static int
join(const char *capture, const char *log, const struct scan *scan, json_t **ret, int *ret_worst)
{
	const char *const paths[2] = { capture, log };
	struct pair pair = { .queues = { { 0 } } };
	ls_auto(offline) *offline = NULL;
	int64_t zero_us = scan->first_us < scan->capture_us ? scan->first_us : scan->capture_us;
	int r = offline_new(1, &offline);

	for (size_t i = 0; i < 2 && r == 0; i++) {
		const struct stream_options options = {
			.observe = on_observation,
			.user = &pair.queues[i],
			.offline = offline,
			.records_at_once = RECORDS_AT_ONCE,
			.is_joined = true,
		};

		if (!open_source(paths[i], &options, &pair.sources[i]))
			r = -EIO; /* it existed a moment ago */
	}
	if (r == 0) {
		apply_places(pair.sources[0].stream, scan);
		run(&pair, offline, zero_us);
		r = conclude(&pair, offline, ret, ret_worst);
	}
	for (size_t i = 0; i < 2; i++) {
		close_source(&pair.sources[i]);
		free(pair.queues[i].at);
	}
	return r;
}

int
analyze_join(char *const paths[2], json_t **ret, int *ret_worst, char why[CAPTURE_WHY_MAX])
{
	struct scan *scan = calloc(1, sizeof(*scan));
	enum kind first = look_at(paths[0], &(int64_t){ 0 });
	const char *capture = paths[first != IS_CAPTURE], *log = paths[first == IS_CAPTURE];
	bool dated = false;
	int r = 0;

	if (!scan)
		return 0;
	if (look_at(capture, &scan->capture_us) == IS_CAPTURE &&
	    look_at(log, &(int64_t){ 0 }) == IS_LOG && scan_log(log, scan, &dated) &&
	    fits(scan, dated, why))
		r = join(capture, log, scan, ret, ret_worst);
	free(scan);
	return r > 0;
}
