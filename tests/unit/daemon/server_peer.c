#include "tests/unit/daemon/server_peer.h"

#include <dlfcn.h>
#include <errno.h>
#include <event2/event.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/sources/top.h"

static int64_t pretended_uid = -1; /* -1: the real one */

int
getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict len)
{
	static int (*real)(int, int, int, void *, socklen_t *);
	int r;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "getsockopt");
	r = real(fd, level, name, value, len);
	if (r == 0 && level == SOL_SOCKET && name == SO_PEERCRED && pretended_uid >= 0)
		((struct ucred *)value)->uid = (uid_t)pretended_uid;
	return r;
}

static void
ignore_record(const struct ls_record *record, void *user)
{
	(void)record;
	(void)user;
}

int
bench_setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct ls_engine_config config;

	signal(SIGPIPE, SIG_IGN);
	bench->fixture.dir = sample_dir();
	bench->fixture.store = sample_open_boot(bench->fixture.dir, "boot-1", state_now());
	bench->base = event_base_new();
	bench->state.watching_since = state_now();
	snprintf(bench->state.history_path, LS_TEXT_MAX, "where it is");
	snprintf(bench->state.history_trouble, LS_TEXT_MAX, "what is wrong with it");
	ls_engine_config_default(&config);
	assert_int_equal(ls_engine_new(&config, ignore_record, NULL, &bench->state.engine), 0);
	assert_int_equal(top_new(&bench->state.top), 0);
	assert_int_equal(
		server_new(bench->base, bench->fixture.store, &bench->state, &bench->server), 0);
	snprintf(bench->socket, sizeof(bench->socket), "%.90s/socket", bench->fixture.dir);
	assert_int_equal(server_listen(bench->server, bench->socket), 0);
	*state = bench;
	return 0;
}

int
bench_teardown(void **state)
{
	struct bench *bench = *state;

	server_free(bench->server);
	top_free(bench->state.top);
	ls_engine_free(bench->state.engine);
	event_base_free(bench->base);
	store_close(bench->fixture.store);
	sample_dir_remove(bench->fixture.dir);
	free(bench);
	return 0;
}

void
bench_turn(struct bench *bench)
{
	(void)event_base_loop(bench->base, EVLOOP_NONBLOCK);
}

struct peer
peer_connect(struct bench *bench)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct peer peer = { .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };

	memcpy(address.sun_path, bench->socket, sizeof(address.sun_path));
	assert_int_equal(connect(peer.fd, (struct sockaddr *)&address, sizeof(address)), 0);
	bench_turn(bench);
	return peer;
}

struct peer
peer_connect_as(struct bench *bench, int64_t uid)
{
	struct peer peer;

	pretended_uid = uid;
	peer = peer_connect(bench);
	pretended_uid = -1;
	return peer;
}

void
peer_close(struct bench *bench, struct peer *peer)
{
	close(peer->fd);
	free(peer->bytes);
	for (int i = 0; i < 4; i++)
		bench_turn(bench);
}

void
peer_read(struct peer *peer)
{
	static char chunk[1 << 16];
	ssize_t n;

	while ((n = read(peer->fd, chunk, sizeof(chunk))) > 0) {
		if (peer->taken > peer->n)
			memcpy(peer->bytes, peer->bytes + peer->taken, peer->n);
		if (peer->taken > peer->n)
			peer->taken = 0;
		peer->bytes = realloc(peer->bytes, peer->taken + peer->n + (size_t)n);
		assert_non_null(peer->bytes);
		memcpy(peer->bytes + peer->taken + peer->n, chunk, (size_t)n);
		peer->n += (size_t)n;
	}
	peer->at_end = peer->at_end || n == 0 || errno == ECONNRESET;
}

bool
peer_send_bytes(struct bench *bench, struct peer *peer, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(peer->fd, bytes, len, MSG_NOSIGNAL);

		bench_turn(bench);
		if (n < 0 && errno != EAGAIN)
			return false;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return true;
}

void
peer_send(struct bench *bench, struct peer *peer, const char *message)
{
	assert_true(peer_send_bytes(bench, peer, message, strlen(message) + 1));
}

time_t
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

json_t *
peer_receive(struct bench *bench, struct peer *peer)
{
	time_t give_up = seconds_now() + PATIENCE_SECONDS;
	char *end;
	json_t *message;

	while (!peer->n || !(end = memchr(peer->bytes + peer->taken, '\0', peer->n))) {
		if (peer->at_end)
			return NULL;
		assert_true(seconds_now() < give_up);
		bench_turn(bench);
		peer_read(peer);
	}
	message = json_loads(peer->bytes + peer->taken, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(message);
	peer->n -= (size_t)(end + 1 - peer->bytes) - peer->taken;
	peer->taken = (size_t)(end + 1 - peer->bytes);
	return message;
}

json_t *
peer_call(struct bench *bench, struct peer *peer, const char *method, const char *parameters)
{
	char message[4096];
	json_t *reply;

	snprintf(message, sizeof(message), "{\"method\":\"%s\"%s%s}", method,
		 parameters ? ",\"parameters\":" : "", parameters ? parameters : "");
	peer_send(bench, peer, message);
	reply = peer_receive(bench, peer);
	assert_non_null(reply);
	return reply;
}

const char *
error_of(const json_t *reply)
{
	const char *error = json_string_value(json_object_get(reply, "error"));

	return error ? error : "";
}

json_t *
parameter(const json_t *reply, const char *name)
{
	return json_object_get(json_object_get(reply, "parameters"), name);
}

bool
continues(const json_t *reply)
{
	return json_is_true(json_object_get(reply, "continues"));
}

void
bench_plug(struct bench *bench, const char *port, const struct ls_device *device)
{
	struct ls_observation obs = {
		.at = state_now(),
		.source = LS_SOURCE_UDEV,
		.kind = LS_OBS_CONNECTED,
		.device = device,
		.devnum = 5,
	};

	snprintf(obs.port, sizeof(obs.port), "%s", port);
	ls_engine_observe(bench->state.engine, &obs);
	obs.source = LS_SOURCE_LIBUSB;
	ls_engine_observe(bench->state.engine, &obs);
}

void
bench_populate(struct bench *bench)
{
	static const struct ls_device hub = { .vid = 0x2109,
					      .device_class = 9,
					      .speed = LS_SPEED_HIGH };
	static const struct ls_device phone = {
		.vid = 0x5ac,
		.pid = 0x12a8,
		.max_power_ma = 500,
		.speed = LS_SPEED_HIGH,
		.serial = "00008020",
		.product = "iPhone",
		.manufacturer = "Apple",
	};
	struct ls_instant later = state_now();

	for (uint16_t bus = 1; bus <= 2; bus++) {
		struct ls_observation obs = {
			.at = state_now(),
			.source = LS_SOURCE_UDEV,
			.kind = LS_OBS_BUS_ADDED,
			.bus = bus,
			.controller = "pci-0000:00:14.0",
			.text = "xHCI",
		};

		ls_engine_observe(bench->state.engine, &obs);
	}
	bench_plug(bench, "1-1", &hub);
	bench_plug(bench, "1-1.4", &phone);
	later.mono_us += LS_SEC;
	ls_engine_advance(bench->state.engine, later);
	bench->state.sources[LS_SOURCE_UDEV] =
		(struct source_state){ .available = true, .detail = "all" };
	snprintf(bench->state.sources[LS_SOURCE_KERNEL_LOG].fix, LS_TEXT_MAX, "sudo");
}
