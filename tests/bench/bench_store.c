/*
 * bench_store DIR: how long the questions take that read most of a history, as gen_history makes it.
 * Each is asked five times; the shortest CPU time counts. A line each: name, goal, figure, ratio.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/base/state.h"
#include "daemon/store/filter.h"
#include "daemon/store/open.h"
#include "daemon/store/report.h"
#include "daemon/store/sessions.h"
#include "lib/wire/port_report.h"

#define ROUNDS	4
#define PAGE	257
#define YEAR_US (365 * 24 * 3600 * (int64_t)LS_SEC)

static double
cpu_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* What was read, so that it can be seen that something was. */
struct seen {
	int64_t rows, last_id;
	int64_t sessions, drops;
};

static int
on_port(const struct ls_port_report *port, void *user)
{
	struct seen *seen = user;

	seen->rows++;
	seen->sessions += port->counts.sessions;
	seen->drops += port->counts.drops;
	return 0;
}

static int
on_session(const struct store_session *row, void *user)
{
	struct seen *seen = user;

	seen->rows++;
	seen->sessions += row->n;
	seen->drops += row->drops;
	seen->last_id = row->session.id;
	return 0;
}

static int
report(struct store *store, int64_t since_us, struct seen *seen)
{
	struct store_filter filter = { .since_us = since_us, .until_us = INT64_MAX };
	const char *unknown;

	return store_report(store, &filter, state_now(), on_port, seen, &unknown);
}

/* In pages, as the server does it. */
static int
diagnose(struct store *store, int64_t since_us, struct seen *seen)
{
	struct store_filter filter = { .since_us = since_us, .until_us = INT64_MAX, .limit = PAGE };
	const char *unknown;
	int64_t before;
	int r;

	do {
		before = seen->rows;
		r = store_session_sums(store, &filter, state_now(), on_session, seen, &unknown);
		filter.after_id = seen->last_id;
	} while (r == 0 && seen->rows - before == PAGE);
	return r;
}

static const struct question {
	const char *name;
	int (*ask)(struct store *store, int64_t since_us, struct seen *seen);
	int64_t span_us; /* 0: all */
	double goal_ms;
} questions[] = {
	{ "report", report, 0, 50 },
	{ "report --since -365d", report, YEAR_US, 100 },
	{ "diagnose", diagnose, 0, 100 },
	{ "diagnose --since -365d", diagnose, YEAR_US, 100 },
};

static int
measure(struct store *store, const struct question *question)
{
	int64_t since = question->span_us ? state_now().real_us - question->span_us : INT64_MIN;
	struct seen seen = { 0 };
	double best = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double began = cpu_ms(), took;

		seen = (struct seen){ 0 };
		if (question->ask(store, since, &seen) < 0)
			return -1;
		took = cpu_ms() - began;
		if (i == 0 || took < best)
			best = took;
	}
	printf("%-24s goal %5.0f ms   %8.1f ms   %5.2f   %s   (%lld rows, %lld sessions, %lld "
	       "drops)\n",
	       question->name, question->goal_ms, best, best / question->goal_ms,
	       best <= question->goal_ms ? "met" : "NOT MET", (long long)seen.rows,
	       (long long)seen.sessions, (long long)seen.drops);
	return 0;
}

int
main(int argc, char **argv)
{
	struct store_options options = { .boot_id = "bench", .now = state_now() };
	struct store *store;
	int r = 0;

	if (argc != 2) {
		fprintf(stderr, "Usage: bench_store DIR\n");
		return 2;
	}
	options.dir = argv[1];
	if (store_open(&options, &store) < 0)
		return 1;
	for (size_t i = 0; i < LS_COUNT(questions) && r == 0; i++)
		r = measure(store, &questions[i]);
	store_close(store);
	return r < 0;
}
