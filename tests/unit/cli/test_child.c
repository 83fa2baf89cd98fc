#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/commands/child.h"

#define PATIENCE_S 300
#define SEEN_MAX   256

static void
on_output(const char *bytes, size_t len, void *user)
{
	char *seen = user;
	size_t before = strlen(seen);

	if (len >= SEEN_MAX - before)
		len = SEEN_MAX - before - 1;
	memcpy(seen + before, bytes, len);
	seen[before + len] = '\0';
}

/* What @run returns in a process of its own, which inherits no ignored signal and ends by itself. */
static int
apart(int (*run)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		for (int number = 1; number < NSIG; number++)
			signal(number, SIG_DFL); /* under nohup one is ignored */
		alarm(PATIENCE_S);
		_exit(run());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
where_children_are_ignored(void)
{
	static char *const argv[] = { (char *)"sh", (char *)"-c", (char *)"exit 7", NULL };
	struct child_end end;

	signal(SIGCHLD, SIG_IGN);
	return child_run(argv, NULL, NULL, &end) < 0 ? 255 : child_exit_code(&end);
}

/* Some programs start others so; the kernel then keeps no exit code and reports no end. */
static void
ends_where_children_are_ignored(void **state)
{
	(void)state;
	assert_int_equal(apart(where_children_are_ignored), 7);
}

static int
ignored_there(const char *want)
{
	static char *const argv[] = { (char *)"grep", (char *)"SigIgn", (char *)"/proc/self/status",
				      NULL };
	char seen[SEEN_MAX] = "";
	struct child_end end;
	int ends[2];

	if (pipe(ends) < 0 || dup2(ends[1], STDOUT_FILENO) < 0)
		return 255;
	if (child_run(argv, on_output, seen, &end) < 0 || child_exit_code(&end) != 0)
		return 254;
	return strstr(seen, want) ? 0 : 1;
}

static int
with_both_usual(void)
{
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	return ignored_there("0000\n");
}

static int
with_both_ignored(void)
{
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (ignored_there("11000\n") != 0)
		return 1;
	return signal(SIGPIPE, SIG_DFL) == SIG_IGN && signal(SIGCHLD, SIG_DFL) == SIG_IGN ? 0 : 2;
}

/* The command inherits which signals are ignored. */
static void
passes_on_what_is_ignored(void **state)
{
	(void)state;
	assert_int_equal(apart(with_both_usual), 0);
	assert_int_equal(apart(with_both_ignored), 0);
}

static int
without_a_reader(void)
{
	static char *const argv[] = { (char *)"sh", (char *)"-c",
				      (char *)"trap '' PIPE; echo one; sleep 0.3; echo two; exit 7",
				      NULL };
	char seen[SEEN_MAX] = "";
	struct child_end end;
	int ends[2];

	if (pipe(ends) < 0 || dup2(ends[1], STDOUT_FILENO) < 0)
		return 255;
	close(ends[0]);
	close(ends[1]);
	return child_run(argv, on_output, seen, &end) < 0 ? 255 : child_exit_code(&end);
}

/* "| head": a closed pipe does not end the client before the command. */
static void
goes_on_without_a_reader(void **state)
{
	(void)state;
	assert_int_equal(apart(without_a_reader), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_where_children_are_ignored),
		cmocka_unit_test(passes_on_what_is_ignored),
		cmocka_unit_test(goes_on_without_a_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
