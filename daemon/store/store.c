#include "daemon/store/internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define HOUR_US		 (3600 * (int64_t)LS_SEC)
#define MINUTES_KEPT_FOR (48 * HOUR_US)

/*
 * One linkstatd a directory. A lock on a file of its own, and not SQLite's exclusive mode, so that
 * a person can read the database with other tools meanwhile. The kernel drops it with the process.
 */
static int
lock(struct store *store)
{
	char path[PATH_MAX + sizeof(STORE_LOCK_NAME) + 1];

	snprintf(path, sizeof(path), "%s/%s", store->dir, STORE_LOCK_NAME);
	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock_fd < 0)
		return 0; /* the database will not open either, and tells why */
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	return 0;
}

int
store_open(const struct store_options *options, struct store **ret)
{
	ls_auto(store) *store = calloc(1, sizeof(*store));
	int r;

	if (!store)
		return -ENOMEM;
	store->lock_fd = -1;
	store->now = options->now;
	store->boot_id = strdup(options->boot_id);
	store->version = strdup(options->version ? options->version : "");
	if (!store->boot_id || !store->version)
		return -ENOMEM;
	if (strlen(options->dir) >= sizeof(store->dir))
		return -ENAMETOOLONG;
	memcpy(store->dir, options->dir, strlen(options->dir) + 1);
	r = lock(store);
	if (r == 0)
		r = store_file_open(store);
	if (r < 0)
		return r;

	*ret = LS_STEAL(&store);
	return 0;
}

void
store_close(struct store *store)
{
	if (!store)
		return;
	if (store->in_batch)
		store_rollback(store);
	store_disconnect(store);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store->boot_id);
	free(store->version);
	free(store);
}

const char *
store_trouble(const struct store *store)
{
	return store->run_trouble[0] ? store->run_trouble : store->open_trouble;
}

const char *
store_path(const struct store *store)
{
	return store->path;
}

static int
fail_run(struct store *store, int error)
{
	store_tell(store->run_trouble, "The history is not written now: %s.", store_advice(error));
	return error;
}

/* The first failure of a batch undoes it at once, and is what the rest of the batch answers. */
static int
fail_batch(struct store *store, int error)
{
	store->batch_error = error;
	if (!sqlite3_get_autocommit(store->db))
		(void)store_run(store, STORE_ROLLBACK, NULL, 0);
	return fail_run(store, error);
}

int
store_begin(struct store *store)
{
	int r = 0;

	assert(!store->in_batch);
	if (store->damaged && store->path[0]) {
		store_disconnect(store);
		r = store_file_open(store);
	}
	if (r == 0)
		r = store_run(store, STORE_BEGIN, NULL, 0);
	store->in_batch = r == 0;
	store->batch_error = 0;
	return r < 0 ? fail_run(store, r) : 0;
}

void
store_set_durable(struct store *store, bool durable)
{
	const char *sql = durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";

	assert(!store->in_batch);
	if (durable == !store->hasty || !store->db)
		return;
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		store->hasty = !durable;
}

int
store_put(struct store *store, const struct ls_record *record)
{
	int r;

	assert(store->in_batch);
	if (store->batch_error)
		return store->batch_error;
	r = store_put_record(store, record);
	return r < 0 ? fail_batch(store, r) : 0;
}

int
store_commit(struct store *store)
{
	int r = store->batch_error;

	assert(store->in_batch);
	if (r == 0)
		r = store_run(store, STORE_COMMIT, NULL, 0);
	if (r < 0 && !store->batch_error)
		(void)fail_batch(store, r);
	if (r == 0)
		store->run_trouble[0] = '\0';
	store->in_batch = false;
	store->batch_error = 0;
	store->boot = store->live_boot;
	return r;
}

void
store_rollback(struct store *store)
{
	if (store->in_batch && !store->batch_error)
		(void)store_run(store, STORE_ROLLBACK, NULL, 0);
	store->in_batch = false;
	store->batch_error = 0;
	store->boot = store->live_boot;
}

int
store_roll_up(struct store *store, struct ls_instant now)
{
	static const enum store_stmt steps[] = {
		STORE_MERGE_ERRORS,	  STORE_MERGED_ERRORS_CUT,   STORE_MERGE_LATENCY,
		STORE_MERGED_LATENCY_CUT, STORE_MERGED_LATENCY_MARK, STORE_MERGE_TRAFFIC,
		STORE_MERGED_TRAFFIC_CUT, STORE_MERGED_TRAFFIC_MARK,
	};
	int64_t before = now.real_us - MINUTES_KEPT_FOR;
	int r;

	assert(!store->in_batch);
	if (now.real_us < MINUTES_KEPT_FOR) /* the clock was not set yet */
		return 0;
	before -= before % HOUR_US; /* an hour is merged at once */
	r = store_begin(store);
	if (r < 0)
		return r;
	for (size_t i = 0; i < LS_COUNT(steps) && r == 0; i++)
		r = store_run(store, steps[i], &before, 1);
	if (r < 0)
		(void)fail_batch(store, r);
	return store_commit(store);
}
