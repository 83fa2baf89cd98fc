#pragma once
/*
 * A second connection to the history, which only reads: for a thread of its own, so that a long
 * question holds up no source.
 */
#include <limits.h>
#include <stdatomic.h>

#include "lib/base/base.h"

struct store;
struct store_reader;

/* Which file the history is in now: taken on the thread that writes, used on that which reads. */
struct store_place {
	char path[PATH_MAX]; /* "": in memory, where only the connection that writes can read */
	int64_t n_opened;    /* another number: the file of that name is another one */
};

void store_place(const struct store *store, struct store_place *ret);

/* Opens nothing yet. 0 or -errno. */
int store_reader_new(struct store_reader **ret);
void store_reader_free(struct store_reader *reader);
LS_DEFINE_AUTO(store_reader)

/*
 * One moment of the history, until store_reader_end(): what is written meanwhile is not seen. What is
 * asked ends with an error once *@stop is set. 0 or -errno.
 */
int store_reader_begin(struct store_reader *reader, const struct store_place *place,
		       const atomic_bool *stop, struct store **ret);
/* 0, or -EBADMSG if what was read is damaged: see store_found_damaged(). */
int store_reader_end(struct store_reader *reader);

/* A reader found the file at @place damaged: the next batch keeps it aside and begins a new one. */
void store_found_damaged(struct store *store, const struct store_place *place);
