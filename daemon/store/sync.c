#include "daemon/store/sync.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/worker.h"
#include "daemon/store/db.h"
#include "daemon/store/file.h"
#include "daemon/store/reader.h"
#include "daemon/store/store.h"

/* As many pages as SQLite would let the log grow to, on the loop. */
#define LOG_BYTES (INT64_C(4) << 20)

STAILQ_HEAD(waits, store_sync_wait);

struct store_sync {
	struct worker *worker;
	struct store *store; /* the loop's */
	struct waits waits;  /* for the next job */
	struct waits in_progress;
	struct worker_job job;
	bool busy;
	bool ending;		  /* without the thread */
	struct store_place place; /* the thread's while busy, like the rest */
	bool wants_checkpoint;
	int result;
	struct store own; /* the thread's connection to @own_place */
	struct store_place own_place;
};

static int
connect(struct store_sync *sync)
{
	int64_t n_tables;
	int r;

	if (sync->own.db && sync->own_place.n_opened == sync->place.n_opened)
		return 0;
	store_disconnect(&sync->own);
	r = store_connect(&sync->own, sync->place.path, STORE_READ_WRITE);
	if (r == 0)
		r = store_exec(&sync->own, "PRAGMA synchronous = NORMAL");
	if (r == 0) /* opens the log */
		r = store_get(&sync->own, &n_tables, "SELECT count(*) FROM sqlite_schema");
	sync->own_place = sync->place;
	return r < 0 ? r : 0;
}

/* Whichever connection wrote to the log: it is one file. */
static int
sync_log(struct store_sync *sync)
{
	sqlite3_file *log = NULL;
	int r = connect(sync);

	if (r == 0)
		r = store_error(&sync->own,
				sqlite3_file_control(sync->own.db, "main",
						     SQLITE_FCNTL_JOURNAL_POINTER, &log));
	if (r == 0 && log && log->pMethods)
		r = store_error(&sync->own, log->pMethods->xSync(log, SQLITE_SYNC_NORMAL));
	return r;
}

static void
on_work(struct worker_job *job)
{
	struct store_sync *sync = job->user;

	sync->result = sync_log(sync);
	if (sync->result == 0 && sync->wants_checkpoint)
		(void)store_exec(&sync->own, "PRAGMA wal_checkpoint(PASSIVE)");
	if (sync->result < 0) /* a new connection next time */
		store_disconnect(&sync->own);
}

static void start(struct store_sync *sync);

static void
finish(struct store_sync *sync, int r)
{
	struct store_sync_wait *wait;

	while ((wait = STAILQ_FIRST(&sync->in_progress))) {
		STAILQ_REMOVE_HEAD(&sync->in_progress, link);
		wait->done(wait, r);
	}
}

static void
on_done(struct worker_job *job)
{
	struct store_sync *sync = job->user;

	sync->busy = false;
	if (job->cancelled) /* the thread is gone: this one does it */
		on_work(job);
	finish(sync, sync->result);
	if (!STAILQ_EMPTY(&sync->waits) && !sync->busy)
		start(sync);
}

static void
start(struct store_sync *sync)
{
	STAILQ_CONCAT(&sync->in_progress, &sync->waits);
	store_place(sync->store, &sync->place);
	if (!sync->place.path[0]) {
		finish(sync, 0);
		return;
	}
	sync->wants_checkpoint = store_file_size(sync->place.path, "-wal") > LOG_BYTES;
	sync->job = (struct worker_job){ .work = on_work, .done = on_done, .user = sync };
	if (sync->ending) {
		on_work(&sync->job);
		finish(sync, sync->result);
		return;
	}
	sync->busy = true;
	worker_submit(sync->worker, &sync->job);
}

int
store_sync_new(struct event_base *base, struct store *store, struct store_sync **ret)
{
	ls_auto(store_sync) *sync = calloc(1, sizeof(*sync));
	int r;

	if (!sync)
		return -ENOMEM;
	sync->store = store;
	sync->own.lock_fd = -1;
	STAILQ_INIT(&sync->waits);
	STAILQ_INIT(&sync->in_progress);
	r = worker_new(base, &sync->worker);
	if (r < 0)
		return r;
	store_set_synced_aside(store, true);
	*ret = LS_STEAL(&sync);
	return 0;
}

void
store_sync_free(struct store_sync *sync)
{
	if (!sync)
		return;
	sync->ending = true;
	worker_free(sync->worker);
	store_set_synced_aside(sync->store, false);
	store_disconnect(&sync->own);
	free(sync);
}

void
store_sync_wait_for(struct store_sync *sync, struct store_sync_wait *wait)
{
	STAILQ_INSERT_TAIL(&sync->waits, wait, link);
	if (!sync->busy)
		start(sync);
}

void
store_sync_checkpoint(struct store_sync *sync)
{
	if (!sync->busy && store_file_size(sync->store->path, "-wal") > LOG_BYTES)
		start(sync);
}
