#include "daemon/store/jobs.h"

#include "daemon/store/db.h"
#include "daemon/store/filter.h"
#include "daemon/store/lookup.h"
#include "daemon/store/row.h"
#include "daemon/store/schema.h"
#include "daemon/store/store.h"

/* Minutes of a table of traffic, from the one in which job ?1 began. */
#define MOVED(table)                                                                               \
	" FROM jobs j, sessions s, " table " t WHERE j.id = ?1 AND s.port IS NOT NULL"             \
	" AND (s.open = 1 OR s.ended_real >= j.began_real - 60000000) AND t.session = s.id"        \
	" AND t.minute_us >= j.began_real - j.began_real % 60000000"

/* Traffic from the job's first minute until now. */
static int
count_traffic(struct store *store, int64_t job, int sign)
{
	int r = store_run(store, "DELETE FROM job_traffic WHERE job = ?1 AND sign = ?2", INT(job),
			  INT(sign));

	if (r == 0)
		r = store_run(
			store,
			"INSERT INTO job_traffic (job, port, sign, transfers, bytes_in, bytes_out,"
			" errors) SELECT ?1, s.port, ?2, sum(t.transfers), sum(t.bytes_in),"
			" sum(t.bytes_out), 0" MOVED("traffic") " GROUP BY s.port",
			INT(job), INT(sign));
	if (r == 0)
		r = store_run(store,
			      "UPDATE job_traffic SET errors = e.n FROM (SELECT s.port AS port,"
			      " sum(t.n) AS n" MOVED(
				      "traffic_errors") " AND t.class IN ('link', 'babble', "
							"'timeout') GROUP BY s.port) e"
							" WHERE job = ?1 AND sign = ?2 AND "
							"job_traffic.port = e.port",
			      INT(job), INT(sign));
	return r;
}

static int
put_job(struct store *store, struct store_job *job)
{
	int64_t port = 0;
	int r = store_put_port(store, &job->socket, &port);

	if (r < 0)
		return r;
	return store_insert(store, &job->id,
			    "INSERT INTO jobs (boot, began_mono, began_real, ended_real, uid, port,"
			    " cable, command, note, outcome)"
			    " VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, 'running')",
			    INT(store->boot), INT(job->began.mono_us), INT(job->began.real_us),
			    INT_OR_NULL(job->uid), ID(port), TEXT_OR_NULL(job->cable),
			    TEXT(job->command), TEXT_OR_NULL(job->note));
}

#define OLDEST                                                                                     \
	"(SELECT id FROM jobs WHERE uid IS ?1 AND outcome <> 'running'"                            \
	" ORDER BY began_real DESC, id DESC LIMIT ?3 OFFSET ?2)"

/* Of each user the newest are kept: no user's jobs push the details of others out of the history. */
static int
forget_oldest(struct store *store, int64_t uid)
{
	int r = store_run(store, "DELETE FROM job_traffic WHERE job IN " OLDEST, INT_OR_NULL(uid),
			  INT(STORE_JOBS_KEPT), INT(2 * STORE_KEPT_STEP));

	if (r == 0)
		r = store_run(store, "DELETE FROM jobs WHERE id IN " OLDEST, INT_OR_NULL(uid),
			      INT(STORE_JOBS_KEPT), INT(2 * STORE_KEPT_STEP));
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
	if (r == 0 && job->id % STORE_KEPT_STEP == 0)
		r = forget_oldest(store, job->uid);
	return store_end(store, r);
}

int
store_job_end(struct store *store, const struct store_job *job)
{
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = store_run(store,
		      "UPDATE jobs SET ended_real = max(began_real, ?2), code = ?3, outcome = ?4,"
		      " place = ?5, place_percent = ?6, place_phase = ?7 WHERE id = ?1",
		      INT(job->id), INT(job->ended_us), INT_OR_NULL(job->code),
		      TEXT(ls_job_outcome_name(job->outcome)), TEXT_OR_NULL(job->place.text),
		      INT_OR_NULL(job->place.percent), TEXT_OR_NULL(job->place.phase));
	if (r == 0)
		r = count_traffic(store, job->id, 1);
	return store_end(store, r);
}

int
store_job_place(struct store *store, int64_t id, const struct ls_job_place *place)
{
	return store_run(store,
			 "UPDATE jobs SET place = ?2, place_percent = ?3, place_phase = ?4"
			 " WHERE id = ?1",
			 INT(id), TEXT_OR_NULL(place->text), INT_OR_NULL(place->percent),
			 TEXT_OR_NULL(place->phase));
}

static int
find_job(struct store *store, struct store_job *job)
{
	store_rows_auto rows =
		store_query(store, "SELECT id FROM jobs WHERE began_real = ?1 AND command = ?2",
			    INT(job->began.real_us), TEXT(job->command));
	int r = store_next(&rows);

	if (r == 1)
		job->id = store_int(&rows, 0);
	return r;
}

int
store_job_import(struct store *store, struct store_job *job)
{
	int found = find_job(store, job), r;

	if (found != 0)
		return found < 0 ? found : 0;
	r = store_insert(store, &job->id,
			 "INSERT INTO jobs (boot, began_mono, began_real, ended_real, uid, command,"
			 " note, code, outcome, place, place_percent, place_phase)"
			 " VALUES (?1, 0, ?2, max(?2, ?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
			 INT(store->boot), INT(job->began.real_us), INT(job->ended_us),
			 INT_OR_NULL(job->uid), TEXT(job->command), TEXT_OR_NULL(job->note),
			 INT_OR_NULL(job->code), TEXT(ls_job_outcome_name(job->outcome)),
			 TEXT_OR_NULL(job->place.text), INT_OR_NULL(job->place.percent),
			 TEXT_OR_NULL(job->place.phase));
	return r < 0 ? r : 1;
}

#define INCIDENTS_MEANWHILE                                                                        \
	"(SELECT count(*) FROM incidents i WHERE i.opened_real >= r.began_real"                    \
	" AND (r.outcome = 'running' OR i.opened_real < r.ended_real + 1000000)"

/* As read_job() reads it. */
#define JOB_SELECT                                                                                 \
	"SELECT r.id, r.began_mono, r.began_real, r.ended_real, ifnull(r.code, -1),"               \
	" ifnull(r.uid, -1), r.outcome, p.id_path, p.name, r.cable, r.command, r.note, r.place,"   \
	" ifnull(r.place_percent, -1), r.place_phase,"                                             \
	" " INCIDENTS_MEANWHILE "), " INCIDENTS_MEANWHILE " AND i.is_drop = 1)"                    \
	" FROM jobs r" PORT_JOIN

static void
read_job(const struct store_rows *rows, struct store_job *job)
{
	*job = (struct store_job){
		.id = store_int(rows, 0),
		.began = { (uint64_t)store_int(rows, 1), store_int(rows, 2) },
		.ended_us = store_int(rows, 3),
		.code = store_int(rows, 4),
		.uid = store_int(rows, 5),
		.outcome = ls_job_outcome_of(store_text(rows, 6)),
		.place.percent = (int)store_int(rows, 13),
		.incidents = store_int(rows, 15),
		.drops = store_int(rows, 16),
	};
	(void)store_read_socket(rows, 7, &job->socket);
	store_read_text(rows, 9, job->cable, sizeof(job->cable));
	store_read_text(rows, 10, job->command, sizeof(job->command));
	store_read_text(rows, 11, job->note, sizeof(job->note));
	store_read_text(rows, 12, job->place.text, sizeof(job->place.text));
	store_read_text(rows, 14, job->place.phase, sizeof(job->place.phase));
}

/* 0, what a visitor returned, or -errno; *n counts the visits. */
static int
visit_jobs(struct store_rows *rows, store_job_fn visit, void *user, int *n)
{
	struct store_job job;
	int r;

	for (*n = 0; (r = store_next(rows)) == 1; ++*n) {
		read_job(rows, &job);
		r = visit(&job, user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_job(struct store *store, int64_t id, store_job_fn visit, void *user)
{
	store_rows_auto rows = store_query(store, JOB_SELECT " WHERE r.id = ?1", INT(id));
	int n, r = visit_jobs(&rows, visit, user, &n);

	return r != 0 ? r : n;
}

int
store_jobs(struct store *store, const struct store_filter *filter, store_job_fn visit, void *user)
{
	store_rows_auto rows = store_query(
		store,
		JOB_SELECT
		" WHERE r.id > ?3 AND r.began_real >= ?1 AND r.began_real < ?2 ORDER BY r.id"
		" LIMIT ?4",
		INT(filter->since_us), INT(filter->until_us), INT(filter->after_id),
		INT(store_filter_limit(filter)));
	int n;

	return visit_jobs(&rows, visit, user, &n);
}

int
store_job_ports(struct store *store, int64_t id, store_job_port_fn visit, void *user)
{
	store_rows_auto rows = store_query(
		store,
		"SELECT p.id_path, p.name, p.label, max(0, sum(sign * transfers)),"
		" max(0, sum(sign * bytes_in)), max(0, sum(sign * bytes_out)),"
		" max(0, sum(sign * errors)) FROM job_traffic t JOIN ports p ON p.id = t.port"
		" WHERE t.job = ?1 AND EXISTS (SELECT 1 FROM job_traffic x WHERE x.job = ?1"
		"  AND x.sign = 1) GROUP BY t.port HAVING sum(sign * transfers) > 0"
		" ORDER BY p.id_path COLLATE port_order",
		INT(id));
	int r;

	while ((r = store_next(&rows)) == 1) {
		struct store_job_port port = {
			.label = store_text(&rows, 2),
			.transfers = store_int(&rows, 3),
			.bytes_in = store_int(&rows, 4),
			.bytes_out = store_int(&rows, 5),
			.errors = store_int(&rows, 6),
		};

		(void)store_read_socket(&rows, 0, &port.socket);
		r = visit(&port, user);
		if (r != 0)
			return r;
	}
	return r;
}
