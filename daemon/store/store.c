#include "daemon/store/store.h"

#include <assert.h>

#include "daemon/store/db.h"
#include "daemon/store/lookup.h"
#include "daemon/store/open.h"
#include "daemon/store/schema.h"
#include "daemon/store/write.h"

static int
fail_run(struct store *store, int error)
{
	store_problem_format(store->run_problem, "The history is not written now: %s.",
			     store_advice(error));
	return error;
}

int
store_fail(struct store *store, int error)
{
	store->batch_error = error;
	if (!sqlite3_get_autocommit(store->db))
		(void)store_run(store, "ROLLBACK");
	return fail_run(store, error);
}

int
store_begin(struct store *store)
{
	int r = 0;

	assert(!store->in_batch);
	if (store->damaged && store->path[0]) {
		store_disconnect(store);
		r = store_reopen(store);
	}
	if (r == 0)
		r = store_run(store, "BEGIN IMMEDIATE");
	store->in_batch = r == 0;
	store->batch_error = 0;
	return r < 0 ? fail_run(store, r) : 0;
}

void
store_set_synced_aside(struct store *store, bool aside)
{
	assert(!store->in_batch);
	store->synced_aside = aside;
	if (store->db)
		(void)store_apply_sync(store);
}

int
store_put_count(struct store *store, const struct ls_socket *socket, enum ls_event_kind kind,
		int64_t at_us, int64_t n)
{
	int64_t port = 0;
	int r = store->batch_error ? store->batch_error : store_put_port(store, socket, &port);

	if (r == 0)
		r = store_run(store,
			      "INSERT INTO event_sums (port, month_real, kind, n) VALUES"
			      " (?1, " STORE_MONTH_OF(
				      "?2") ", ?3, ?4)"
					    " ON CONFLICT DO UPDATE SET n = n + excluded.n",
			      INT(port), INT(at_us), TEXT(ls_event_kind_name(kind)), INT(n));
	return r < 0 && !store->batch_error ? store_fail(store, r) : r;
}

int
store_put(struct store *store, const struct ls_record *record)
{
	int r;

	assert(store->in_batch);
	if (store->batch_error)
		return store->batch_error;
	r = store_put_record(store, record);
	return r < 0 ? store_fail(store, r) : 0;
}

int
store_commit(struct store *store)
{
	int r = store->batch_error;

	assert(store->in_batch);
	if (r == 0)
		r = store_run(store, "COMMIT");
	if (r < 0 && !store->batch_error)
		(void)store_fail(store, r);
	if (r == 0)
		store->run_problem[0] = '\0';
	store->in_batch = false;
	store->batch_error = 0;
	store->boot = store->live_boot;
	return r;
}

void
store_rollback(struct store *store)
{
	if (store->in_batch && !store->batch_error)
		(void)store_run(store, "ROLLBACK");
	store->in_batch = false;
	store->batch_error = 0;
	store->boot = store->live_boot;
}

int
store_end(struct store *store, int r)
{
	if (r == 0)
		return store_commit(store);
	store_rollback(store);
	return r;
}
