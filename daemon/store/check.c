#include "daemon/store/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/worker.h"
#include "daemon/store/db.h"
#include "daemon/store/reader.h"

struct store_check {
	struct worker_job job;
	struct worker *worker;
	struct store *store; /* the loop's */
	struct store_place place;
	struct store_reader *reader;
	atomic_bool stop;
	int result;
};

static int
check_all(struct store *store)
{
	store_rows_auto rows = store_query(store, "PRAGMA quick_check(1)");
	int r = store_next(&rows);

	if (r < 0)
		return r;
	return r == 1 && strcmp(store_text(&rows, 0), "ok") == 0 ? 0 : -EBADMSG;
}

static int
check_place(struct store_reader *reader, const struct store_place *place, const atomic_bool *stop)
{
	struct store *store;
	int r = store_reader_begin(reader, place, stop, &store);

	if (r < 0)
		return r;
	r = check_all(store);
	return store_reader_end(reader) == -EBADMSG ? -EBADMSG : r;
}

static void
on_work(struct worker_job *job)
{
	struct store_check *check = job->user;

	check->result = check_place(check->reader, &check->place, &check->stop);
}

static void
on_done(struct worker_job *job)
{
	struct store_check *check = job->user;

	if (!job->cancelled && check->result == -EBADMSG)
		store_found_damaged(check->store, &check->place);
}

int
store_check(struct store *store)
{
	ls_auto(store_reader) *reader = NULL;
	atomic_bool stop = false;
	struct store_place place;
	int r = store_reader_new(&reader);

	if (r < 0)
		return r;
	store_place(store, &place);
	r = check_place(reader, &place, &stop);
	if (r == -EBADMSG)
		store_found_damaged(store, &place);
	return r;
}

int
store_check_new(struct event_base *base, struct store *store, struct store_check **ret)
{
	ls_auto(store_check) *check = NULL;
	int r;

	*ret = NULL;
	if (!store->unchecked)
		return 0;
	check = calloc(1, sizeof(*check));
	if (!check)
		return -ENOMEM;
	check->store = store;
	store_place(store, &check->place);
	r = store_reader_new(&check->reader);
	if (r == 0)
		r = worker_new(base, &check->worker);
	if (r < 0)
		return r;
	check->job = (struct worker_job){ .work = on_work, .done = on_done, .user = check };
	worker_submit(check->worker, &check->job);
	*ret = LS_STEAL(&check);
	return 0;
}

void
store_check_free(struct store_check *check)
{
	if (!check)
		return;
	atomic_store(&check->stop, true);
	worker_free(check->worker);
	store_reader_free(check->reader);
	free(check);
}
