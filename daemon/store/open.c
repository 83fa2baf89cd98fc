#include "daemon/store/open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "daemon/store/boot.h"
#include "daemon/store/db.h"
#include "daemon/store/file.h"
#include "daemon/store/schema.h"

/* 1 with the schema's version, -EBADMSG if it is damaged or another's, -ENOTSUP if too new. */
static int
identify(struct store *store, int64_t *version)
{
	int64_t application = 0, n_tables = 0;
	int r = store_get(store, version, "PRAGMA user_version");

	if (r == 1)
		r = store_get(store, &application, "PRAGMA application_id");
	if (r == 1)
		r = store_get(store, &n_tables, "SELECT count(*) FROM sqlite_schema");
	if (r != 1)
		return r < 0 ? r : -EBADMSG;
	if (n_tables == 0 && *version == 0)
		return 1;
	if (application != STORE_APPLICATION_ID || *version <= 0)
		return -EBADMSG;
	return *version > store_schema_version() ? -ENOTSUP : 1;
}

int
store_apply_sync(struct store *store)
{
	return store_exec(store,
			  store->synced_aside
				  ? "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0"
				  : "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000");
}

static int
prepare_database(struct store *store)
{
	int64_t version = 0;
	int r = identify(store, &version);

	if (r == 1)
		r = version == 0 ? store_exec(store, "PRAGMA auto_vacuum = INCREMENTAL") : 0;
	if (r == 0)
		r = store_exec(store,
			       "PRAGMA journal_mode = WAL;"
			       "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
			       "PRAGMA journal_size_limit = 4194304; PRAGMA temp_store = MEMORY");
	if (r == 0)
		r = store_apply_sync(store);
	if (r == 0)
		r = store_migrate(store, (int)version);
	if (r == 0)
		r = store_boot_mark(store);
	if (r == 0)
		(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	return r;
}

static int
open_once(struct store *store)
{
	/* SQLite would delete a log whose database is empty, as one that was left by another. */
	bool orphan =
		store_file_size(store->path, "-wal") > 0 && store_file_size(store->path, "") <= 0;
	int r = orphan ? -EBADMSG : 0;

	/* A linkstatd that ends cleanly leaves no log behind. */
	store->unchecked = store_file_exists(store->path, "-wal");
	if (r == 0)
		r = store_file_probe(store->path);
	store->damaged = false;
	store->n_opened++;
	if (r == 0)
		r = store_connect(store, store->path, STORE_READ_WRITE);
	if (r == 0)
		r = prepare_database(store);
	if (r == 0) /* the loop waits for nobody: the next batch tries again */
		(void)sqlite3_busy_timeout(store->db, 0);
	if (r < 0)
		store_disconnect(store);
	/* What a sound file of ours never violates. */
	return r == -EINVAL ? -EBADMSG : r;
}

static int
open_memory(struct store *store)
{
	int r;

	store->path[0] = '\0';
	store->damaged = store->unchecked = false;
	r = store_connect(store, ":memory:", STORE_READ_WRITE);
	if (r == 0)
		r = prepare_database(store);
	if (r < 0)
		store_disconnect(store);
	return r;
}

int
store_reopen(struct store *store)
{
	int len = snprintf(store->path, sizeof(store->path), "%s/%s", store->dir, STORE_FILE_NAME);
	int r = len < 0 || (size_t)len >= sizeof(store->path) ? -ENAMETOOLONG
		: store->damaged			      ? -EBADMSG
							      : open_once(store);

	if (r == -EBADMSG) {
		r = store_file_move_aside(store, "was damaged or not one of linkstat's");
		if (r == 0)
			r = open_once(store);
	}
	store->is_waiting = r < 0 && r != -ENOTSUP;
	if (r == 0)
		return 0;
	if (r == -ENOTSUP)
		store_problem_format(
			store->open_problem,
			"The history of this run is kept in memory only: that in %s was written "
			"by a newer linkstatd and is left as it is. Install that one again.",
			store->path);
	else
		store_problem_format(
			store->open_problem,
			"The history of this run is kept in memory only, not in %s: %s.",
			store->dir, store_advice(r));
	return open_memory(store);
}

int
store_recover(struct store *store, int error)
{
	if (!store->path[0])
		return error;
	store_disconnect(store);
	store->damaged = error == -EBADMSG;
	if (store->damaged)
		return store_reopen(store);
	store_problem_format(store->open_problem,
			     "The history of this run is kept in memory only, not in %s: %s.",
			     store->dir, store_advice(error));
	return open_memory(store);
}

bool
store_can_open(const struct store *store)
{
	char path[PATH_MAX + sizeof(STORE_FILE_NAME) + 1];

	snprintf(path, sizeof(path), "%s/%s", store->dir, STORE_FILE_NAME);
	return store->is_waiting && store_file_probe(path) == 0 && !store_disk_is_full(store->dir);
}

/*
 * One linkstatd a directory. A lock on a file of its own, and not SQLite's exclusive mode, so that
 * a user can read the database with other tools. The kernel drops the lock with the process.
 */
static int
lock(struct store *store)
{
	char path[PATH_MAX + sizeof(STORE_LOCK_NAME) + 1];

	snprintf(path, sizeof(path), "%s/%s", store->dir, STORE_LOCK_NAME);
	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock_fd < 0)
		return 0; /* opening the database will fail as well, and report why */
	store_file_give(store->lock_fd, path);
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
		r = store_reopen(store);
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
	store_disconnect(store); /* rolls back an open batch */
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store->boot_id);
	free(store->version);
	free(store);
}

const char *
store_problem(const struct store *store)
{
	return store->run_problem[0] ? store->run_problem : store->open_problem;
}

const char *
store_path(const struct store *store)
{
	return store->path;
}
