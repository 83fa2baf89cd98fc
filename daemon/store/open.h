#pragma once
/* Opens and closes a store, whatever its directory holds. */
#include "lib/base/base.h"
#include "lib/model/observation.h"

struct store;

struct store_options {
	const char *dir;     /* exists; the database is DIR/linkstat.db */
	const char *boot_id; /* of this boot, as in /proc/sys/kernel/random/boot_id */
	struct ls_instant now;
	const char *version; /* of linkstatd */
};

/*
 * Opens or makes the database and marks this boot. A file that is no database, or is damaged, is
 * renamed and a new one begun. Where nothing can be written (no permission,
 * full disk, read-only), the history of this run is kept in memory. store_problem() has the reason.
 * What an earlier boot left open is closed at the time that boot was last seen; gaps that an
 * earlier run of this boot left open are closed now. 0, -EBUSY if another linkstatd has @dir open,
 * or -errno when not even memory works.
 */
int store_open(const struct store_options *options, struct store **ret);
void store_close(struct store *store);
/* Alias for ls_auto. */
#define store_free store_close
LS_DEFINE_AUTO(store)

/* A sentence for people: "" if all is well, else what is wrong and what was done instead. */
const char *store_problem(const struct store *store);
/* Path of the database, or "" if in memory. */
const char *store_path(const struct store *store);

/* Makes the connection wait for the disk, or not. 0 or -errno. */
int store_apply_sync(struct store *store);
/*
 * While continuing what was opened, a statement failed with @error: a damaged file is kept aside and a
 * new one begun, else the history of this run is kept in memory. 0, or -errno: not even that works.
 */
int store_recover(struct store *store, int error);
/* The file could not be opened at the start, and now it could. */
bool store_can_open(const struct store *store);

/*
 * Opens DIR/linkstat.db, or a database in memory where that fails, and marks this boot. The reason
 * goes to store->open_problem. 0, or -errno if neither works.
 */
int store_reopen(struct store *store);
