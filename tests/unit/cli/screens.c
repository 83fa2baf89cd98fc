#include "tests/unit/cli/screens.h"

#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/base/redact.h"
#include "cli/commands/list.h"
#include "cli/options.h"

#define WORDS_MAX 8

struct server {
	int fd;
	const struct screen *screen;
};

/* Answers each call with the next reply, one that wants more with all of them. False at the end. */
static bool
answer(const struct screen *screen, int fd, size_t *i)
{
	char call[1000];

	for (bool more = false; *i < LS_COUNT(screen->replies); ++*i) {
		const char *reply = screen->replies[*i];
		ssize_t n = more ? 0 : recv(fd, call, sizeof(call), 0);

		if (!more && n <= 0)
			return true;
		more = more || memmem(call, (size_t)n, "\"more\":true", 11);
		if (!reply || send(fd, reply, strlen(reply) + 1, MSG_NOSIGNAL) < 0)
			return false;
	}
	return false;
}

/* Connections come one after the other. */
static void *
serve(void *user)
{
	const struct server *server = user;
	size_t i = 0;
	bool more = true;

	while (more) {
		int fd = accept(server->fd, NULL, NULL);

		more = fd >= 0 && answer(server->screen, fd, &i);
		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

int
screen_run(struct cli *cli, const char *const *words, int (*run)(const struct cli *cli))
{
	char *argv[WORDS_MAX + 2] = { (char *)(uintptr_t) "linkstat" };
	struct redaction redaction = { 0 };
	struct request request;
	int argc = 1, r;

	for (; argc <= WORDS_MAX && words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	cli->redaction = &redaction;
	r = options_parse(cli, argc, argv, command_list, &request);
	if (r == CLI_FINE)
		r = run ? run(cli) : request.command->run(cli, request.options);
	request_done(&request);
	redact_done(&redaction);
	return r;
}

static void
check_one(const struct screen *screen, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct server server = { .screen = screen };
	struct cli cli = { .socket = path, .now_us = NOW_US };
	char *text = NULL;
	size_t len;
	pthread_t thread;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	server.fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(server.fd, 1), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, &server), 0);
	cli.style = (struct output_style){ .out = open_memstream(&text, &len),
					   .utf8 = true,
					   .dash = "–" };

	assert_int_equal(screen_run(&cli, screen->words, screen->run), screen->want);
	fclose(cli.style.out);
	assert_string_equal(text, screen->text);
	free(text);
	shutdown(server.fd, SHUT_RDWR); /* for a command that did not even ask */
	pthread_join(thread, NULL);
	close(server.fd);
	unlink(path);
}

void
screens_check(const struct screen *screens, size_t n)
{
	char dir[] = "/tmp/linkstat-screens-XXXXXX", path[64];

	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	setenv("TZ", "UTC", 1);
	tzset();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/socket", dir);
	for (size_t i = 0; i < n; i++) {
		print_message("%s\n", screens[i].name);
		check_one(&screens[i], path);
	}
	rmdir(dir);
}
