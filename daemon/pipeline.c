#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <systemd/sd-daemon.h>

#include "daemon/pipeline.h"
#include "lib/wire/recording.h"
#include "lib/base/text.h"
#include "daemon/store/backlog.h"
#include "daemon/store/boot.h"
#include "daemon/store/labels.h"
#include "daemon/store/open.h"
#include "daemon/store/store.h"
#include "daemon/store/sync.h"

/* A store that failed is tried again after this. */
#define RETRY_SEC 10
/* So long a lock of another program is waited for, in such steps, before it counts as a failure. */
#define LOCKED_US (5 * LS_SEC)
#define SOON_US	  (100 * LS_MS)

struct pipeline {
	struct pipeline_options with;
	struct ls_engine *engine;
	struct event *flush, *deadline;
	uint64_t armed_us;
	struct backlog backlog;
	struct store_sync_wait wait; /* for the first n_syncing of the backlog */
	size_t n_syncing;	     /* 0: none */
	uint64_t kmsg_seq;
	bool kmsg_taken;
	bool store_failed;
	int error;		  /* of the last try */
	uint64_t retry_us;	  /* when to try again */
	uint64_t locked_since_us; /* 0: it is not */
	bool record_failed;
};

static void
announce(const struct ls_record *record, void *user)
{
	struct pipeline *pipeline = user;

	alert_record(pipeline->with.alert, record);
	server_publish(pipeline->with.server, record);
}

static int
write_all(struct pipeline *pipeline)
{
	struct store *store = pipeline->with.store;
	int r = store_begin(store);

	if (r >= 0)
		r = backlog_put(&pipeline->backlog, store);
	if (r >= 0 && pipeline->kmsg_taken)
		r = store_set_kmsg_seq(store, pipeline->kmsg_seq);
	if (r >= 0)
		r = store_set_alive(store, state_now());
	if (r >= 0)
		r = store_commit(store);
	if (r < 0)
		store_rollback(store);
	else
		backlog_written(&pipeline->backlog);
	return r < 0 ? r : 0;
}

void
pipeline_record(const struct ls_record *record, void *user)
{
	struct pipeline *pipeline = user;

	/* As many as a thousand devices leave in one turn of the loop: nothing of that is lost. */
	if (pipeline->backlog.n == BACKLOG_MAX && !pipeline->store_failed)
		(void)write_all(pipeline);
	backlog_add(&pipeline->backlog, record, pipeline->store_failed);
	event_active(pipeline->flush, EV_TIMEOUT, 0);
}

/* What was lost becomes a gap, which is stored with what comes next. */
static void
report_loss(struct pipeline *pipeline)
{
	struct backlog *backlog = &pipeline->backlog;
	struct ls_observation obs = {
		.at = state_now(),
		.source = LS_SOURCE_NONE,
		.kind = LS_OBS_LOST,
		.n_lost = backlog->n_details + backlog->n_lost,
	};

	if (obs.n_lost == 0)
		return;
	ls_text_format(obs.text, sizeof(obs.text),
		       "the history could not be written: %u events are only counted, %u records "
		       "are lost",
		       backlog->n_details, backlog->n_lost);
	backlog->n_details = backlog->n_lost = 0;
	ls_engine_observe(pipeline->engine, &obs);
}

static void
describe_failure(struct pipeline *pipeline, int r)
{
	const struct backlog *backlog = &pipeline->backlog;
	char lost[LS_TEXT_MAX] = "nothing is lost yet";

	if (backlog->n_details > 0)
		ls_text_format(lost, sizeof(lost), "%u events are only counted so far",
			       backlog->n_details);
	if (backlog->n_lost > 0)
		ls_text_format(lost, sizeof(lost), "%u records are lost so far", backlog->n_lost);
	ls_text_format(pipeline->with.state->history_trouble, LS_TEXT_MAX,
		       "the history cannot be written (%s): free some space or repair the disk; "
		       "%s, and alerts go on",
		       strerror(-r), lost);
}

/* In the journal once when it begins and once when it is over; status has it as it is. */
static void
report_store(struct pipeline *pipeline, int r)
{
	struct daemon_state *state = pipeline->with.state;

	if (r < 0)
		describe_failure(pipeline, r);
	if (r < 0 && !pipeline->store_failed)
		fprintf(stderr, SD_ERR "%s\n", state->history_trouble);
	if (r == 0 && pipeline->store_failed) {
		fprintf(stderr,
			SD_NOTICE "the history is written again; %u events are only counted, %u "
				  "records were lost\n",
			pipeline->backlog.n_details, pipeline->backlog.n_lost);
		ls_text_copy(state->history_trouble, LS_TEXT_MAX,
			     store_problem(pipeline->with.store));
		ls_text_copy(state->history_path, LS_TEXT_MAX, store_path(pipeline->with.store));
		report_loss(pipeline);
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

static void announce_written(struct pipeline *pipeline);

static void
on_synced(struct store_sync_wait *wait, int r)
{
	struct pipeline *pipeline = wait->user;
	size_t n = pipeline->n_syncing;

	pipeline->n_syncing = 0;
	if (r < 0)
		report_store(pipeline, r);
	if (n > pipeline->backlog.n_written) /* some had to go earlier */
		n = pipeline->backlog.n_written;
	backlog_announce(&pipeline->backlog, n);
	backlog_forget(&pipeline->backlog, n);
	if (pipeline->backlog.n_written > 0)
		announce_written(pipeline);
}

/* What is announced survives a power cut. */
static void
announce_written(struct pipeline *pipeline)
{
	if (pipeline->n_syncing > 0)
		return;
	pipeline->n_syncing = pipeline->backlog.n_written;
	pipeline->wait = (struct store_sync_wait){ .done = on_synced, .user = pipeline };
	if (pipeline->with.sync && !backlog_is_quiet(&pipeline->backlog))
		store_sync_wait_for(pipeline->with.sync, &pipeline->wait);
	else
		on_synced(&pipeline->wait, 0);
}

/* Another program has it locked: that may be for a moment only, and is no trouble yet. */
static bool
is_locked_for_a_moment(struct pipeline *pipeline, int r)
{
	uint64_t now_us = state_now().mono_us;

	if (r != -EBUSY || pipeline->store_failed)
		return false;
	if (pipeline->locked_since_us == 0)
		pipeline->locked_since_us = now_us;
	return now_us - pipeline->locked_since_us < LOCKED_US;
}

int
pipeline_flush(struct pipeline *pipeline)
{
	static const struct timeval retry = { .tv_sec = RETRY_SEC }, soon = { .tv_usec = SOON_US };
	struct backlog *backlog = &pipeline->backlog;
	int r = backlog->n > backlog->n_written ? write_all(pipeline) : 0;

	if (is_locked_for_a_moment(pipeline, r)) {
		event_add(pipeline->flush, &soon);
		arm_deadline(pipeline);
		return r;
	}
	pipeline->locked_since_us = 0;
	if (backlog->n > 0)
		report_store(pipeline, r);
	if (r == 0 && backlog->n_written > 0) {
		announce_written(pipeline);
	} else if (r < 0) {
		backlog_announce(backlog, backlog->n);
		pipeline->error = r;
		pipeline->retry_us = state_now().mono_us + RETRY_SEC * LS_SEC;
		event_add(pipeline->flush, &retry);
	}
	arm_deadline(pipeline);
	return r;
}

/* What fails takes as long as what does not: it is not tried again with every record. */
static void
on_flush(evutil_socket_t fd, short what, void *user)
{
	struct pipeline *pipeline = user;
	struct backlog *backlog = &pipeline->backlog;
	uint64_t now_us = state_now().mono_us;
	struct timeval rest = { .tv_sec = 1 };

	(void)fd;
	(void)what;
	if (!pipeline->store_failed || now_us >= pipeline->retry_us) {
		(void)pipeline_flush(pipeline);
		return;
	}
	backlog_announce(backlog, backlog->n);
	describe_failure(pipeline, pipeline->error);
	rest.tv_sec += (time_t)((pipeline->retry_us - now_us) / LS_SEC);
	event_add(pipeline->flush, &rest);
	arm_deadline(pipeline);
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
	backlog_forget(&pipeline->backlog, pipeline->backlog.n);
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
	backlog_init(&pipeline->backlog, announce, pipeline);
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
	backlog_done(&pipeline->backlog);
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
	server_observed(pipeline->with.server, obs);
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

	if (pipeline_flush(pipeline) < 0)
		return;
	if (store_begin(store) < 0)
		return;
	if ((pipeline->kmsg_taken && store_set_kmsg_seq(store, pipeline->kmsg_seq) < 0) ||
	    store_set_alive(store, state_now()) < 0 || store_commit(store) < 0)
		store_rollback(store);
}
