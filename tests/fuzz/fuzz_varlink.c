/*
 * What a peer sends, as it comes off the socket: framing, calls, parameters, context on a small
 * history. The first byte says in which pieces it comes. Whatever that is, the answers are whole
 * messages of valid JSON, and no call makes more than its share of them.
 */
#include <errno.h>
#include <event2/buffer.h>

#include "daemon/server/limits.h"
#include "daemon/server/methods.h"
#include "daemon/sources/top.h"
#include "daemon/store/open.h"
#include "daemon/store/store.h"
#include "tests/fuzz/check.h"

#define N_RECORDS 600 /* more than two pages */
#define MAX_TURNS 100000

static struct context context;
static struct quota quota;
static struct daemon_state state;
static struct varlink_service service;

static void
ignore_record(const struct ls_record *record, void *user)
{
	(void)record;
	(void)user;
}

static void
put_some(struct store *store, int64_t n)
{
	static struct ls_incident incident;
	struct ls_event event = { .kind = LS_EVENT_RESET, .socket = { "pci-0-usb-0:1", "1-1" } };
	struct ls_gap gap = { .id = n };

	incident.id = n;
	incident.socket = event.socket;
	incident.drop = n % 2;
	CHECK(store_put(store, &(struct ls_record){ LS_RECORD_EVENT, { .event = &event } }) == 0);
	CHECK(store_put(store, &(struct ls_record){ LS_RECORD_GAP, { .gap = &gap } }) == 0);
	CHECK(store_put(store,
			&(struct ls_record){ LS_RECORD_INCIDENT, { .incident = &incident } }) == 0);
}

static void
prepare(void)
{
	/* A directory that is not there: the history stays in memory. */
	const struct store_options options = { .dir = "/nowhere", .boot_id = "b", .version = "0" };
	struct ls_engine_config config;

	if (context.store)
		return;
	CHECK(store_open(&options, &context.store) == 0);
	CHECK(store_begin(context.store) == 0);
	for (int64_t n = 1; n <= N_RECORDS; n++)
		put_some(context.store, n);
	CHECK(store_commit(context.store) == 0);
	ls_engine_config_default(&config);
	CHECK(ls_engine_new(&config, ignore_record, NULL, &state.engine) == 0);
	CHECK(top_new(&state.top) == 0);
	context.state = &state;
	context.quota = &quota;
	methods_service(&context, &service);
}

/* Takes the messages that are in @out; how many. */
static size_t
check_output(struct evbuffer *out)
{
	size_t n = 0;

	while (evbuffer_get_length(out) > 0) {
		struct evbuffer_ptr end = evbuffer_search(out, "", 1, NULL);
		json_t *message, *parameters;
		const char *text;

		CHECK(end.pos > 0);
		text = (const char *)evbuffer_pullup(out, end.pos + 1);
		message = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		parameters = json_object_get(message, "parameters");
		CHECK(json_is_object(parameters));
		if (json_object_get(message, "error"))
			CHECK(json_is_string(json_object_get(message, "error")));
		CHECK(json_array_size(json_object_get(parameters, "events")) <= SERVER_PAGE);
		json_decref(message);
		(void)evbuffer_drain(out, (size_t)end.pos + 1);
		n++;
	}
	return n;
}

/* Works off what is there; false when the peer is to be hung up on. */
static bool
work_off(struct varlink_peer *peer, struct evbuffer *in, struct evbuffer *out)
{
	for (int turn = 0; turn < MAX_TURNS; turn++) {
		size_t before = evbuffer_get_length(in);
		bool under_way = peer->call.message;
		int r = varlink_turn(peer, &service, in, out);

		CHECK(check_output(out) <= 1);
		CHECK(evbuffer_get_length(in) <= before);
		if (r == 1) /* something was done: a message was taken, or a series went on */
			CHECK(under_way || evbuffer_get_length(in) < before);
		else
			return r == 0;
	}
	CHECK(!"a call without end");
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct evbuffer *in = evbuffer_new(), *out = evbuffer_new();
	struct varlink_peer peer;
	size_t piece = len && data[0] ? data[0] : len, at = 1;

	prepare();
	varlink_peer_init(&peer);
	peer.may_change = peer.is_owner = true;
	while (at < len) {
		size_t n = len - at < piece ? len - at : piece;

		CHECK(evbuffer_add(in, data + at, n) == 0);
		at += n;
		if (!work_off(&peer, in, out))
			break;
		if (peer.call.every_ms) {
			CHECK(varlink_again(&peer, &service, out) == 0);
			CHECK(check_output(out) == 1);
		}
	}
	methods_peer_gone(&context, &peer);
	varlink_peer_done(&peer);
	evbuffer_free(in);
	evbuffer_free(out);
	return 0;
}
