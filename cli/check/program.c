#include "cli/check/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* In a process group of its own, with the signals as programs expect them. */
static int
start(const char *path, const char *argument, int output, pid_t *ret)
{
	char *argv[] = { (char *)(uintptr_t)path, (char *)(uintptr_t)argument, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t all, none;
	int r;

	if (posix_spawn_file_actions_init(&files) != 0)
		return -ENOMEM;
	if (posix_spawnattr_init(&how) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return -ENOMEM;
	}
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(&how, &all);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setpgroup(&how, 0);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
					       POSIX_SPAWN_SETSIGMASK);
	r = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
	if (r == 0)
		r = posix_spawn(ret, path, &files, &how, argv, environ);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return -r;
}

/* Until the end, the deadline, or @ret is full. */
static int
collect(int fd, int64_t deadline_ms, char *ret, size_t size)
{
	size_t len = 0;

	while (len < size - 1) {
		struct pollfd readable = { .fd = fd, .events = POLLIN };
		int64_t left_ms = deadline_ms - now_ms();
		ssize_t n;

		if (left_ms <= 0 || poll(&readable, 1, (int)left_ms) == 0)
			return -ETIMEDOUT;
		n = read(fd, ret + len, size - 1 - len);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n == 0)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	ret[len] = '\0';
	return (int)len;
}

int
program_output(const char *path, const char *argument, int timeout_ms, char *ret, size_t size)
{
	int64_t deadline_ms = now_ms() + timeout_ms;
	int ends[2], r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	r = start(path, argument, ends[1], &pid);
	close(ends[1]);
	if (r == 0) {
		r = collect(ends[0], deadline_ms, ret, size);
		(void)kill(-pid,
			   SIGKILL); /* not yet waited for, so that the number is still its own */
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	return r;
}
