/* linkstatd killed at any moment: what was committed is there, and nothing half. */
#include <fcntl.h>

#include "tests/unit/daemon/store_batch.h"

static void
a_kill_between_steps_loses_nothing(void **state)
{
	(void)state;
	for (int step = 0; step < N_STEPS; step++) {
		char *dir = sample_dir();
		int status = run_child(die_after, dir, step);
		struct store *store;

		print_message("killed after step %d\n", step);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		store = sample_open(dir);
		assert_string_equal(store_problem(store), "");
		assert_int_equal(whole_batches(store), step == STEP_COMMIT ? 4 : 3);
		put_batches(store, whole_batches(store) + 1, 6);
		assert_int_equal(whole_batches(store), 6);
		store_close(store);
		sample_dir_remove(dir);
	}
}

/* Writes batches until killed, and reports each that is committed. */
static void
write_until_killed(const char *dir, int fd)
{
	struct store *store = sample_open(dir);

	for (int64_t n = whole_batches(store) + 1;; n++) {
		put_batches(store, n, n);
		if (write(fd, &n, sizeof(n)) != sizeof(n))
			_exit(1);
	}
}

static void
a_kill_at_any_time_loses_nothing(void **state)
{
	int64_t reported = 0, n;

	for (int round = 0; round < 12; round++) {
		struct store *store;
		int fds[2];
		pid_t pid;

		assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
		pid = fork();
		if (pid == 0)
			write_until_killed(*state, fds[1]);
		close(fds[1]);
		for (int i = 0; i <= round && read(fds[0], &n, sizeof(n)) == sizeof(n); i++)
			reported = n;
		usleep((useconds_t)(round * 137 % 1000));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		while (read(fds[0], &n, sizeof(n)) == sizeof(n))
			reported = n;
		close(fds[0]);
		store = sample_open(*state);
		assert_true(whole_batches(store) >= reported);
		store_close(store);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kill_between_steps_loses_nothing),
		DIR_TEST(a_kill_at_any_time_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
