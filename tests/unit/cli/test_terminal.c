/* `linkstat top` on a terminal: what it draws, its keys, and the terminal afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/cli/screens.h"

#define TIMEOUT_MS 300000
#define ENTER	   "\033[?1049h"
#define LEAVE	   "\033[?1049l"
#define DEVICE(name, in)                                                                           \
	"{\"port\":\"p\",\"name\":\"" name "\",\"label\":null,\"device\":" IPHONE                  \
	",\"bytes_in_per_second\":" in ",\"bytes_out_per_second\":0,\"transfers_per_second\":1,"   \
	"\"errors_per_second\":0,\"stalls_per_second\":0,\"errors\":0,\"stalls\":0,"               \
	"\"latency\":{}}"
#define REPLY(ready, seconds, devices)                                                             \
	"{\"parameters\":{\"ready\":" ready                                                        \
	",\"at\":\"2026-11-22T14:30:00Z\",\"seconds\":" seconds                                    \
	",\"blind\":null,\"fix\":null,\"lost\":0,\"devices\":[" devices "]},\"continues\":true}"

/* A linkstatd that sends two replies and then nothing, and a client on a terminal. */
struct bed {
	char dir[48], path[64];
	int listener, connection, terminal;
	pid_t client;
	struct termios before;
	char shown[1 << 16]; /* all that came from the client */
	size_t n_shown, n_seen;
};

static void
run_client(const struct bed *bed)
{
	struct cli cli = { .socket = bed->path, .now_us = NOW_US };

	setenv("TERM", "xterm", 1);
	unsetenv("COLUMNS");
	output_style_init(&cli.style, stdout);
	_exit(screen_run(&cli, (const char *[]){ "top", NULL }, NULL));
}

static void
start(struct bed *bed)
{
	static const char *const replies[] = {
		REPLY("true", "null", ""),
		REPLY("false", "2.0", DEVICE("1-1", "5") "," DEVICE("1-2", "1000000")),
	};
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	char call[1000];

	*bed = (struct bed){ .dir = "/tmp/linkstat-terminal-XXXXXX" };
	assert_non_null(mkdtemp(bed->dir));
	snprintf(bed->path, sizeof(bed->path), "%s/socket", bed->dir);
	memcpy(address.sun_path, bed->path, sizeof(bed->path));
	bed->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(bed->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(bed->listener, 1), 0);
	bed->client = forkpty(&bed->terminal, NULL, NULL, &size);
	assert_true(bed->client >= 0);
	if (bed->client == 0)
		run_client(bed);
	assert_int_equal(tcgetattr(bed->terminal, &bed->before), 0);
	bed->connection = accept(bed->listener, NULL, NULL);
	assert_true(bed->connection >= 0);
	assert_true(recv(bed->connection, call, sizeof(call), 0) > 0);
	for (size_t i = 0; i < LS_COUNT(replies); i++)
		assert_true(send(bed->connection, replies[i], strlen(replies[i]) + 1, 0) > 0);
}

/* False when the client has closed the terminal. */
static bool
read_more(struct bed *bed)
{
	struct pollfd fd = { .fd = bed->terminal, .events = POLLIN };
	ssize_t n;

	assert_int_equal(poll(&fd, 1, TIMEOUT_MS), 1);
	n = read(bed->terminal, bed->shown + bed->n_shown, sizeof(bed->shown) - 1 - bed->n_shown);
	if (n <= 0)
		return false;
	bed->n_shown += (size_t)n;
	return true;
}

/* Waits until @text is shown, behind all that was waited for before. */
static void
expect(struct bed *bed, const char *text)
{
	const char *found;

	while (!(found = strstr(bed->shown + bed->n_seen, text))) {
		if (!read_more(bed))
			fail_msg("never shown: %s; but: %s", text, bed->shown + bed->n_seen);
	}
	bed->n_seen = (size_t)(found - bed->shown) + strlen(text);
}

static bool
takes_single_keys(const struct bed *bed)
{
	struct termios now;

	assert_int_equal(tcgetattr(bed->terminal, &now), 0);
	return !(now.c_lflag & (ICANON | ECHO));
}

/* The client has ended, as it should, and left the terminal as it was. */
static void
finish(struct bed *bed, int want)
{
	struct termios now;
	int status = 0;

	expect(bed, LEAVE);
	assert_int_equal(waitpid(bed->client, &status, 0), bed->client);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), want);
	if (tcgetattr(bed->terminal, &now) == 0)
		assert_int_equal(now.c_lflag, bed->before.c_lflag);
	close(bed->terminal);
	close(bed->connection);
	close(bed->listener);
	unlink(bed->path);
	rmdir(bed->dir);
}

static void
leaves_the_terminal_as_it_was(void **state)
{
	static const struct {
		const char *name, *keys;
		int signal;
		bool hang_up; /* linkstatd goes away */
		int want;
	} cases[] = {
		{ "q", "q", 0, false, CLI_FINE },
		{ "Ctrl-C", "\003", 0, false, CLI_FINE },
		{ "SIGTERM", NULL, SIGTERM, false, CLI_FINE },
		{ "SIGHUP", NULL, SIGHUP, false, CLI_FINE },
		{ "linkstatd goes away", NULL, 0, true, CLI_UNREACHABLE },
	};
	struct bed *bed = calloc(1, sizeof(*bed));

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%s\n", cases[i].name);
		start(bed);
		expect(bed, ENTER);
		expect(bed, "1-2");
		assert_true(takes_single_keys(bed));
		if (cases[i].keys)
			assert_int_equal(write(bed->terminal, cases[i].keys, 1), 1);
		if (cases[i].signal)
			kill(bed->client, cases[i].signal);
		if (cases[i].hang_up)
			shutdown(bed->connection, SHUT_RDWR);
		finish(bed, cases[i].want);
	}
	free(bed);
}

static void
keys_change_the_order(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	(void)state;
	start(bed);
	expect(bed, "1-2");
	expect(bed, "1-1");
	expect(bed, "Sorted by throughput");
	assert_int_equal(write(bed->terminal, "s", 1), 1);
	expect(bed, "1-1");
	expect(bed, "1-2");
	expect(bed, "Sorted by transfers");
	assert_int_equal(write(bed->terminal, "\033[C", 3), 3);
	expect(bed, "Sorted by errors");
	assert_int_equal(write(bed->terminal, "\033[D", 3), 3);
	expect(bed, "Sorted by transfers");
	assert_int_equal(write(bed->terminal, "xq", 2), 2);
	finish(bed, CLI_FINE);
	free(bed);
}

static void
follows_the_size_of_the_window(void **state)
{
	const struct winsize wide = { .ws_row = 24, .ws_col = 130 };
	const struct winsize low = { .ws_row = 3, .ws_col = 130 };
	struct bed *bed = calloc(1, sizeof(*bed));

	(void)state;
	start(bed);
	expect(bed, "Sorted by throughput");
	assert_null(strstr(bed->shown, "LONGEST"));
	assert_int_equal(ioctl(bed->terminal, TIOCSWINSZ, &wide), 0);
	expect(bed, "LONGEST");
	expect(bed, "Sorted by throughput");
	assert_int_equal(ioctl(bed->terminal, TIOCSWINSZ, &low), 0);
	expect(bed, "(3 more lines: make the window taller)");
	kill(bed->client, SIGTERM);
	finish(bed, CLI_FINE);
	free(bed);
}

/* A stopped client has given the terminal back; a continued one takes it again. */
static void
stops_and_continues(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));
	int status = 0;

	(void)state;
	start(bed);
	expect(bed, "Sorted by throughput");
	kill(bed->client, SIGTSTP);
	expect(bed, LEAVE);
	/* A group without a parent in its session is not stopped by SIGTSTP: ours is one. */
	assert_int_equal(waitpid(bed->client, &status, WNOHANG | WUNTRACED), 0);
	expect(bed, ENTER);
	expect(bed, "Sorted by throughput");
	kill(bed->client, SIGSTOP);
	assert_int_equal(waitpid(bed->client, &status, WUNTRACED), bed->client);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(tcsetattr(bed->terminal, TCSANOW, &bed->before), 0); /* as a shell does */
	kill(bed->client, SIGCONT);
	expect(bed, ENTER);
	expect(bed, "Sorted by throughput");
	assert_true(takes_single_keys(bed));
	assert_int_equal(write(bed->terminal, "q", 1), 1);
	finish(bed, CLI_FINE);
	free(bed);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_the_terminal_as_it_was),
		cmocka_unit_test(keys_change_the_order),
		cmocka_unit_test(follows_the_size_of_the_window),
		cmocka_unit_test(stops_and_continues),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
