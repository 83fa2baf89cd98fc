/*
 * kills SEED [N]: linkstatd's store killed at N random moments, while it writes batches, sums up, imports
 * the past and keeps jobs. Each start finds what was committed, nothing half, and sums that fit.
 */
#include <fcntl.h>

#include "daemon/store/check.h"
#include "daemon/store/import.h"
#include "daemon/store/jobs.h"
#include "daemon/store/retention.h"
#include "daemon/store/statistics.h"
#include "tests/unit/daemon/store_batch.h"

#define DAY (24 * 3600)

static uint64_t
next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

/* Events of a boot long ago, and a session that has ended; to its end, or dropped, or neither. */
static void
import_some(struct store *store, uint64_t *seed)
{
	const char *boot = "aaaaaaaa-0000-4000-8000-000000000001";
	struct ls_session session =
		sample_session((INT64_C(1) << 40) + (int64_t)next(seed), 7, -30 * DAY);

	if (store_import_begin(store, boot, sample_instant(-30 * DAY)) < 0 ||
	    store_import_begin_batch(store, boot) < 0)
		_exit(1);
	for (uint64_t i = 0, n = next(seed) % 20; i < n; i++) {
		struct ls_event event = sample_event(7, LS_EVENT_CONNECT, -30 * DAY + (int64_t)i);

		(void)store_put(store, &RECORD_OF(EVENT, .event = &event));
	}
	session.open = session.present = false;
	session.connected_us = 3600 * LS_SEC;
	session.ended = sample_instant(-30 * DAY + 3600);
	(void)store_put(store, &RECORD_OF(SESSION, .session = &session));
	if (store_import_seen(store, sample_instant(-29 * DAY)) < 0 ||
	    store_import_close(store, sample_instant(-29 * DAY), false) < 0 ||
	    store_commit(store) < 0)
		_exit(1);
	while (store_sum_up(store, sample_instant(0)) == 1)
		continue;
	if (next(seed) % 2)
		(void)store_import_drop(store);
}

static void
do_something(struct store *store, uint64_t *seed, int64_t *n_batches)
{
	struct store_job job = { .began = sample_instant(1), .command = "restore", .uid = -1 };

	switch (next(seed) % 8) {
	case 0:
		import_some(store, seed);
		break;
	case 1:
		(void)store_sum_up(store, sample_instant(10 * DAY));
		break;
	case 2:
		(void)store_roll_up(store, sample_instant(10 * DAY));
		break;
	case 3:
		if (store_job_begin(store, &job) == 0) {
			job.outcome = LS_JOB_EXITED;
			job.ended_us = sample_instant(2).real_us;
			job.place.percent = -1;
			(void)store_job_end(store, &job);
		}
		break;
	default:
		++*n_batches;
		put_batches(store, *n_batches, *n_batches);
	}
}

static int64_t
number(struct store *store, const char *dir, const char *query)
{
	struct fixture fixture = { .store = store, .dir = (char *)(uintptr_t)dir };

	return sql_number(&fixture, query);
}

static int64_t
count_batches(struct store *store, const char *dir)
{
	(void)store;
	return number(store, dir, "SELECT ifnull(max(kmsg_seq), 0) FROM boots WHERE imported = 0");
}

static void
live(const char *dir, uint64_t seed, int fd)
{
	struct store *store = sample_open(dir);
	int64_t n = count_batches(store, dir);

	for (;;) {
		do_something(store, &seed, &n);
		if (write(fd, &n, sizeof(n)) != sizeof(n))
			_exit(1);
	}
}

static const char *const must_be_0[] = {
	"SELECT (SELECT ifnull(sum(n), 0) FROM event_sums) - (SELECT count(*) FROM events)",
	"SELECT (SELECT ifnull(sum(n), 0) FROM incident_sums) - (SELECT count(*) FROM incidents)",
	"SELECT (SELECT ifnull(sum(n), 0) FROM session_sums)"
	" - (SELECT count(*) FROM sessions WHERE sum IS NOT NULL)",
	"SELECT (SELECT ifnull(sum(n), 0) FROM port_weeks)"
	" - (SELECT count(*) FROM sessions WHERE counted = 1)",
	"SELECT count(*) FROM events e JOIN boots b ON b.id = e.boot WHERE b.imported IN (1, 3, 4)",
	"SELECT count(*) FROM sessions s JOIN boots b ON b.id = s.boot WHERE b.imported IN (1, 3, "
	"4)",
	"SELECT count(*) FROM stays WHERE session NOT IN (SELECT id FROM sessions)",
	"SELECT count(*) FROM jobs WHERE outcome = 'running'",
};

static bool
is_sound(const char *dir, int64_t reported)
{
	struct store *store = sample_open(dir);
	bool good = !*store_problem(store) && store_check(store) == 0;

	while (store_import_undo(store) == 1)
		continue;
	if (!good)
		fprintf(stderr, "damaged: %s\n", store_problem(store));
	if (count_batches(store, dir) < reported) {
		fprintf(stderr, "%lld batches were reported\n", (long long)reported);
		good = false;
	}
	for (size_t i = 0; i < LS_COUNT(must_be_0); i++) {
		int64_t n = number(store, dir, must_be_0[i]);

		if (n != 0)
			fprintf(stderr, "%lld: %s\n", (long long)n, must_be_0[i]);
		good = good && n == 0;
	}
	store_close(store);
	return good;
}

static bool
kill_once(const char *dir, uint64_t *seed)
{
	int64_t reported = 0, n;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		live(dir, *seed, fds[1]);
	close(fds[1]);
	for (uint64_t i = 0, wait = 1 + next(seed) % 12; i < wait; i++) {
		if (read(fds[0], &n, sizeof(n)) == sizeof(n))
			reported = n;
	}
	usleep((useconds_t)(next(seed) % 5000));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	while (read(fds[0], &n, sizeof(n)) == sizeof(n))
		reported = n;
	close(fds[0]);
	return is_sound(dir, reported);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	int n = argc > 2 ? atoi(argv[2]) : 1000, n_bad = 0;
	char *dir = sample_dir();

	for (int i = 0; i < n; i++)
		n_bad += !kill_once(dir, &seed);
	printf("seed %s: %d kills, %d bad\n", argc > 1 ? argv[1] : "1", n, n_bad);
	sample_dir_remove(dir);
	return n_bad > 0;
}
