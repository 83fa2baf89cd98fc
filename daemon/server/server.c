#include "daemon/server/server.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/server/aside.h"
#include "daemon/server/context.h"
#include "daemon/server/limits.h"
#include "daemon/server/listener.h"
#include "daemon/server/method_record.h"
#include "daemon/server/method_watch.h"
#include "daemon/server/methods.h"
#include "daemon/store/sync.h"

#define WAKEUP_US (50 * LS_MS) /* for one client; the sources share this thread */
/* Pause once this much output is unread: the next reply is made when it has been read. */
#define OUTPUT_ENOUGH	(64 * 1024)
#define LEAVING_SECONDS 5

struct server {
	struct event_base *base;
	struct context context;
	struct quota quota;
	struct varlink_service service;
	struct aside *aside;
	struct store_sync *sync; /* NULL: what is committed is on the disk */
	LIST_HEAD(server_clients, client) clients;
	int n_clients;
	struct listener *listener;
};

struct client {
	LIST_ENTRY(client) link;
	struct server *server;
	struct bufferevent *io;
	struct event *timer; /* the next turn or reply; while leaving, the end */
	struct varlink_peer peer;
	struct aside_reply reply;    /* of the call in progress, while @is_aside */
	struct store_sync_wait wait; /* or of this one, which is to last */
	uint64_t active_us;	     /* when it asked for the last time */
	bool is_aside;		     /* the reply comes later; another thread may have @peer */
	bool gone;		     /* nobody reads that reply: the client is freed with it */
	bool at_end;		     /* it sends nothing more */
	bool leaving;		     /* it only gets what is queued */
	bool timed; /* @timer is for the next reply of a call that has one every so often */
};

static void
client_free(struct client *client)
{
	if (!client)
		return;
	if (client->io)
		bufferevent_free(client->io);
	if (client->timer)
		event_free(client->timer);
	varlink_peer_done(&client->peer);
	free(client);
}
LS_DEFINE_AUTO(client)

static size_t
queued(const struct client *client)
{
	return evbuffer_get_length(bufferevent_get_output(client->io));
}

static void
hang_up(struct client *client)
{
	bool was_large = queued(client) > OUTPUT_ENOUGH;

	LIST_REMOVE(client, link);
	client->server->n_clients--;
	methods_peer_gone(&client->server->context, &client->peer);
	if (client->is_aside) {
		client->gone = true;
		atomic_store(&client->reply.stop, true);
		(void)event_del(client->timer);
		bufferevent_free(client->io);
		client->io = NULL;
	} else {
		client_free(client);
	}
	if (was_large) /* in small pieces: the system gets none of them back by free(3) alone */
		malloc_trim(0);
}

/* Hangs up once the queue is read, or after LEAVING_SECONDS. @client may be gone after this. */
static void
leave(struct client *client)
{
	static const struct timeval patience = { .tv_sec = LEAVING_SECONDS };

	client->leaving = true;
	(void)bufferevent_disable(client->io, EV_READ);
	if (queued(client) == 0 || event_add(client->timer, &patience) < 0)
		hang_up(client);
}

/* Leaves of @out only the message that may have been sent in part. 0 or -ENOMEM. */
static int
forget_messages(struct evbuffer *out)
{
	struct evbuffer_ptr end = evbuffer_search(out, "", 1, NULL);
	struct evbuffer *first = evbuffer_new();
	int r = first ? 0 : -ENOMEM;

	(void)evbuffer_unfreeze(out, 1); /* of a bufferevent only its socket may take from it */
	if (r == 0 && end.pos >= 0 && evbuffer_remove_buffer(out, first, (size_t)end.pos + 1) < 0)
		r = -ENOMEM;
	if (r == 0)
		(void)evbuffer_drain(out, evbuffer_get_length(out));
	(void)evbuffer_freeze(out, 1);
	if (r == 0 && evbuffer_add_buffer(out, first) < 0)
		r = -ENOMEM;
	if (first)
		evbuffer_free(first);
	return r;
}

/* Its memory is given back now and not when it has read it all. @client may be gone after this. */
static void
drop_slow(struct client *client)
{
	struct evbuffer *out = bufferevent_get_output(client->io);
	size_t n = queued(client);
	struct varlink_reply reply = { 0 };

	if (forget_messages(out) == 0 && context_too_slow(&reply, n) == 0)
		(void)varlink_add_reply(out, &reply);
	leave(client);
	malloc_trim(0);
}

/* @client may be gone after this. */
static void
await_next_reply(struct client *client)
{
	unsigned int ms = client->peer.call.every_ms;
	struct timeval wait = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	client->timed = true;
	if (event_add(client->timer, &wait) < 0)
		leave(client);
}

static void advance(struct client *client);

/* @client may be gone after this. */
static void
on_reply(struct aside_reply *reply)
{
	struct client *client = reply->user;
	struct evbuffer *out = client->gone ? NULL : bufferevent_get_output(client->io);
	int r = reply->result;

	client->is_aside = false;
	if (client->gone) {
		client_free(client);
		return;
	}
	if (r == -ECANCELED) /* its file cannot be opened twice: this thread has it open */
		r = varlink_again(&client->peer, &client->server->service, out);
	else if (r == 0)
		r = evbuffer_add_buffer(out, reply->out);
	if (r < 0)
		leave(client);
	else
		advance(client);
}

static void
on_synced(struct store_sync_wait *wait, int r)
{
	struct client *client = wait->user;
	struct evbuffer *out = client->reply.out;

	if (r < 0) /* what it says may be lost: no answer is better than a wrong one */
		client->reply.result = r;
	on_reply(&client->reply);
	evbuffer_free(out);
}

/* What the method changed is on the disk before its reply goes out. */
static int
answer_lasting(struct client *client)
{
	client->reply.out = evbuffer_new();
	if (!client->reply.out)
		return -ENOMEM;
	client->reply.user = client;
	client->reply.result =
		varlink_again(&client->peer, &client->server->service, client->reply.out);
	client->wait = (struct store_sync_wait){ .done = on_synced, .user = client };
	client->is_aside = true;
	store_sync_wait_for(client->server->sync, &client->wait);
	return VARLINK_ASIDE;
}

/* The next reply is made later, or by another thread; 1: it was made. */
static int
answer_aside(struct client *client)
{
	struct evbuffer *out = bufferevent_get_output(client->io);
	bool is_lasting = methods_is_lasting(client->peer.call.method);
	int r;

	if (is_lasting && client->server->sync)
		return answer_lasting(client);
	client->reply.peer = &client->peer;
	client->reply.done = on_reply;
	client->reply.user = client;
	client->is_aside = !is_lasting && aside_start(client->server->aside, &client->reply);
	if (client->is_aside)
		return VARLINK_ASIDE;
	r = varlink_again(&client->peer, &client->server->service, out);
	return r < 0 ? r : 1;
}

/* Answers what can be answered now. @client may be gone after this. */
static void
advance(struct client *client)
{
	static const struct timeval at_once = { 0 };
	struct evbuffer *in = bufferevent_get_input(client->io);
	struct evbuffer *out = bufferevent_get_output(client->io);
	uint64_t until_us = state_now().mono_us + WAKEUP_US;
	int r = 1;

	if (client->is_aside)
		return;
	/* All that is buffered triggers no further event; but only for the time of one turn. */
	while (r == 1 && state_now().mono_us < until_us) {
		if (queued(client) >= OUTPUT_ENOUGH)
			return; /* on_written() goes on */
		r = varlink_turn(&client->peer, &client->server->service, in, out);
		if (r == VARLINK_ASIDE)
			r = answer_aside(client);
	}
	if (r == VARLINK_ASIDE)
		return; /* on_reply() goes on */
	/* By a timer, because libevent would run a deferred callback before it looks at others. */
	if (r == 1 && event_add(client->timer, &at_once) < 0)
		r = -ENOMEM;
	if (r < 0 || (r == 0 && client->at_end))
		leave(client);
	else if (r == 0 && client->peer.call.every_ms && !client->timed)
		await_next_reply(client);
}

/* The next reply of a call that has one every so often. @client may be gone after this. */
static void
reply_again(struct client *client)
{
	struct evbuffer *out = bufferevent_get_output(client->io);

	client->timed = false;
	if (queued(client) > SERVER_MAX_QUEUED)
		drop_slow(client);
	else if (varlink_again(&client->peer, &client->server->service, out) < 0)
		leave(client);
	else if (client->peer.call.every_ms) /* however much is queued: that is judged next time */
		await_next_reply(client);
	else
		advance(client);
}

static void
on_readable(struct bufferevent *io, void *user)
{
	struct client *client = user;

	(void)io;
	client->active_us = state_now().mono_us;
	advance(client);
}

static void
on_written(struct bufferevent *io, void *user)
{
	struct client *client = user;

	(void)io;
	if (client->leaving)
		hang_up(client);
	else
		advance(client);
}

static void
on_timer(evutil_socket_t fd, short what, void *user)
{
	struct client *client = user;

	(void)fd;
	(void)what;
	if (client->leaving)
		hang_up(client);
	else if (client->timed)
		reply_again(client);
	else
		advance(client);
}

/* A client that has sent its last call may still read answers; a subscriber has disconnected. */
static void
on_end(struct bufferevent *io, short what, void *user)
{
	struct client *client = user;

	(void)io;
	client->at_end = true;
	if ((what & BEV_EVENT_ERROR) || (!client->is_aside && client->peer.call.watching))
		hang_up(client);
	else if (!client->leaving)
		advance(client);
}

/* Best effort: the peer may not even have room for it. */
static void
turn_away(int fd, const char *limit, int maximum)
{
	struct evbuffer *out = evbuffer_new();
	struct varlink_reply reply = { 0 };
	ssize_t sent = 0;

	if (out && context_too_many(&reply, limit, maximum) == 0 &&
	    varlink_add_reply(out, &reply) == 0)
		sent = send(fd, evbuffer_pullup(out, -1), evbuffer_get_length(out),
			    MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)sent;
	if (out)
		evbuffer_free(out);
	close(fd);
}

/* Nothing is lost for it but the connection. */
static bool
is_idle(const struct client *client, uint64_t now_us)
{
	return !client->is_aside && !client->leaving && !client->peer.call.message &&
	       !client->peer.held && queued(client) == 0 &&
	       now_us - client->active_us > SERVER_IDLE_SECONDS * LS_SEC;
}

/* The one that asked nothing for the longest time; @uid -1: of all but the owner. NULL: none. */
static struct client *
find_idle(const struct server *server, int64_t uid)
{
	uint64_t now_us = state_now().mono_us;
	struct client *client, *found = NULL;

	LIST_FOREACH(client, &server->clients, link)
	{
		bool counts = uid < 0 ? !client->peer.is_owner : client->peer.uid == uid;

		if (counts && is_idle(client, now_us) &&
		    (!found || client->active_us < found->active_us))
			found = client;
	}
	return found;
}

static int
count_user(const struct server *server, int64_t uid)
{
	const struct client *client;
	int n = 0;

	LIST_FOREACH(client, &server->clients, link)
	{
		n += client->peer.uid == uid;
	}
	return n;
}

/* 0, or how many there may be: then @ret_limit says of what. */
static int
find_limit(const struct server *server, const struct varlink_peer *peer, const char **ret_limit)
{
	int all = SERVER_MAX_CLIENTS + (peer->is_owner ? SERVER_OWNER_CLIENTS : 0);

	*ret_limit = "clients of one user";
	if (!peer->is_owner && count_user(server, peer->uid) >= SERVER_USER_CLIENTS)
		return SERVER_USER_CLIENTS;
	*ret_limit = "clients";
	return server->n_clients >= all ? all : 0;
}

/* As find_limit(), after those who only occupy a place have left it. */
static int
make_place(const struct server *server, const struct varlink_peer *peer, const char **ret_limit)
{
	int limit = find_limit(server, peer, ret_limit);
	struct client *idle = NULL;

	if (limit == SERVER_USER_CLIENTS)
		idle = find_idle(server, peer->uid);
	else if (limit > 0)
		idle = find_idle(server, -1);
	if (!idle)
		return limit;
	hang_up(idle);
	return find_limit(server, peer, ret_limit);
}

static int
client_new(struct server *server, int fd, struct client **ret)
{
	ls_auto(client) *client = calloc(1, sizeof(*client));

	if (!client)
		return -ENOMEM;
	client->server = server;
	client->active_us = state_now().mono_us;
	varlink_peer_init(&client->peer);
	listener_identify(server->listener, fd, &client->peer);
	client->timer = event_new(server->base, -1, 0, on_timer, client);
	client->io = bufferevent_socket_new(server->base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (!client->timer || !client->io)
		return -ENOMEM;
	bufferevent_setcb(client->io, on_readable, on_written, on_end, client);
	/* One byte more than a message, to see that it is too long; more is not read in advance. */
	bufferevent_setwatermark(client->io, EV_READ, 0, SERVER_MAX_MESSAGE + 1);
	if (bufferevent_setfd(client->io, fd) < 0)
		return -ENOMEM;
	if (bufferevent_enable(client->io, EV_READ | EV_WRITE) < 0) {
		(void)bufferevent_setfd(client->io, -1); /* @fd stays the caller's */
		return -ENOMEM;
	}

	*ret = LS_STEAL(&client);
	return 0;
}

static void
on_accept(int fd, void *user)
{
	struct server *server = user;
	struct varlink_peer peer;
	struct client *client;
	const char *of_what;
	int limit;

	varlink_peer_init(&peer);
	listener_identify(server->listener, fd, &peer);
	limit = make_place(server, &peer, &of_what);
	if (limit > 0) {
		turn_away(fd, of_what, limit);
		return;
	}
	if (client_new(server, fd, &client) < 0) {
		close(fd);
		return;
	}
	LIST_INSERT_HEAD(&server->clients, client, link);
	server->n_clients++;
}

int
server_new(struct event_base *base, struct store *store, const struct daemon_state *state,
	   struct server **ret)
{
	ls_auto(server) *server = calloc(1, sizeof(*server));
	int r;

	if (!server)
		return -ENOMEM;
	server->base = base;
	server->context = (struct context){
		.store = store,
		.state = state,
		.quota = &server->quota,
	};
	methods_service(&server->context, &server->service);
	LIST_INIT(&server->clients);
	r = aside_new(base, store, &server->aside);
	if (r == 0)
		r = listener_new(base, on_accept, server, &server->listener);
	if (r < 0)
		return r;

	*ret = LS_STEAL(&server);
	return 0;
}

void
server_free(struct server *server)
{
	if (!server)
		return;
	listener_free(server->listener);
	while (!LIST_EMPTY(&server->clients))
		hang_up(LIST_FIRST(&server->clients));
	aside_free(server->aside); /* and the clients that waited for it */
	free(server);
}

void
server_set_sync(struct server *server, struct store_sync *sync)
{
	server->sync = sync;
}

void
server_set_hooks(struct server *server, const struct server_hooks *hooks)
{
	server->context.hooks = *hooks;
}

int
server_listen(struct server *server, const char *path)
{
	return listener_add_path(server->listener, path);
}

int
server_listen_fd(struct server *server, int fd)
{
	return listener_add_fd(server->listener, fd);
}

static bool
watches(const struct client *client, bool observations)
{
	const struct varlink_call *call = &client->peer.call;

	return !client->is_aside && call->watching && !call->every_ms &&
	       call->observations == observations && !client->leaving;
}

/*
 * A copy, because a reference to one message costs a kilobyte more in each queue. A subscriber that does
 * not get it has missed something.
 */
static void
deliver(struct client *client, struct evbuffer *message)
{
	size_t len = evbuffer_get_length(message);
	const unsigned char *bytes = evbuffer_pullup(message, -1);

	if (queued(client) + len > SERVER_MAX_QUEUED)
		drop_slow(client);
	else if (!bytes || evbuffer_add(bufferevent_get_output(client->io), bytes, len) < 0)
		leave(client);
}

static size_t
queued_for_user(const struct server *server, int64_t uid)
{
	const struct client *client;
	size_t sum = 0;

	LIST_FOREACH(client, &server->clients, link)
	{
		sum += client->peer.uid == uid ? queued(client) : 0;
	}
	return sum;
}

/* Of the user who has most in all queues, the subscriber that has most. NULL: there is none. */
static struct client *
find_slowest(const struct server *server)
{
	struct client *client, *slowest = NULL;
	size_t most = 0, sum;

	LIST_FOREACH(client, &server->clients, link)
	{
		if (client->is_aside || client->leaving || !client->peer.call.watching ||
		    queued(client) == 0)
			continue;
		sum = queued_for_user(server, client->peer.uid);
		if (sum > most || (sum == most && queued(client) > queued(slowest))) {
			most = sum;
			slowest = client;
		}
	}
	return slowest;
}

/* So that a message of @len bytes for each keeps all queues within their limit. */
static void
make_room(const struct server *server, size_t len)
{
	struct client *client, *slowest;
	size_t sum = 0;

	LIST_FOREACH(client, &server->clients, link)
	{
		sum += queued(client) + len;
	}
	while (sum > SERVER_MAX_QUEUED_ALL && (slowest = find_slowest(server))) {
		sum -= queued(slowest);
		drop_slow(slowest);
	}
}

static bool
has_watcher(const struct server *server, bool observations)
{
	const struct client *client;

	LIST_FOREACH(client, &server->clients, link)
	{
		if (watches(client, observations))
			return true;
	}
	return false;
}

/* @r: what making @reply gave, which this takes: 1, 0 for nothing to say, or -errno. */
static void
publish(struct server *server, bool observations, struct varlink_reply *reply, int r)
{
	struct evbuffer *message = evbuffer_new();
	struct client *client, *next;

	if (r == 1)
		r = message ? varlink_add_reply(message, reply) : -ENOMEM;
	json_decref(reply->parameters);
	if (r == 0)
		make_room(server, evbuffer_get_length(message));
	for (client = LIST_FIRST(&server->clients); client; client = next) {
		next = LIST_NEXT(client, link);
		if (watches(client, observations) && r < 0)
			leave(client);
		else if (watches(client, observations) && evbuffer_get_length(message) > 0)
			deliver(client, message);
	}
	if (message)
		evbuffer_free(message);
}

void
server_publish(struct server *server, const struct ls_record *record)
{
	struct varlink_reply reply = { 0 };
	int r;

	if (!has_watcher(server, false))
		return;
	r = method_watch_reply(&server->context, record, &reply);
	publish(server, false, &reply, r);
}

void
server_observed(struct server *server, const struct ls_observation *obs)
{
	struct varlink_reply reply = { 0 };
	int r;

	if (!has_watcher(server, true))
		return;
	r = method_record_reply(obs, &reply);
	publish(server, true, &reply, r);
}
