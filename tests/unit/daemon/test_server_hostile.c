/* What hostile, broken and impatient peers do. */
#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "daemon/server/limits.h"
#include "tests/unit/daemon/server_peer.h"

/* The server answers others as before. */
static void
assert_serves(struct bench *bench)
{
	struct peer peer = peer_connect(bench);
	json_t *reply = peer_call(bench, &peer, "org.varlink.service.GetInfo", NULL);

	assert_string_equal(error_of(reply), "");
	json_decref(reply);
	peer_close(bench, &peer);
}

/* It gets InvalidParameter for "message", then the connection ends. */
static void
assert_hung_up(struct bench *bench, struct peer *peer)
{
	json_t *reply = peer_receive(bench, peer);

	assert_string_equal(error_of(reply), "org.varlink.service.InvalidParameter");
	assert_string_equal(json_string_value(parameter(reply, "parameter")), "message");
	json_decref(reply);
	assert_null(peer_receive(bench, peer));
	peer_close(bench, peer);
	assert_serves(bench);
}

#define BYTES(text)                                                                                \
	{                                                                                          \
		text, sizeof(text)                                                                 \
	}

static void
disconnects_on_garbage(void **state)
{
	struct bench *bench = *state;
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		BYTES(""),
		BYTES("GET / HTTP/1.1\r\n\r\n"),
		BYTES("{"),
		BYTES("[]"),
		BYTES("null"),
		BYTES("{}"),
		BYTES("{\"method\":5}"),
		BYTES("{\"method\":null}"),
		BYTES("{\"method\":\"io.linkstat.Status\",\"parameters\":[]}"),
		BYTES("{\"method\":\"io.linkstat.Status\",\"parameters\":1}"),
		BYTES("{\"method\":\"io.linkstat.Status\",\"more\":1}"),
		BYTES("{\"method\":\"io.linkstat.Status\",\"oneway\":\"yes\"}"),
		BYTES("{\"method\":\"io.linkstat.Status\"}junk"),
		BYTES("{\"method\":\"io.linkstat.Status\",\"method\":\"io.linkstat.Watch\"}"),
		BYTES("{\"method\":\"io.linkstat.Sta\\u0000tus\"}"),
		BYTES("{\"method\":\"io.linkstat.\xff\xfe\"}"),
		BYTES("{\"method\":\"io.linkstat.\xc0\xaf\"}"),
		BYTES("{\"method\":\"io.linkstat.\\ud800\"}"),
		BYTES("{\"method\":\"io.linkstat.GetIncident\",\"parameters\":{\"id\":"
		      "99999999999999999999}}"),
		BYTES("{\"method\":\"io.linkstat.GetIncident\",\"parameters\":{\"id\":1e999}}"),
		BYTES("{\"method\"\0:\"io.linkstat.Status\"}"),
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct peer peer = peer_connect(bench);

		print_message("%s\n", cases[i].bytes);
		(void)peer_send_bytes(bench, &peer, cases[i].bytes, cases[i].len);
		assert_hung_up(bench, &peer);
	}
}

static void
disconnects_on_deep_nesting(void **state)
{
	struct bench *bench = *state;
	static char deep[60000];
	struct peer peer = peer_connect(bench);

	memset(deep, '[', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	(void)peer_send_bytes(bench, &peer, deep, sizeof(deep));
	assert_hung_up(bench, &peer);
}

/* A message of exactly the cap is a message, one byte more is not. */
static void
caps_messages(void **state)
{
	struct bench *bench = *state;
	static char text[SERVER_MAX_MESSAGE + 2];
	static const char call[] = "{\"method\":\"io.linkstat.Status\"}";
	struct peer peer = peer_connect(bench);
	json_t *reply;

	memset(text, ' ', sizeof(text));
	memcpy(text, call, sizeof(call) - 1);
	text[SERVER_MAX_MESSAGE] = '\0';
	assert_true(peer_send_bytes(bench, &peer, text, SERVER_MAX_MESSAGE + 1));
	reply = peer_receive(bench, &peer);
	assert_string_equal(error_of(reply), "");
	json_decref(reply);
	text[SERVER_MAX_MESSAGE] = ' ';
	text[SERVER_MAX_MESSAGE + 1] = '\0';
	(void)peer_send_bytes(bench, &peer, text, sizeof(text));
	assert_hung_up(bench, &peer);
}

static void
stops_reading_what_never_ends(void **state)
{
	struct bench *bench = *state;
	static char chunk[100000];
	struct peer peer = peer_connect(bench);
	size_t sent = 0;

	memset(chunk, 'x', sizeof(chunk));
	while (sent < 100 * 1000 * 1000 && peer_send_bytes(bench, &peer, chunk, sizeof(chunk)))
		sent += sizeof(chunk);
	print_message("hung up on after %zu bytes\n", sent);
	assert_true(sent < 2 * 1000 * 1000);
	assert_hung_up(bench, &peer);
}

static void
waits_for_half_messages(void **state)
{
	struct bench *bench = *state;
	static const char call[] = "{\"method\":\"org.varlink.service.GetInfo\"}";
	struct peer idle = peer_connect(bench), slow = peer_connect(bench);
	json_t *reply;

	for (size_t i = 0; i < sizeof(call) - 1; i++) {
		assert_true(peer_send_bytes(bench, &slow, &call[i], 1));
		peer_read(&slow);
		assert_int_equal(slow.n, 0);
		assert_false(slow.at_end);
		if (i == sizeof(call) / 2)
			assert_serves(bench);
	}
	assert_true(peer_send_bytes(bench, &slow, "", 1));
	reply = peer_receive(bench, &slow);
	assert_string_equal(error_of(reply), "");
	json_decref(reply);
	peer_send_bytes(bench, &idle, call, 5);
	peer_close(bench, &idle); /* in the middle of a message */
	peer_close(bench, &slow);
	assert_serves(bench);
}

static void
answers_a_thousand_calls_in_one_write(void **state)
{
	struct bench *bench = *state;
	static char calls[1000 * 64];
	struct peer peer = peer_connect(bench);
	size_t len = 0;

	for (int i = 0; i < 1000; i++)
		len += 1 + (size_t)snprintf(calls + len, sizeof(calls) - len,
					    "{\"method\":\"io.linkstat.GetIncident\","
					    "\"parameters\":{\"id\":%d}}",
					    i);
	assert_true(peer_send_bytes(bench, &peer, calls, len));
	for (int i = 0; i < 1000; i++) {
		json_t *reply = peer_receive(bench, &peer);

		assert_string_equal(error_of(reply), "io.linkstat.NoSuchIncident");
		assert_int_equal(json_integer_value(parameter(reply, "id")), i);
		json_decref(reply);
	}
	peer_close(bench, &peer);
}

/* Calls are not answered in advance while their answers are not read. */
static void
makes_no_answers_in_advance(void **state)
{
	struct bench *bench = *state;
	static char calls[200 * 128];
	struct peer peer = peer_connect(bench);
	size_t len = 0;

	for (int i = 0; i < 200; i++)
		len += 1 + (size_t)snprintf(calls + len, sizeof(calls) - len,
					    "{\"method\":\"org.varlink.service.GetInterface"
					    "Description\",\"parameters\":{\"interface\":"
					    "\"io.linkstat\"}}");
	assert_true(peer_send_bytes(bench, &peer, calls, len));
	for (int i = 0; i < 1000; i++)
		bench_turn(bench);
	assert_serves(bench);
	peer_read(&peer);
	assert_true(peer.n < 600 * 1000);
	peer_close(bench, &peer);
	assert_serves(bench);
}

static void
drops_a_watcher_that_does_not_read(void **state)
{
	struct bench *bench = *state;
	struct peer slow = peer_connect(bench), good = peer_connect(bench);
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	const struct ls_record record = RECORD_OF(EVENT, .event = &event);
	size_t n_slow = 0, n_good = 0, n = 22000; /* SERVER_MAX_QUEUED holds some 20000 */
	json_t *reply;

	peer_send(bench, &slow, "{\"method\":\"io.linkstat.Watch\",\"more\":true}");
	peer_send(bench, &good, "{\"method\":\"io.linkstat.Watch\",\"more\":true}");
	json_decref(peer_receive(bench, &slow));
	json_decref(peer_receive(bench, &good));
	for (size_t i = 0; i < n; i++) {
		server_publish(bench->server, &record);
		if (i % 100 == 0) {
			bench_turn(bench);
			peer_read(&good);
		}
	}
	/* It reads at last, before it is hung up on: what was queued, then why that is all. */
	while ((reply = peer_receive(bench, &slow)) && !*error_of(reply)) {
		n_slow++;
		json_decref(reply);
	}
	print_message("the slow one got %zu of %zu\n", n_slow, n);
	assert_true(n_slow < n);
	assert_string_equal(error_of(reply), "io.linkstat.TooSlow");
	assert_true(json_integer_value(parameter(reply, "queued_bytes")) <= SERVER_MAX_QUEUED);
	json_decref(reply);
	assert_null(peer_receive(bench, &slow));
	for (; n_good < n; n_good++) {
		reply = peer_receive(bench, &good);
		assert_non_null(parameter(reply, "event"));
		json_decref(reply);
	}
	peer_close(bench, &slow);
	peer_close(bench, &good);
}

/* One that never reads is disconnected after a while, whatever is queued for it. */
static void
disconnects_a_slow_client(void **state)
{
	struct bench *bench = *state;
	struct peer slow = peer_connect(bench), others[SERVER_MAX_CLIENTS];
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	const struct ls_record record = RECORD_OF(EVENT, .event = &event);
	struct pollfd hung_up = { .fd = slow.fd, .events = POLLRDHUP };
	time_t begin = seconds_now();
	json_t *reply;

	peer_send(bench, &slow, "{\"method\":\"io.linkstat.Watch\",\"more\":true}");
	json_decref(peer_receive(bench, &slow));
	for (size_t i = 0; i < 30000; i++)
		server_publish(bench->server, &record);
	while (!(hung_up.revents & POLLRDHUP)) {
		assert_true(seconds_now() < begin + PATIENCE_SECONDS);
		bench_turn(bench);
		poll(&hung_up, 1, 50);
	}
	/* Its place is free. */
	for (size_t i = 0; i < SERVER_MAX_CLIENTS; i++)
		others[i] = peer_connect(bench);
	for (size_t i = 0; i < SERVER_MAX_CLIENTS; i++) {
		reply = peer_call(bench, &others[i], "org.varlink.service.GetInfo", NULL);
		assert_string_equal(error_of(reply), "");
		json_decref(reply);
	}
	for (size_t i = 0; i < SERVER_MAX_CLIENTS; i++)
		peer_close(bench, &others[i]);
	peer_close(bench, &slow);
}

static void
limits_the_number_of_clients(void **state)
{
	struct bench *bench = *state;
	struct peer peers[SERVER_MAX_CLIENTS + SERVER_OWNER_CLIENTS + 6];
	size_t max = SERVER_MAX_CLIENTS + SERVER_OWNER_CLIENTS; /* all are the owner's */

	for (size_t i = 0; i < LS_COUNT(peers); i++)
		peers[i] = peer_connect(bench);
	for (size_t i = 0; i < LS_COUNT(peers); i++) {
		json_t *reply;

		if (i < max)
			peer_send(bench, &peers[i], "{\"method\":\"org.varlink.service.GetInfo\"}");
		reply = peer_receive(bench, &peers[i]);
		assert_string_equal(error_of(reply), i < max ? "" : "io.linkstat.TooMany");
		json_decref(reply);
		if (i >= max)
			assert_null(peer_receive(bench, &peers[i]));
	}
	for (size_t i = 0; i < LS_COUNT(peers); i++)
		peer_close(bench, &peers[i]);
	assert_serves(bench);
}

/* Without descriptors: one that comes is hung up on, and the loop does not spin on it. */
static void
survives_without_descriptors(void **state)
{
	struct bench *bench = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct rlimit limit, none;
	struct peer peer = { .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };

	memcpy(address.sun_path, bench->socket, sizeof(address.sun_path));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = (rlim_t)peer.fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(connect(peer.fd, (struct sockaddr *)&address, sizeof(address)), 0);
	for (int i = 0; i < 10; i++)
		bench_turn(bench);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_null(peer_receive(bench, &peer));
	peer_close(bench, &peer);
	assert_serves(bench);
}

static void
replaces_dead_sockets_only(void **state)
{
	struct bench *bench = *state;
	struct server *second = NULL;
	char path[sizeof(bench->socket) + 8];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(stat(bench->socket, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(server_new(bench->base, bench->fixture.store, &bench->state, &second), 0);
	assert_int_equal(server_listen(second, bench->socket), -EADDRINUSE);
	assert_serves(bench);

	/* A socket whose owner was killed. */
	snprintf(path, sizeof(path), "%s-dead", bench->socket);
	memcpy(address.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	assert_int_equal(server_listen(second, path), 0);

	/* A file that is no socket is not ours. */
	snprintf(path, sizeof(path), "%s-file", bench->socket);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(fd);
	assert_int_equal(server_listen(second, path), -EEXIST);
	assert_int_equal(server_listen(second, "/nowhere/socket"), -ENOENT);
	assert_int_equal(server_listen(second, ""), -ENOENT);
	assert_int_equal(server_listen_fd(second, 0), -ENOTSOCK);
	server_free(second);
	assert_int_equal(access(path, F_OK), 0);
	memcpy(strrchr(path, '-'), "-dead", sizeof("-dead"));
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(bench->socket, F_OK), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(disconnects_on_garbage),
		TEST(disconnects_on_deep_nesting),
		TEST(caps_messages),
		TEST(stops_reading_what_never_ends),
		TEST(waits_for_half_messages),
		TEST(answers_a_thousand_calls_in_one_write),
		TEST(makes_no_answers_in_advance),
		TEST(drops_a_watcher_that_does_not_read),
		TEST(disconnects_a_slow_client),
		TEST(limits_the_number_of_clients),
		TEST(survives_without_descriptors),
		TEST(replaces_dead_sockets_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
