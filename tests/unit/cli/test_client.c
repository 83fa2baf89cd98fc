#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/ask/client.h"

static const struct client_wait brief = { .timeout_ms = 300000, .output_fd = -1 };

struct peer {
	int fd;
	const char *bytes;
	size_t len, times; /* the bytes are sent so often */
	size_t step;	   /* so many at once, 0: all */
};

static void *
speak(void *user)
{
	struct peer *peer = user;

	for (size_t i = 0; i < peer->times * peer->len;) {
		size_t at = i % peer->len, n = peer->len - at;
		ssize_t sent;

		if (peer->step > 0 && n > peer->step)
			n = peer->step;
		sent = send(peer->fd, peer->bytes + at, n, MSG_NOSIGNAL);
		if (sent < 0)
			break;
		i += (size_t)sent;
	}
	close(peer->fd);
	return NULL;
}

/* The first two results of the client when a peer sends @peer->bytes and closes. */
static void
hear(struct peer *peer, int r[2], json_t *replies[2])
{
	ls_auto(client) *client = NULL;
	pthread_t thread;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(client_new(fds[0], &client), 0);
	peer->fd = fds[1];
	assert_int_equal(pthread_create(&thread, NULL, speak, peer), 0);
	for (int i = 0; i < 2; i++) {
		replies[i] = NULL;
		r[i] = client_receive(client, &brief, &replies[i]);
		if (r[i] < 0)
			break;
	}
	client_free(LS_STEAL(&client)); /* before join: a peer may still be sending */
	pthread_join(thread, NULL);
}

#define SAYS(text) .bytes = (text), .len = sizeof(text) - 1

static void
refuses_what_is_no_reply(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len;
		int want;
	} cases[] = {
		{ "nothing", SAYS(""), -ECONNRESET },
		{ "half a reply", SAYS("{\"parameters\":{"), -EPIPE },
		{ "a reply without its end", SAYS("{\"parameters\":{}}"), -EPIPE },
		{ "only NUL", SAYS("\0\0\0"), -EBADMSG },
		{ "garbage", SAYS("\xff\xfe\x01HTTP/1.1 400\0"), -EBADMSG },
		{ "a list", SAYS("[]\0"), -EBADMSG },
		{ "a number", SAYS("3\0"), -EBADMSG },
		{ "half, then NUL", SAYS("{\"parameters\":{\0"), -EBADMSG },
		{ "two in one", SAYS("{}{}\0"), -EBADMSG },
		{ "error is no text", SAYS("{\"error\":7}\0"), -EBADMSG },
		{ "parameters are no object", SAYS("{\"parameters\":[]}\0"), -EBADMSG },
		{ "continues is no flag", SAYS("{\"continues\":1}\0"), -EBADMSG },
		{ "a member twice", SAYS("{\"error\":\"a\",\"error\":\"b\"}\0"), -EBADMSG },
		{ "NUL within a text", SAYS("{\"error\":\"a\\u0000b\"}\0"), -EBADMSG },
		{ "not UTF-8", SAYS("{\"error\":\"\xc0\xaf\"}\0"), -EBADMSG },
		{ "a lone surrogate", SAYS("{\"error\":\"\\ud800\"}\0"), -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct peer peer = { .bytes = cases[i].bytes, .len = cases[i].len, .times = 1 };
		json_t *replies[2];
		int r[2];

		print_message("%s\n", cases[i].name);
		hear(&peer, r, replies);
		assert_int_equal(r[0], cases[i].want);
	}
}

static void
refuses_endless_replies(void **state)
{
	static char blanks[1 << 20];
	struct peer peer = { .bytes = blanks, .len = sizeof(blanks), .times = 64 };
	json_t *replies[2];
	int r[2];

	(void)state;
	memset(blanks, ' ', sizeof(blanks));
	hear(&peer, r, replies);
	assert_int_equal(r[0], -EMSGSIZE);
}

static void
refuses_endless_depth(void **state)
{
	static char brackets[100000];
	struct peer peer = { .bytes = brackets, .len = sizeof(brackets), .times = 1 };
	json_t *replies[2];
	int r[2];

	(void)state;
	memset(brackets, '[', sizeof(brackets));
	brackets[sizeof(brackets) - 1] = '\0';
	hear(&peer, r, replies);
	assert_int_equal(r[0], -EBADMSG);
}

static void
puts_replies_together(void **state)
{
	static const char two[] = "{\"parameters\":{\"n\":1},\"continues\":true}\0"
				  "{\"error\":\"io.linkstat.TooSlow\",\"parameters\":null}";

	(void)state;
	for (size_t step = 0; step <= sizeof(two); step++) {
		struct peer peer = { .bytes = two, .len = sizeof(two), .times = 1, .step = step };
		json_t *replies[2];
		int r[2];

		hear(&peer, r, replies);
		assert_int_equal(r[0], 1);
		assert_int_equal(r[1], 1);
		assert_true(client_continues(replies[0]));
		assert_null(client_error(replies[0]));
		assert_int_equal(
			json_integer_value(json_object_get(client_parameters(replies[0]), "n")), 1);
		assert_false(client_continues(replies[1]));
		assert_string_equal(client_error(replies[1]), "io.linkstat.TooSlow");
		assert_int_equal(json_object_size(client_parameters(replies[1])), 0);
		json_decref(replies[0]);
		json_decref(replies[1]);
	}
}

static void
waits_no_longer_than_asked(void **state)
{
	const struct client_wait wait = { .timeout_ms = 30, .output_fd = -1 };
	ls_auto(client) *client = NULL;
	json_t *reply;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(client_new(fds[0], &client), 0);
	assert_int_equal(send(fds[1], "{", 1, 0), 1);
	assert_int_equal(client_receive(client, &wait, &reply), -ETIMEDOUT);
	close(fds[1]);
}

/* A server that is busy says so and closes, before it was asked. */
static void
hears_why_it_was_turned_away(void **state)
{
	static const char busy[] = "{\"error\":\"io.linkstat.TooMany\",\"parameters\":{}}";
	const struct client_wait wait = { .timeout_ms = 300000, .output_fd = -1 };
	ls_auto(client) *client = NULL;
	json_t *reply = NULL;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(client_new(fds[0], &client), 0);
	assert_int_equal(send(fds[1], busy, sizeof(busy), 0), sizeof(busy));
	close(fds[1]);
	assert_int_equal(client_send(client, "a.b.C", NULL, false), 0);
	assert_int_equal(client_receive(client, &wait, &reply), 1);
	assert_string_equal(client_error(reply), "io.linkstat.TooMany");
	json_decref(reply);
	assert_int_equal(client_receive(client, &wait, &reply), -ECONNRESET);
}

static void
ends_with_its_reader(void **state)
{
	struct client_wait wait = { .timeout_ms = 300000 };
	ls_auto(client) *client = NULL;
	int fds[2], output[2];
	json_t *reply;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(pipe(output), 0);
	close(output[0]);
	wait.output_fd = output[1];
	assert_int_equal(client_new(fds[0], &client), 0);
	assert_int_equal(client_receive(client, &wait, &reply), -ECANCELED);
	close(output[1]);
	close(fds[1]);
}

static void
asks_as_varlink_does(void **state)
{
	ls_json_auto json_t *parameters = json_pack("{s:i}", "id", 41);
	ls_auto(client) *client = NULL;
	char text[200] = "";
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(client_new(fds[0], &client), 0);
	assert_int_equal(client_send(client, "a.b.C", parameters, true), 0);
	assert_true(recv(fds[1], text, sizeof(text), 0) > 0);
	assert_string_equal(text,
			    "{\"method\":\"a.b.C\",\"parameters\":{\"id\":41},\"more\":true}");
	assert_int_equal(client_send(client, "a.b.C", NULL, false), 0);
	assert_int_equal(recv(fds[1], text, sizeof(text), 0), 19);
	assert_string_equal(text, "{\"method\":\"a.b.C\"}");
	close(fds[1]);
}

static void
reports_why_it_cannot_connect(void **state)
{
	struct client *client = NULL;
	char path[300];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(client_open("", &client), -ENOENT);
	assert_int_equal(client_open("/nonexistent/socket", &client), -ENOENT);
	assert_int_equal(client_open("/dev/null", &client), -ECONNREFUSED);
	assert_int_equal(client_open(path, &client), -ENAMETOOLONG);
	assert_null(client);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_no_reply),
		cmocka_unit_test(refuses_endless_replies),
		cmocka_unit_test(refuses_endless_depth),
		cmocka_unit_test(puts_replies_together),
		cmocka_unit_test(waits_no_longer_than_asked),
		cmocka_unit_test(hears_why_it_was_turned_away),
		cmocka_unit_test(ends_with_its_reader),
		cmocka_unit_test(asks_as_varlink_does),
		cmocka_unit_test(reports_why_it_cannot_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
