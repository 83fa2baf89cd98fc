#pragma once
/*
 * The varlink server of io.linkstat (lib/wire/linkstat.varlink) and org.varlink.service, on libevent.
 * Every peer is hostile: what it can make grow is capped below.
 */
#include "daemon/base/state.h"
#include "lib/base/base.h"
#include "lib/model/record.h"

#define SERVER_MAX_CLIENTS 64
#define SERVER_MAX_MESSAGE (64 * 1024)
#define SERVER_MAX_QUEUED  (4 * 1024 * 1024) /* output to one client that does not read */
#define SERVER_PAGE	   256		     /* rows a page, and the most a peer may ask for */

struct event_base;
struct store;
struct server;

/* How methods that change something reach the engine; all may be NULL, then they ask it directly. */
struct server_hooks {
	void (*observe)(const struct ls_observation *obs, void *user);
	int (*flush)(void *user); /* commits what was concluded. 0 or -errno */
	void *user;
};

/*
 * Serves on listening sockets that it is given; @store and @state must outlive it. The process must
 * ignore SIGPIPE. 0 or -errno.
 */
int server_new(struct event_base *base, struct store *store, const struct daemon_state *state,
	       struct server **ret);
void server_free(struct server *server);
LS_DEFINE_AUTO(server)

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
