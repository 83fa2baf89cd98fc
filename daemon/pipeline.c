#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <systemd/sd-daemon.h>

#include "daemon/pipeline.h"
#include "lib/wire/recording.h"
#include "lib/base/text.h"
#include "daemon/store/boot.h"
#include "daemon/store/labels.h"
#include "daemon/store/open.h"
#include "daemon/store/retention.h"
#include "daemon/store/store.h"

/* A store that failed is tried again after this. */
#define RETRY_SEC 10
#define HOUR_US	  (3600 * (int64_t)LS_SEC)

struct waiting {
	struct ls_record record; /* points to @payload */
	void *payload;
	bool announced;
};

struct pipeline {
	struct pipeline_options with;
	struct ls_engine *engine;
	struct event *flush, *deadline;
	uint64_t armed_us;
	struct waiting waiting[PIPELINE_BACKLOG];
	size_t n_waiting;
	uint64_t kmsg_seq;
	bool kmsg_taken;
	bool store_failed;
	uint32_t n_forgotten;
	bool record_failed;
	int64_t rolled_up_hour;
};

static const void *
payload_of(const struct ls_record *record, size_t *size)
{
	switch (record->kind) {
	case LS_RECORD_EVENT:
		*size = sizeof(*record->event);
		return record->event;
	case LS_RECORD_SESSION:
		*size = sizeof(*record->session);
		return record->session;
	case LS_RECORD_INCIDENT:
		*size = sizeof(*record->incident);
		return record->incident;
	case LS_RECORD_GAP:
		*size = sizeof(*record->gap);
		return record->gap;
	case LS_RECORD_TRAFFIC:
		*size = sizeof(*record->traffic);
		return record->traffic;
	case LS_RECORD_TAIL:
		*size = sizeof(*record->tail);
		return record->tail;
	default:
		*size = 0;
		return NULL;
	}
}

static void
point_to(struct ls_record *record, const void *payload)
{
	if (record->kind == LS_RECORD_EVENT)
		record->event = payload;
	else if (record->kind == LS_RECORD_SESSION)
		record->session = payload;
	else if (record->kind == LS_RECORD_INCIDENT)
		record->incident = payload;
	else if (record->kind == LS_RECORD_GAP)
		record->gap = payload;
	else if (record->kind == LS_RECORD_TRAFFIC)
		record->traffic = payload;
	else if (record->kind == LS_RECORD_TAIL)
		record->tail = payload;
}

static void
forget(struct pipeline *pipeline, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(pipeline->waiting[i].payload);
	memmove(pipeline->waiting, pipeline->waiting + n,
		(pipeline->n_waiting - n) * sizeof(pipeline->waiting[0]));
	pipeline->n_waiting -= n;
}

static void
announce(struct pipeline *pipeline, struct waiting *waiting)
{
	if (waiting->announced)
		return;
	waiting->announced = true;
	alert_record(pipeline->with.alert, &waiting->record);
	server_publish(pipeline->with.server, &waiting->record);
}

static bool
replaces(const struct ls_record *news, const struct ls_record *old)
{
	if (news->kind != old->kind)
		return false;
	if (news->kind == LS_RECORD_TRAFFIC)
		return news->traffic->session == old->traffic->session &&
		       news->traffic->minute_us == old->traffic->minute_us;
	return news->kind == LS_RECORD_INCIDENT && news->incident->id == old->incident->id &&
	       news->incident->settled == old->incident->settled;
}

/* Of what changed twice before it was written only the last state is needed. */
static struct waiting *
supersedes(struct pipeline *pipeline, const struct ls_record *record)
{
	for (size_t i = pipeline->n_waiting; i-- > 0;) {
		struct waiting *waiting = &pipeline->waiting[i];

		if (replaces(record, &waiting->record))
			return waiting;
	}
	return NULL;
}

void
pipeline_record(const struct ls_record *record, void *user)
{
	struct pipeline *pipeline = user;
	struct waiting *waiting = supersedes(pipeline, record);
	size_t size;
	const void *payload = payload_of(record, &size);

	event_active(pipeline->flush, EV_TIMEOUT, 0);
	if (waiting) {
		memcpy(waiting->payload, payload, size);
		waiting->announced = false;
		return;
	}
	if (pipeline->n_waiting == PIPELINE_BACKLOG) {
		/* Only a store that fails fills this; what goes was announced already. */
		announce(pipeline, &pipeline->waiting[0]);
		forget(pipeline, 1);
		pipeline->n_forgotten++;
	}
	waiting = &pipeline->waiting[pipeline->n_waiting];
	*waiting = (struct waiting){ .record = *record };
	if (payload) {
		waiting->payload = malloc(size);
		if (!waiting->payload) {
			pipeline->n_forgotten++;
			return;
		}
		memcpy(waiting->payload, payload, size);
		point_to(&waiting->record, waiting->payload);
	}
	pipeline->n_waiting++;
}

/* Counters of a second are not worth waiting for the disk, in the thread that reads usbmon. */
static bool
only_counters(const struct pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->n_waiting; i++) {
		if (pipeline->waiting[i].record.kind != LS_RECORD_TRAFFIC)
			return false;
	}
	return true;
}

static int
write_all(struct pipeline *pipeline)
{
	struct store *store = pipeline->with.store;
	int r;

	store_set_durable(store, !only_counters(pipeline));
	r = store_begin(store);
	for (size_t i = 0; r >= 0 && i < pipeline->n_waiting; i++)
		r = store_put(store, &pipeline->waiting[i].record);
	if (r >= 0 && pipeline->kmsg_taken)
		r = store_set_kmsg_seq(store, pipeline->kmsg_seq);
	if (r >= 0)
		r = store_set_alive(store, state_now());
	if (r >= 0)
		r = store_commit(store);
	if (r < 0)
		store_rollback(store);
	return r < 0 ? r : 0;
}

/* Said once when it begins and once when it is over. */
static void
report_store(struct pipeline *pipeline, int r)
{
	struct daemon_state *state = pipeline->with.state;

	if (r < 0 && !pipeline->store_failed) {
		ls_text_format(state->history_trouble, LS_TEXT_MAX,
			       "the history cannot be written (%s): free some space or mend the "
			       "disk; nothing is lost yet, and alerts go on",
			       strerror(-r));
		fprintf(stderr, SD_ERR "%s\n", state->history_trouble);
	}
	if (r == 0 && pipeline->store_failed) {
		fprintf(stderr, SD_NOTICE "the history is written again; %u records were lost\n",
			pipeline->n_forgotten);
		ls_text_format(state->history_trouble, LS_TEXT_MAX, "%s",
			       store_problem(pipeline->with.store));
		ls_text_format(state->history_path, LS_TEXT_MAX, "%s",
			       store_path(pipeline->with.store));
		pipeline->n_forgotten = 0;
	}
	pipeline->store_failed = r < 0;
}

static void
arm_deadline(struct pipeline *pipeline)
{
	uint64_t due = ls_engine_deadline(pipeline->engine);
	uint64_t now = state_now().mono_us;
	uint64_t wait = due > now ? due - now : 0;
	struct timeval tv = {
		.tv_sec = (time_t)(wait / LS_SEC),
		.tv_usec = (suseconds_t)(wait % LS_SEC),
	};

	if (due == pipeline->armed_us)
		return;
	pipeline->armed_us = due;
	if (due == LS_NEVER)
		evtimer_del(pipeline->deadline);
	else
		evtimer_add(pipeline->deadline, &tv);
}

int
pipeline_flush(struct pipeline *pipeline)
{
	static const struct timeval retry = { .tv_sec = RETRY_SEC };
	int r = pipeline->n_waiting ? write_all(pipeline) : 0;

	if (pipeline->n_waiting)
		report_store(pipeline, r);
	for (size_t i = 0; i < pipeline->n_waiting; i++)
		announce(pipeline, &pipeline->waiting[i]);
	if (r == 0)
		forget(pipeline, pipeline->n_waiting);
	else
		event_add(pipeline->flush, &retry);
	arm_deadline(pipeline);
	return r;
}

static void
on_flush(evutil_socket_t fd, short what, void *user)
{
	(void)fd;
	(void)what;
	(void)pipeline_flush(user);
}

static void
on_deadline(evutil_socket_t fd, short what, void *user)
{
	struct pipeline *pipeline = user;

	(void)fd;
	(void)what;
	pipeline->armed_us = 0;
	ls_engine_advance(pipeline->engine, state_now());
	(void)pipeline_flush(pipeline);
}

static void
restore_session(const struct ls_session *session, void *user)
{
	struct pipeline *pipeline = user;

	(void)ls_engine_restore_session(pipeline->engine, session);
}

static void
restore_incident(const struct ls_incident *incident, void *user)
{
	struct pipeline *pipeline = user;

	(void)ls_engine_restore_incident(pipeline->engine, incident);
}

static void
restore_cable(const struct ls_session *session, void *user)
{
	struct pipeline *pipeline = user;

	ls_engine_restore_cable(pipeline->engine, session);
}

/* The engine with all that was open when linkstatd ended. */
static int
continue_history(struct pipeline *pipeline)
{
	struct store *store = pipeline->with.store;
	struct ls_engine_config config;
	int r;

	ls_engine_free(LS_STEAL(&pipeline->engine));
	forget(pipeline, pipeline->n_waiting);
	ls_engine_config_default(&config);
	config.families = pipeline->with.families;
	r = store_next_ids(store, &config);
	if (r == 0)
		r = ls_engine_new(&config, pipeline_record, pipeline, &pipeline->engine);
	if (r == 0)
		r = store_visit_open(store, restore_session, restore_incident, pipeline);
	return r < 0 ? r : store_visit_cables(store, restore_cable, pipeline);
}

/* A file that cannot be read must not keep linkstatd from watching. */
static int
continue_or_begin(struct pipeline *pipeline)
{
	int r = continue_history(pipeline);

	/* A damaged file, then its successor in memory. */
	for (int i = 0; i < 2 && r < 0 && r != -ENOMEM; i++) {
		r = store_recover(pipeline->with.store, r);
		if (r == 0)
			r = continue_history(pipeline);
	}
	return r;
}

int
pipeline_new(struct event_base *base, const struct pipeline_options *options, struct pipeline **ret)
{
	ls_auto(pipeline) *pipeline = calloc(1, sizeof(*pipeline));
	int r;

	if (!pipeline)
		return -ENOMEM;
	pipeline->with = *options;
	pipeline->flush = event_new(base, -1, 0, on_flush, pipeline);
	pipeline->deadline = evtimer_new(base, on_deadline, pipeline);
	if (!pipeline->flush || !pipeline->deadline)
		return -ENOMEM;
	r = continue_or_begin(pipeline);
	if (r < 0)
		return r;
	options->state->engine = pipeline->engine;
	*ret = LS_STEAL(&pipeline);
	return 0;
}

void
pipeline_free(struct pipeline *pipeline)
{
	if (!pipeline)
		return;
	forget(pipeline, pipeline->n_waiting);
	if (pipeline->flush)
		event_free(pipeline->flush);
	if (pipeline->deadline)
		event_free(pipeline->deadline);
	ls_engine_free(pipeline->engine);
	free(pipeline);
}

static void
keep_recording(struct pipeline *pipeline, const struct ls_observation *obs)
{
	ls_json_auto json_t *line = NULL;

	if (!pipeline->with.record || pipeline->record_failed)
		return;
	line = ls_recording_observation(obs);
	if (line && json_dumpf(line, pipeline->with.record, JSON_COMPACT) == 0 &&
	    fputc('\n', pipeline->with.record) != EOF && fflush(pipeline->with.record) == 0)
		return;
	pipeline->record_failed = true;
	fprintf(stderr, SD_ERR "the recording cannot be written and ends here: %s\n",
		strerror(errno));
}

void
pipeline_observe(const struct ls_observation *obs, void *user)
{
	struct pipeline *pipeline = user;

	keep_recording(pipeline, obs);
	if (obs->kind == LS_OBS_SOURCE_AVAILABLE || obs->kind == LS_OBS_SOURCE_UNAVAILABLE)
		state_note_source(pipeline->with.state, obs);
	ls_engine_observe(pipeline->engine, obs);
	arm_deadline(pipeline);
}

void
pipeline_kmsg_taken(uint64_t seq, void *user)
{
	struct pipeline *pipeline = user;

	pipeline->kmsg_seq = seq;
	pipeline->kmsg_taken = true;
}

void
pipeline_alive(struct pipeline *pipeline)
{
	struct store *store = pipeline->with.store;
	int64_t hour = state_now().real_us / HOUR_US;

	if (pipeline_flush(pipeline) < 0)
		return;
	if (hour != pipeline->rolled_up_hour && store_roll_up(store, state_now()) == 0)
		pipeline->rolled_up_hour = hour;
	if (store_begin(store) < 0)
		return;
	if ((pipeline->kmsg_taken && store_set_kmsg_seq(store, pipeline->kmsg_seq) < 0) ||
	    store_set_alive(store, state_now()) < 0 || store_commit(store) < 0)
		store_rollback(store);
}
