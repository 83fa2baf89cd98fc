#pragma once
/* Inside of the server: what its clients (server.c) and its sockets (server_listen.c) share. */
#include <sys/queue.h>
#include <sys/types.h>

#include "daemon/server/methods.h"
#include "daemon/server/server.h"

#define SERVER_MAX_LISTENERS 4

struct client;
struct event;
struct evconnlistener;

struct listener {
	struct evconnlistener *accepting;
	char *path; /* of what server_listen() made; NULL: not ours to remove */
	dev_t dev;
	ino_t ino;
};

struct server {
	struct event_base *base;
	struct methods methods;
	struct varlink_service service;
	LIST_HEAD(server_clients, client) clients;
	int n_clients;
	struct listener listeners[SERVER_MAX_LISTENERS];
	size_t n_listeners;
	int reserve_fd;	      /* given up for a moment when there are no others */
	struct event *resume; /* accepts again after a pause */
};

/* server.c: a connection that was accepted; takes @fd. */
void server_adopt(struct server *server, int fd);

/* server_peer.c: who is at the other end of @fd, and whether it may change something. */
void server_identify(const struct server *server, int fd, struct varlink_peer *peer);

/* server_listen.c: before the first and after the last listener. 0 or -errno. */
int server_listeners_init(struct server *server);
void server_listeners_done(struct server *server);
