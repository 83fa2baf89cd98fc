#include "daemon/store/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/db.h"

/* Instructions of SQLite between two looks at whether to stop: well under a millisecond. */
#define INSTRUCTIONS 10000

struct store_reader {
	struct store store;
	struct store_place place; /* of the file that is open; path "": none */
	const atomic_bool *stop;
};

void
store_place(const struct store *store, struct store_place *ret)
{
	*ret = (struct store_place){ .n_opened = store->n_opened };
	memcpy(ret->path, store->path, strlen(store->path) + 1);
}

int
store_reader_new(struct store_reader **ret)
{
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	(*ret)->store.lock_fd = -1;
	return 0;
}

void
store_reader_free(struct store_reader *reader)
{
	if (!reader)
		return;
	store_disconnect(&reader->store);
	free(reader);
}

static int
is_stopped(void *user)
{
	const struct store_reader *reader = user;

	return atomic_load(reader->stop);
}

static int
open_reader(struct store_reader *reader, const struct store_place *place)
{
	int r;

	store_disconnect(&reader->store);
	reader->place.path[0] = '\0';
	reader->store.damaged = false;
	r = store_connect(&reader->store, place->path, STORE_READ_ONLY);
	if (r == 0)
		r = store_exec(&reader->store, "PRAGMA temp_store = MEMORY;"
					       "PRAGMA cache_size = -4096; PRAGMA query_only = ON");
	if (r < 0) {
		store_disconnect(&reader->store);
		return r;
	}
	sqlite3_progress_handler(reader->store.db, INSTRUCTIONS, is_stopped, reader);
	reader->place = *place;
	return 0;
}

int
store_reader_begin(struct store_reader *reader, const struct store_place *place,
		   const atomic_bool *stop, struct store **ret)
{
	bool same = reader->place.n_opened == place->n_opened &&
		    strcmp(reader->place.path, place->path) == 0;
	int r = 0;

	reader->stop = stop;
	if (!same || !reader->store.db)
		r = open_reader(reader, place);
	if (r == 0)
		r = store_exec(&reader->store, "BEGIN");
	if (r == 0)
		*ret = &reader->store;
	return r;
}

/* Memory is given back: most of the time nobody asks. */
int
store_reader_end(struct store_reader *reader)
{
	(void)store_exec(&reader->store, "ROLLBACK");
	(void)sqlite3_db_release_memory(reader->store.db);
	if (!reader->store.damaged)
		return 0;
	store_disconnect(&reader->store);
	reader->place.path[0] = '\0';
	return -EBADMSG;
}

void
store_found_damaged(struct store *store, const struct store_place *place)
{
	if (store->n_opened == place->n_opened && strcmp(store->path, place->path) == 0)
		store->damaged = true;
}
