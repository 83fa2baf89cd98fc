#include "cli/check/versions.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/base/cli.h"
#include "lib/base/cursor.h"

#define PATIENCE_MS 2000
#define ANSWER_MAX  16384
#define ARGS_MAX    10

/* ---- programs ---- */

/* Where @name is in the path, in a static order like a shell's. False if nowhere. */
bool
versions_find_program(const struct check *check, const char *name, char ret[PATH_MAX])
{
	const char *dirs[] = { check->path, "/usr/sbin:/usr/local/sbin" };

	for (size_t i = 0; i < LS_COUNT(dirs); i++) {
		const char *dir = dirs[i];

		if (i > 0 && *check->root) /* in a test only @path counts */
			break;
		while (*dir) {
			int len = (int)strcspn(dir, ":");

			if (len > 0 &&
			    snprintf(ret, PATH_MAX, "%.*s/%s", len, dir, name) < PATH_MAX &&
			    access(ret, X_OK) == 0)
				return true;
			dir += len;
			dir += *dir == ':';
		}
	}
	return false;
}

extern char **environ;

/* In a process group of its own, with the signals as programs expect them. */
static int
start(char *const argv[], int output, pid_t *ret)
{
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
		r = posix_spawn(ret, argv[0], &files, &how, argv, environ);
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
		int64_t left_ms = deadline_ms - cli_clock_us(CLOCK_MONOTONIC) / 1000;
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
versions_run(char *const argv[], int timeout_ms, char *ret, size_t size)
{
	int64_t deadline_ms = cli_clock_us(CLOCK_MONOTONIC) / 1000 + timeout_ms;
	int ends[2], r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	r = start(argv, ends[1], &pid);
	close(ends[1]);
	if (r == 0) {
		r = collect(ends[0], deadline_ms, ret, size);
		/* Not waited for yet, so its pid cannot have been reused. */
		(void)kill(-pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	return r;
}

/* ---- package managers ---- */

/* Library packages have their version in their name: "libirecovery-1.0-3". */
static const struct {
	const char *name;
	bool begins;
} wanted[VERSIONS_PACKAGES] = {
	{ "usbmuxd", false },	  { "idevicerestore", false },	{ "irecovery", false },
	{ "libirecovery", true }, { "libimobiledevice", true },
};

static const char *const not_the_library[] = {
	"-dev", "-utils", "-tools", "-common", "-doc", "-dbg"
};

/* Its index in @wanted, VERSIONS_PACKAGES for another one. */
static size_t
find_wanted(const char *name, size_t len)
{
	for (size_t i = 0; i < LS_COUNT(not_the_library); i++) {
		if (memmem(name, len, not_the_library[i], strlen(not_the_library[i])))
			return VERSIONS_PACKAGES;
	}
	for (size_t i = 0; i < VERSIONS_PACKAGES; i++) {
		size_t wanted_len = strlen(wanted[i].name);

		if (len >= wanted_len && memcmp(name, wanted[i].name, wanted_len) == 0 &&
		    (len == wanted_len || wanted[i].begins))
			return i;
	}
	return VERSIONS_PACKAGES;
}

static void
keep(char version[CHECK_VERSION_MAX], const char *text, size_t len)
{
	if (len >= CHECK_VERSION_MAX)
		len = CHECK_VERSION_MAX - 1;
	memcpy(version, text, len);
	version[len] = '\0';
}

static struct ls_cursor
take_word(struct ls_cursor *line)
{
	struct ls_cursor word = { .at = line->at, .end = line->at };

	while (line->at<line->end && * line->at> ' ')
		line->at++;
	word.end = line->at;
	(void)ls_take_spaces(line);
	return word;
}

/* "usbmuxd-1.1.1-r3": the version is behind the last dash but one, and goes to @version. */
static bool
split_joined(struct ls_cursor *name, struct ls_cursor *version)
{
	const char *dash = name->end;

	for (int i = 0; i < 2; i++) {
		dash = memrchr(name->at, '-', (size_t)(dash - name->at));
		if (!dash)
			return false;
	}
	*version = (struct ls_cursor){ .at = dash + 1, .end = name->end };
	name->end = dash;
	return true;
}

static void
read_line(struct versions *versions, struct ls_cursor line, bool joined)
{
	struct ls_cursor name = take_word(&line), version, state;
	size_t package;

	if (joined && !split_joined(&name, &version))
		return;
	if (!joined)
		version = take_word(&line);
	state = take_word(&line);
	if (!joined && ls_cursor_left(&state) > 0 && !ls_take_literal(&state, "installed"))
		return;
	package = find_wanted(name.at, ls_cursor_left(&name));
	if (package < VERSIONS_PACKAGES)
		keep(versions->of[package], version.at, ls_cursor_left(&version));
}

void
versions_read(struct versions *versions, const char *text, size_t len, bool joined)
{
	struct ls_cursor all = ls_cursor_of(text, len);

	while (ls_cursor_left(&all) > 0) {
		read_line(versions, ls_take_until(&all, '\n'), joined);
		(void)ls_take_char(&all, '\n');
	}
}

static const struct {
	const char *name;
	const char *args[ARGS_MAX];
	bool joined;
} managers[] = {
	{ "dpkg-query",
	  { "-W", "-f", "${Package} ${Version} ${db:Status-Status}\\n", "usbmuxd", "idevicerestore",
	    "irecovery", "libirecovery*", "libimobiledevice*" },
	  false },
	{ "rpm",
	  { "-qa", "--qf", "%{NAME} %{VERSION}-%{RELEASE}\\n", "usbmuxd", "idevicerestore",
	    "irecovery", "libirecovery*", "libimobiledevice*" },
	  false },
	{ "apk",
	  { "list", "-I", "usbmuxd", "idevicerestore", "irecovery", "libirecovery*",
	    "libimobiledevice*" },
	  true },
	{ "pacman",
	  { "-Q", "usbmuxd", "idevicerestore", "irecovery", "libirecovery", "libimobiledevice" },
	  false },
};

void
versions_ask(const struct check *check, struct versions *ret)
{
	*ret = (struct versions){ 0 };
	for (size_t i = 0; i < LS_COUNT(managers); i++) {
		char path[PATH_MAX], text[ANSWER_MAX];
		char *argv[ARGS_MAX + 2] = { path };
		int len;

		if (!versions_find_program(check, managers[i].name, path))
			continue;
		for (size_t k = 0; k < ARGS_MAX; k++)
			argv[k + 1] = (char *)(uintptr_t)managers[i].args[k];
		len = versions_run(argv, PATIENCE_MS, text, sizeof(text));
		if (len > 0)
			versions_read(ret, text, (size_t)len, managers[i].joined);
	}
}

static const char *
packaged(const struct versions *versions, const char *name)
{
	for (size_t i = 0; i < VERSIONS_PACKAGES; i++) {
		if (strcmp(wanted[i].name, name) == 0 && versions->of[i][0])
			return versions->of[i];
	}
	return NULL;
}

void
versions_of(const struct versions *versions, const char *name, const char *path,
	    char ret[CHECK_VERSION_MAX])
{
	char *argv[] = { (char *)(uintptr_t)path, (char *)(uintptr_t) "--version", NULL };
	const char *version = packaged(versions, name);
	char text[4096];
	int len;

	ret[0] = '\0';
	if (version && (!path || !strstr(path, "/local/"))) {
		snprintf(ret, CHECK_VERSION_MAX, "%s", version);
		return;
	}
	if (!path)
		return;
	len = versions_run(argv, PATIENCE_MS, text, sizeof(text));
	if (len <= 0 || check_parse_version(text, (size_t)len, ret) != 1)
		ret[0] = '\0';
}
