#pragma once
/* For the tests of what the client prints: canned replies, and a server that gives them. */
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

#include "cli/base/cli.h"
#include "cli/base/command.h"
#include "cli/commands/transfers.h"

/* Sunday 2026-11-22 14:30:00 UTC */
#define NOW_US (INT64_C(1795357800) * 1000000)

#define IPHONE                                                                                     \
	"{\"vid\":\"05ac\",\"pid\":\"1281\",\"serial\":\"ECID:2E\",\"product\":\"iPhone\","        \
	"\"manufacturer\":\"Apple Inc.\",\"speed\":\"480 Mb/s\",\"hub\":false,"                    \
	"\"max_power_ma\":500}"
#define INCIDENT                                                                                   \
	"{\"id\":41,\"opened_at\":\"2026-11-22T14:03:08.7Z\","                                     \
	"\"closed_at\":\"2026-11-22T14:03:16Z\",\"port\":\"p-usb-0:1\",\"name\":\"1-1\","          \
	"\"label\":\"left front\",\"device\":" IPHONE ",\"cause\":\"link-loss\","                  \
	"\"side\":\"link\",\"drop\":true,\"confidence\":0.93,\"count\":1,\"resets\":1,"            \
	"\"why\":\"it came back by itself\",\"disconnected_at\":\"2026-11-22T14:03:11.01Z\","      \
	"\"back_after_seconds\":1.31,\"evidence\":["                                               \
	"{\"at\":\"2026-11-22T14:03:08.7Z\",\"source\":\"kernel-log\",\"what\":\"reset\"},"        \
	"{\"at\":\"2026-11-22T14:03:11.01Z\",\"source\":\"udev\",\"what\":\"remove 1-1\"}],"       \
	"\"evidence_omitted\":3}"
#define EVENT                                                                                      \
	"{\"at\":\"2026-11-22T14:03:11Z\",\"port\":\"p\",\"name\":\"1-1\","                        \
	"\"kind\":\"disconnect\",\"source\":\"kernel-log\",\"what\":\"gone \\u001b[2J\","          \
	"\"incident\":41}"

struct screen {
	const char *name;
	int (*run)(const struct cli *cli);
	const char *arg;
	bool json;
	const char *replies[5]; /* one a request; a watch gets all of them */
	int want;
	const char *text;
};

struct server {
	int fd;
	const struct screen *screen;
};

/* Answers each call with the next reply, one that wants more with all of them. False at the end. */
static inline bool
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
static inline void *
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

static inline void
shows(const struct screen *screen, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct server server = { .screen = screen };
	char *args[] = { (char *)(uintptr_t)screen->arg, NULL };
	struct cli cli = { .socket = path,
			   .json = screen->json,
			   .args = args,
			   .n_args = screen->arg != NULL,
			   .now_us = NOW_US };
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

	assert_int_equal(screen->run(&cli), screen->want);
	fclose(cli.style.out);
	assert_string_equal(text, screen->text);
	free(text);
	shutdown(server.fd, SHUT_RDWR); /* for a command that did not even ask */
	pthread_join(thread, NULL);
	close(server.fd);
	unlink(path);
}

/* All of them, in a locale and a time zone that are the same everywhere. */
static inline void
shows_all(const struct screen *screens, size_t n)
{
	char dir[] = "/tmp/linkstat-screens-XXXXXX", path[64];

	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	setenv("TZ", "UTC", 1);
	tzset();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/socket", dir);
	for (size_t i = 0; i < n; i++) {
		print_message("%s\n", screens[i].name);
		shows(&screens[i], path);
	}
	rmdir(dir);
}
