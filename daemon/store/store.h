#pragma once
/*
 * The history: one SQLite database (WAL, one writer, STRICT tables) in the state directory.
 * Everything that belongs together is written in one transaction, together with the position in
 * the kernel log that it was concluded from, so that a kill between any two steps loses nothing
 * and counts nothing twice.
 */
#include "lib/model/record.h"

struct store;

/*
 * Writing: begin, put…, commit. 0 or -errno; after an error nothing of the batch is there, and further
 * records are refused until commit or rollback. A file that turned out to be damaged is renamed at
 * the next begin, and a new one begun.
 */
int store_begin(struct store *store);
/*
 * A commit waits for the disk, unless @aside: then whoever needs it waits by store_sync_wait_for(), and
 * that also empties the log. A crash of linkstatd alone loses nothing either way.
 */
void store_set_synced_aside(struct store *store, bool aside);
int store_put(struct store *store, const struct ls_record *record);
/* Adds @n events to the sums of a port, without any details. */
int store_put_count(struct store *store, const struct ls_socket *socket, enum ls_event_kind kind,
		    int64_t at_us, int64_t n);
int store_commit(struct store *store);
void store_rollback(struct store *store);
/* Rolls the batch back; every further call of the batch returns @error, as this one does. */
int store_fail(struct store *store, int error);
/* Commits if @r is 0, else rolls back. 0, @r or -errno. */
int store_end(struct store *store, int r);
