#include "cli/commands/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define CHUNK 65536

static const int followed[] = { SIGINT,	 SIGQUIT, SIGTERM, SIGHUP,   SIGTSTP,
				SIGCONT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD };

/* If SIGCHLD is inherited as ignored, the kernel does not report the end of a child; and a reader
 * that closes its end must not kill this process before the command (SIGPIPE). */
static const struct {
	int number;
	void (*handler)(int);
} needed[] = { { SIGCHLD, SIG_DFL }, { SIGPIPE, SIG_IGN } };

struct command {
	struct sigaction usual[LS_COUNT(needed)]; /* dispositions to restore in the command */
	pid_t pid;
	int signals; /* signalfd */
	int output;  /* its output, to be copied; -1: it inherits ours */
	child_output_fn on_output;
	void *user;
	struct child_end *end;
	bool ended;
};

/* No output processing here: the real terminal does it. */
static int
open_terminal(int ends[2])
{
	struct winsize size = { 0 };
	struct termios raw = { 0 };

	if (openpty(&ends[0], &ends[1], NULL, NULL, NULL) < 0)
		return -errno;
	if (tcgetattr(ends[1], &raw) == 0) {
		cfmakeraw(&raw);
		(void)tcsetattr(ends[1], TCSANOW, &raw);
	}
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		(void)ioctl(ends[0], TIOCSWINSZ, &size);
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

static int
open_output(const struct command *command, int ends[2])
{
	ends[0] = ends[1] = -1;
	if (!command->on_output)
		return 0;
	if (isatty(STDOUT_FILENO))
		return open_terminal(ends);
	return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
}

static void
take_signals(struct command *command)
{
	for (size_t i = 0; i < LS_COUNT(needed); i++) {
		struct sigaction action = { .sa_handler = needed[i].handler };

		(void)sigaction(needed[i].number, &action, &command->usual[i]);
	}
}

static void
give_signals(const struct command *command)
{
	for (size_t i = 0; i < LS_COUNT(needed); i++)
		(void)sigaction(needed[i].number, &command->usual[i], NULL);
}

/* In the child. Writes errno to @failure if the command cannot be started. */
static void
become(const struct command *command, char *const *argv, const sigset_t *mask, int output,
       int failure)
{
	int error;

	give_signals(command);
	if (output < 0 || dup2(output, STDOUT_FILENO) >= 0) {
		(void)sigprocmask(SIG_SETMASK, mask, NULL);
		execvp(argv[0], argv);
	}
	error = errno;
	while (write(failure, &error, sizeof(error)) < 0 && errno == EINTR)
		;
	_exit(127);
}

/* 0: it runs, or @end has the reason why not; or -errno. */
static int
start(struct command *command, char *const *argv, const sigset_t *mask)
{
	int output[2], failure[2], r = open_output(command, output);
	ssize_t n;

	if (r < 0)
		return r;
	if (pipe2(failure, O_CLOEXEC) < 0)
		return -errno;
	command->pid = fork();
	if (command->pid == 0)
		become(command, argv, mask, output[1], failure[1]);
	r = command->pid < 0 ? -errno : 0;
	close(failure[1]);
	do {
		n = r == 0 ? read(failure[0], &command->end->error, sizeof(int)) : 0;
	} while (n < 0 && errno == EINTR);
	close(failure[0]);
	if (output[1] >= 0)
		close(output[1]);
	command->output = output[0];
	return r;
}

/* After its end, read the rest without waiting: a background process may keep the pipe open. */
static void
copy_output(struct command *command)
{
	static char bytes[CHUNK];
	ssize_t n = read(command->output, bytes, sizeof(bytes)), done = 0;

	while (n > 0 && done < n) {
		ssize_t written = write(STDOUT_FILENO, bytes + done, (size_t)(n - done));

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EAGAIN) { /* our output is non-blocking */
			struct pollfd fd = { .fd = STDOUT_FILENO, .events = POLLOUT };

			(void)poll(&fd, 1, -1);
			continue;
		}
		if (written < 0 && errno == EBADF) /* our output was closed from the start */
			written = n - done;
		if (written < 0)
			break;
		done += written;
	}
	if (n > 0)
		command->on_output(bytes, (size_t)n, command->user);
	if (n > 0 && done == n)
		return;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	close(command->output); /* end of output, or our reader is gone: let the command notice */
	command->output = -1;
}

/* The command stopped: stop too, as the shell expects of a job. */
static void
stop_too(struct command *command)
{
	(void)kill(getpid(), SIGSTOP);
	(void)kill(command->pid, SIGCONT);
}

static void
reap(struct command *command)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(command->pid, &status, WNOHANG | WUNTRACED)) > 0) {
		if (WIFSTOPPED(status)) {
			stop_too(command);
			continue;
		}
		command->ended = true;
		command->end->killed = WIFSIGNALED(status);
		command->end->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
		return;
	}
}

static void
on_signal(struct command *command)
{
	struct signalfd_siginfo info;
	struct winsize size;

	if (read(command->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD) {
		reap(command);
		return;
	}
	if (info.ssi_signo == SIGWINCH && command->output >= 0 &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		(void)ioctl(command->output, TIOCSWINSZ, &size);
	/* The terminal signals the whole group; a process signals only us. */
	if (info.ssi_code <= 0)
		(void)kill(command->pid, (int)info.ssi_signo);
}

static void
follow(struct command *command)
{
	while (!command->ended) {
		struct pollfd fds[] = {
			{ .fd = command->signals, .events = POLLIN },
			{ .fd = command->output, .events = POLLIN },
		};

		if (poll(fds, LS_COUNT(fds), -1) < 0 && errno != EINTR)
			return;
		if (fds[1].revents)
			copy_output(command);
		if (fds[0].revents)
			on_signal(command);
	}
	if (command->output >= 0)
		(void)fcntl(command->output, F_SETFL, O_NONBLOCK);
	while (command->output >= 0) {
		struct pollfd fd = { .fd = command->output, .events = POLLIN };

		if (poll(&fd, 1, 0) <= 0)
			break;
		copy_output(command);
	}
}

int
child_run(char *const *argv, child_output_fn on_output, void *user, struct child_end *ret)
{
	struct command command = {
		.output = -1,
		.on_output = on_output,
		.user = user,
		.end = ret,
	};
	sigset_t set, before;
	int r;

	*ret = (struct child_end){ 0 };
	sigemptyset(&set);
	for (size_t i = 0; i < LS_COUNT(followed); i++)
		sigaddset(&set, followed[i]);
	if (sigprocmask(SIG_BLOCK, &set, &before) < 0)
		return -errno;
	take_signals(&command);
	command.signals = signalfd(-1, &set, SFD_CLOEXEC);
	r = command.signals < 0 ? -errno : start(&command, argv, &before);
	if (r == 0)
		follow(&command);
	if (command.output >= 0)
		close(command.output);
	if (command.signals >= 0)
		close(command.signals);
	give_signals(&command);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int
child_exit_code(const struct child_end *end)
{
	if (end->error)
		return end->error == ENOENT ? 127 : 126;
	return end->killed ? 128 + end->code : end->code;
}
