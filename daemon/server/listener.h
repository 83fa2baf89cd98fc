#pragma once
/* Sockets on which clients connect, and who a client is. */
#include "daemon/server/varlink.h"

#define LISTENER_MAX_SOCKETS 4

struct event_base;
struct listener;

/* A connection; takes @fd. */
typedef void (*listener_accept_fn)(int fd, void *user);

/* Without a socket yet. @base must outlive it. 0 or -ENOMEM. */
int listener_new(struct event_base *base, listener_accept_fn on_accept, void *user,
		 struct listener **ret);
/* Removes the socket files that it made. NULL is fine. */
void listener_free(struct listener *listener);
LS_DEFINE_AUTO(listener)

/* As server_listen() and server_listen_fd(). */
int listener_add_path(struct listener *listener, const char *path);
int listener_add_fd(struct listener *listener, int fd);

/* Fills in who is at the other end of @fd, and whether it may change something. */
void listener_identify(const struct listener *listener, int fd, struct varlink_peer *peer);
