#include "tests/unit/daemon/store_batch.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int
do_step(struct store *store, int step, int64_t n)
{
	struct ls_event event = sample_event(1, LS_EVENT_RESET, n);
	struct ls_session session = sample_session(n, 1, n);
	struct ls_incident incident = sample_incident(n, 1, n);
	const struct ls_record records[] = {
		RECORD_OF(EVENT, .event = &event),
		RECORD_OF(SESSION, .session = &session),
		RECORD_OF(INCIDENT, .incident = &incident),
	};

	switch (step) {
	case STEP_OPEN:
		return 0;
	case STEP_BEGIN:
		return store_begin(store);
	case STEP_SEQ:
		return store_set_kmsg_seq(store, (uint64_t)n);
	case STEP_COMMIT:
		return store_commit(store);
	default:
		return store_put(store, &records[step - STEP_EVENT]);
	}
}

void
put_batches(struct store *store, int64_t first, int64_t last)
{
	for (int64_t n = first; n <= last; n++) {
		for (int step = 0; step < N_STEPS; step++)
			assert_int_equal(do_step(store, step, n), 0);
	}
}

int64_t
whole_batches(struct store *store)
{
	struct ls_engine_config config;
	uint64_t seq = 0;
	int r = store_kmsg_seq(store, &seq);

	assert_true(r >= 0);
	assert_int_equal(store_next_ids(store, &config), 0);
	if (count_all_events(store) != (int)seq || config.next_session_id != (int64_t)seq + 1 ||
	    config.next_gap_id != 1)
		return -1;
	return (int64_t)seq;
}

int
run_child(void (*body)(const char *dir, int arg), const char *dir, int arg)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		body(dir, arg);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

void
die_after(const char *dir, int arg)
{
	struct store *store = sample_open(dir);

	put_batches(store, 1, 3);
	for (int step = 0; step <= arg; step++) {
		if (do_step(store, step, 4) < 0)
			_exit(1);
	}
	raise(SIGKILL);
}

int
make_dir(void **state)
{
	*state = sample_dir();
	return 0;
}

int
remove_dir(void **state)
{
	sample_dir_remove(*state);
	return 0;
}
