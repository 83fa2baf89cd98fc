#pragma once
/*
 * The varlink server of io.linkstat (lib/wire/linkstat.varlink) and org.varlink.service, on libevent.
 * Every peer is hostile: what it can make grow is capped in limits.h.
 */
#include "daemon/base/state.h"
#include "daemon/server/hooks.h"
#include "lib/base/base.h"
#include "lib/model/record.h"

struct event_base;
struct store;
struct store_sync;
struct server;

/*
 * Serves on listening sockets that it is given; @store and @state must outlive it. The process must
 * ignore SIGPIPE. 0 or -errno.
 */
int server_new(struct event_base *base, struct store *store, const struct daemon_state *state,
	       struct server **ret);
void server_free(struct server *server);
LS_DEFINE_AUTO(server)

/* By which replies wait for the disk. NULL, at first: the store itself does. */
void server_set_sync(struct server *server, struct store_sync *sync);
void server_set_hooks(struct server *server, const struct server_hooks *hooks);

/*
 * Binds @path, group-accessible (0660). A dead socket file is replaced; -EADDRINUSE if a live server
 * answers there, -EEXIST if it is no socket. Removed again in server_free(). 0 or -errno.
 */
int server_listen(struct server *server, const char *path);
/* A listening socket from systemd; owned on success. 0 or -errno. */
int server_listen_fd(struct server *server, int fd);

/* To all subscribers of Watch: events, settled incidents and gaps. After it was committed. */
void server_publish(struct server *server, const struct ls_record *record);
/* To all who record. */
void server_observed(struct server *server, const struct ls_observation *obs);
