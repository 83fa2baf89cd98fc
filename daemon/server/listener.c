#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/server/internal.h"

#define BACKLOG	      128
#define PAUSE_SECONDS 1

static int
open_reserve(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
on_resume(evutil_socket_t fd, short what, void *user)
{
	struct server *server = user;

	(void)fd;
	(void)what;
	if (server->reserve_fd < 0)
		server->reserve_fd = open_reserve();
	for (size_t i = 0; i < server->n_listeners; i++)
		(void)evconnlistener_enable(server->listeners[i].accepting);
}

int
server_listeners_init(struct server *server)
{
	server->reserve_fd = open_reserve();
	server->resume = evtimer_new(server->base, on_resume, server);
	return server->resume ? 0 : -ENOMEM;
}

/* A successor may have put its own socket there. */
static void
remove_socket(const struct listener *listener)
{
	struct stat st;

	if (lstat(listener->path, &st) == 0 && st.st_dev == listener->dev &&
	    st.st_ino == listener->ino)
		(void)unlink(listener->path);
}

void
server_listeners_done(struct server *server)
{
	for (size_t i = 0; i < server->n_listeners; i++) {
		struct listener *listener = &server->listeners[i];

		evconnlistener_free(listener->accepting);
		if (listener->path)
			remove_socket(listener);
		free(listener->path);
	}
	server->n_listeners = 0;
	if (server->resume)
		event_free(server->resume);
	if (server->reserve_fd >= 0)
		close(server->reserve_fd);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address, int len,
	  void *user)
{
	(void)listener;
	(void)address;
	(void)len;
	server_adopt(user, fd);
}

/*
 * Without a free descriptor the connection cannot be taken and stays at the front of the queue: the
 * reserve takes it once, to hang up. If that does not help either, nobody is accepted for a while,
 * else the loop would spin.
 */
static void
on_accept_error(struct evconnlistener *listener, void *user)
{
	static const struct timeval pause = { .tv_sec = PAUSE_SECONDS };
	struct server *server = user;
	int fd = -1;

	if ((errno == EMFILE || errno == ENFILE) && server->reserve_fd >= 0) {
		close(server->reserve_fd);
		fd = accept(evconnlistener_get_fd(listener), NULL, NULL);
		if (fd >= 0)
			close(fd);
		server->reserve_fd = open_reserve();
	}
	if (fd >= 0)
		return;
	for (size_t i = 0; i < server->n_listeners; i++)
		(void)evconnlistener_disable(server->listeners[i].accepting);
	(void)event_add(server->resume, &pause);
}

/* Owns @fd on success. */
static int
add_listener(struct server *server, int fd, struct listener *listener)
{
	unsigned int flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;

	if (server->n_listeners == LS_COUNT(server->listeners))
		return -EMFILE;
	/* Backlog 0: it listens already. */
	listener->accepting = evconnlistener_new(server->base, on_accept, server, flags, 0, fd);
	if (!listener->accepting)
		return -ENOMEM;
	evconnlistener_set_error_cb(listener->accepting, on_accept_error);
	server->listeners[server->n_listeners++] = *listener;
	return 0;
}

int
server_listen_fd(struct server *server, int fd)
{
	struct listener listener = { 0 };
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int listens = 0;
	socklen_t listens_len = sizeof(listens);

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_len) < 0)
		return -errno;
	if (address.ss_family != AF_UNIX || !listens)
		return -EINVAL;
	if (evutil_make_socket_nonblocking(fd) < 0 || evutil_make_socket_closeonexec(fd) < 0)
		return -EIO;
	return add_listener(server, fd, &listener);
}

/* 0 if nothing lives at @address, and what is there may be replaced; else -errno. */
static int
check_free(const struct sockaddr_un *address)
{
	struct stat st;
	int fd, r;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST; /* not ours to remove */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	r = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	r = r < 0 ? -errno : -EADDRINUSE;
	close(fd);
	if (r == -EAGAIN) /* somebody listens, but is too busy */
		return -EADDRINUSE;
	return r == -ECONNREFUSED || r == -ENOENT ? 0 : r;
}

/* Under another name first: the socket appears with its mode, listening, or not at all. */
static int
bind_aside(int fd, const char *path, struct listener *listener)
{
	struct sockaddr_un aside = { .sun_family = AF_UNIX };
	struct stat st;
	int r = 0;
	int len = snprintf(aside.sun_path, sizeof(aside.sun_path), "%s.%ld", path, (long)getpid());

	if (len < 0 || (size_t)len >= sizeof(aside.sun_path))
		return -ENAMETOOLONG;
	(void)unlink(aside.sun_path); /* of a process with our number that was killed here */
	if (bind(fd, (const struct sockaddr *)&aside, sizeof(aside)) < 0)
		return -errno;
	if (chmod(aside.sun_path, 0660) < 0 || listen(fd, BACKLOG) < 0 ||
	    lstat(aside.sun_path, &st) < 0 || rename(aside.sun_path, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(aside.sun_path);
	listener->dev = r < 0 ? 0 : st.st_dev;
	listener->ino = r < 0 ? 0 : st.st_ino;
	return r;
}

int
server_listen(struct server *server, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct listener listener = { 0 };
	int fd, r;

	if (*path == '\0' || strlen(path) >= sizeof(address.sun_path))
		return *path ? -ENAMETOOLONG : -ENOENT;
	memcpy(address.sun_path, path, strlen(path));
	r = check_free(&address);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	listener.path = strdup(path);
	r = fd < 0 ? -errno : listener.path ? bind_aside(fd, path, &listener) : -ENOMEM;
	if (r == 0)
		r = add_listener(server, fd, &listener);
	if (r == 0)
		return 0;
	if (listener.ino)
		remove_socket(&listener);
	free(listener.path);
	if (fd >= 0)
		close(fd);
	return r;
}
