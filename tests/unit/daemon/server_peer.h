#pragma once
/*
 * For the tests of the server: a real socket, a real store and engine, and peers that live in the
 * same process and drive the event loop themselves.
 */
#include <sys/un.h>
#include <time.h>

#include "daemon/server/server.h"
#include "lib/wire/wire.h"
#include "tests/unit/daemon/store_sample.h"

#define PATIENCE_SECONDS 300

struct event_base;

struct bench {
	struct fixture
		fixture; /* the store's: setup() and teardown() of store_sample.h work on it */
	struct event_base *base;
	struct daemon_state state;
	struct server *server;
	char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

struct peer {
	int fd;
	char *bytes; /* received */
	size_t n;    /* from @taken on, not taken yet */
	size_t taken;
	bool at_end;
};

int bench_setup(void **state);
int bench_teardown(void **state);
/* One turn of the event loop, which waits for nothing. */
void bench_turn(struct bench *bench);
struct peer peer_connect(struct bench *bench);
/* As the user @uid: one process cannot be several, so SO_PEERCRED is made to say so. */
struct peer peer_connect_as(struct bench *bench, int64_t uid);
void peer_close(struct bench *bench, struct peer *peer);
/* Of the monotonic clock. */
time_t seconds_now(void);
/* Reads what is there; never waits. */
void peer_read(struct peer *peer);
/* Sends all of it, turning the loop; false once the server has hung up. */
bool peer_send_bytes(struct bench *bench, struct peer *peer, const char *bytes, size_t len);
/* A text and its NUL. */
void peer_send(struct bench *bench, struct peer *peer, const char *message);
/* The next message; NULL when the server has hung up. Fails the test when nothing comes. */
json_t *peer_receive(struct bench *bench, struct peer *peer);
/* Calls and gives the reply; @parameters is JSON text or NULL. */
json_t *peer_call(struct bench *bench, struct peer *peer, const char *method,
		  const char *parameters);
/* Of a reply: the name of its error, "" without; one of its parameters. */
const char *error_of(const json_t *reply);
json_t *parameter(const json_t *reply, const char *name);
bool continues(const json_t *reply);
/* A device is connected to @port, as udev and libusb report it. */
void bench_plug(struct bench *bench, const char *port, const struct ls_device *device);
/* A machine with a controller of two buses, a hub on "1-1" and a phone behind it. */
void bench_populate(struct bench *bench);
