#include "daemon/store/jobs.h"

#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/lookup.h"
#include "daemon/store/store.h"

static const char *const outcomes[] = { "lost", "running", "exited", "killed" };

/* What moved from the job's first minute until now. */
static int
count_traffic(struct store *store, int64_t job, int64_t sign)
{
	static const enum store_stmt steps[] = { STORE_JOB_TRAFFIC_CUT, STORE_JOB_TRAFFIC,
						 STORE_JOB_ERRORS };
	const int64_t ids[] = { job, sign };
	int r = 0;

	for (size_t i = 0; i < LS_COUNT(steps) && r == 0; i++)
		r = store_run(store, steps[i], ids, LS_COUNT(ids));
	return r;
}

static void
bind_text(sqlite3_stmt *stmt, int n, const char *text)
{
	if (text[0])
		(void)sqlite3_bind_text(stmt, n, text, -1, SQLITE_STATIC);
}

static int
put_job(struct store *store, struct store_job *job)
{
	const int64_t ids[] = { store->boot, (int64_t)job->began.mono_us, job->began.real_us };
	int64_t port = 0;
	int r = store_put_port(store, &job->socket, &port);
	store_stmt_auto *stmt = r == 0 ? store_prepare(store, STORE_JOB_BEGIN, &r) : NULL;

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	if (job->uid >= 0)
		(void)sqlite3_bind_int64(stmt, 4, job->uid);
	if (port)
		(void)sqlite3_bind_int64(stmt, 5, port);
	bind_text(stmt, 6, job->cable);
	(void)sqlite3_bind_text(stmt, 7, job->command, -1, SQLITE_STATIC);
	bind_text(stmt, 8, job->note);
	r = store_step(store, stmt);
	job->id = sqlite3_last_insert_rowid(store->db);
	return r;
}

int
store_job_begin(struct store *store, struct store_job *job)
{
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = put_job(store, job);
	if (r == 0)
		r = count_traffic(store, job->id, -1);
	if (r == 0)
		return store_commit(store);
	store_rollback(store);
	return r;
}

static int
put_end(struct store *store, const struct store_job *job)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_JOB_END, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_int64(stmt, 1, job->id);
	(void)sqlite3_bind_int64(stmt, 2, job->ended_us);
	if (job->code >= 0)
		(void)sqlite3_bind_int64(stmt, 3, job->code);
	(void)sqlite3_bind_text(stmt, 4, job->outcome, -1, SQLITE_STATIC);
	bind_text(stmt, 5, job->place);
	return store_step(store, stmt);
}

int
store_job_end(struct store *store, const struct store_job *job)
{
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = put_end(store, job);
	if (r == 0)
		r = count_traffic(store, job->id, 1);
	if (r == 0)
		return store_commit(store);
	store_rollback(store);
	return r;
}

int
store_job_place(struct store *store, int64_t id, const char *place)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_JOB_PLACE, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_int64(stmt, 1, id);
	bind_text(stmt, 2, place);
	return store_step(store, stmt);
}

static const char *
outcome_of(const unsigned char *text)
{
	for (size_t i = 1; text && i < LS_COUNT(outcomes); i++) {
		if (strcmp((const char *)text, outcomes[i]) == 0)
			return outcomes[i];
	}
	return outcomes[0];
}

/* As JOB_SELECT selects it. */
static void
read_job(sqlite3_stmt *stmt, struct store_job *job)
{
	*job = (struct store_job){
		.id = sqlite3_column_int64(stmt, 0),
		.began = { (uint64_t)sqlite3_column_int64(stmt, 1), sqlite3_column_int64(stmt, 2) },
		.ended_us = sqlite3_column_int64(stmt, 3),
		.code = sqlite3_column_int64(stmt, 4),
		.uid = sqlite3_column_int64(stmt, 5),
		.outcome = outcome_of(sqlite3_column_text(stmt, 6)),
		.incidents = sqlite3_column_int64(stmt, 13),
		.drops = sqlite3_column_int64(stmt, 14),
	};
	store_read_text(stmt, 7, job->socket.id_path, sizeof(job->socket.id_path));
	store_read_text(stmt, 8, job->socket.name, sizeof(job->socket.name));
	store_read_text(stmt, 9, job->cable, sizeof(job->cable));
	store_read_text(stmt, 10, job->command, sizeof(job->command));
	store_read_text(stmt, 11, job->note, sizeof(job->note));
	store_read_text(stmt, 12, job->place, sizeof(job->place));
}

static int
visit_jobs(struct store *store, sqlite3_stmt *stmt, store_job_fn visit, void *user)
{
	int r, n = 0;

	while ((r = store_step(store, stmt)) == 1) {
		struct store_job job;

		read_job(stmt, &job);
		r = visit(&job, user);
		if (r != 0)
			return r;
		n++;
	}
	return r < 0 ? r : n;
}

int
store_job(struct store *store, int64_t id, store_job_fn visit, void *user)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_JOB, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, &id, 1);
	return visit_jobs(store, stmt, visit, user);
}

int
store_jobs(struct store *store, const struct store_filter *filter, store_job_fn visit, void *user)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare_filtered(store, STORE_JOBS, filter, NULL, &r);

	r = stmt ? visit_jobs(store, stmt, visit, user) : r;
	return r < 0 ? r : 0;
}

int
store_job_ports(struct store *store, int64_t id, store_job_port_fn visit, void *user)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_JOB_PORTS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, &id, 1);
	while ((r = store_step(store, stmt)) == 1) {
		struct store_job_port port = {
			.label = (const char *)sqlite3_column_text(stmt, 2),
			.transfers = sqlite3_column_int64(stmt, 3),
			.bytes_in = sqlite3_column_int64(stmt, 4),
			.bytes_out = sqlite3_column_int64(stmt, 5),
			.errors = sqlite3_column_int64(stmt, 6),
		};

		store_read_text(stmt, 0, port.socket.id_path, sizeof(port.socket.id_path));
		store_read_text(stmt, 1, port.socket.name, sizeof(port.socket.name));
		r = visit(&port, user);
		if (r != 0)
			return r;
	}
	return r;
}
