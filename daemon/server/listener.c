#include "daemon/server/listener.h"

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

#define BACKLOG	      128
#define PAUSE_SECONDS 1
#define GROUPS_MAX    65536 /* NGROUPS_MAX of Linux */

struct socket {
	struct evconnlistener *accepting;
	char *path; /* of what listener_add_path() made; NULL: not ours to remove */
	dev_t dev;
	ino_t ino;
};

struct listener {
	struct event_base *base;
	listener_accept_fn on_accept;
	void *user;
	struct socket sockets[LISTENER_MAX_SOCKETS];
	size_t n_sockets;
	int reserve_fd;	      /* given up for a moment when there are no others */
	struct event *resume; /* accepts again after a pause */
};

static int
open_reserve(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
on_resume(evutil_socket_t fd, short what, void *user)
{
	struct listener *listener = user;

	(void)fd;
	(void)what;
	if (listener->reserve_fd < 0)
		listener->reserve_fd = open_reserve();
	for (size_t i = 0; i < listener->n_sockets; i++)
		(void)evconnlistener_enable(listener->sockets[i].accepting);
}

int
listener_new(struct event_base *base, listener_accept_fn on_accept, void *user,
	     struct listener **ret)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		return -ENOMEM;
	*listener = (struct listener){ .base = base, .on_accept = on_accept, .user = user };
	listener->reserve_fd = open_reserve();
	listener->resume = evtimer_new(base, on_resume, listener);
	if (!listener->resume) {
		listener_free(listener);
		return -ENOMEM;
	}
	*ret = listener;
	return 0;
}

/* A successor may have put its own socket there. */
static void
remove_socket(const struct socket *socket)
{
	struct stat st;

	if (lstat(socket->path, &st) == 0 && st.st_dev == socket->dev && st.st_ino == socket->ino)
		(void)unlink(socket->path);
}

void
listener_free(struct listener *listener)
{
	if (!listener)
		return;
	for (size_t i = 0; i < listener->n_sockets; i++) {
		struct socket *socket = &listener->sockets[i];

		evconnlistener_free(socket->accepting);
		if (socket->path)
			remove_socket(socket);
		free(socket->path);
	}
	if (listener->resume)
		event_free(listener->resume);
	if (listener->reserve_fd >= 0)
		close(listener->reserve_fd);
	free(listener);
}

static void
on_accept(struct evconnlistener *accepting, evutil_socket_t fd, struct sockaddr *address, int len,
	  void *user)
{
	struct listener *listener = user;

	(void)accepting;
	(void)address;
	(void)len;
	listener->on_accept(fd, listener->user);
}

/*
 * Without a free descriptor the connection cannot be taken and stays at the front of the queue: the
 * reserve takes it once, to hang up. If that does not help either, accepting pauses for a while, so
 * that the loop does not spin.
 */
static void
on_accept_error(struct evconnlistener *accepting, void *user)
{
	static const struct timeval pause = { .tv_sec = PAUSE_SECONDS };
	struct listener *listener = user;
	int fd = -1;

	if ((errno == EMFILE || errno == ENFILE) && listener->reserve_fd >= 0) {
		close(listener->reserve_fd);
		fd = accept(evconnlistener_get_fd(accepting), NULL, NULL);
		if (fd >= 0)
			close(fd);
		listener->reserve_fd = open_reserve();
	}
	if (fd >= 0)
		return;
	for (size_t i = 0; i < listener->n_sockets; i++)
		(void)evconnlistener_disable(listener->sockets[i].accepting);
	(void)event_add(listener->resume, &pause);
}

/* Owns @fd on success. */
static int
add_socket(struct listener *listener, int fd, struct socket *socket)
{
	unsigned int flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;

	if (listener->n_sockets == LS_COUNT(listener->sockets))
		return -EMFILE;
	/* Backlog 0: it listens already. */
	socket->accepting = evconnlistener_new(listener->base, on_accept, listener, flags, 0, fd);
	if (!socket->accepting)
		return -ENOMEM;
	evconnlistener_set_error_cb(socket->accepting, on_accept_error);
	listener->sockets[listener->n_sockets++] = *socket;
	return 0;
}

int
listener_add_fd(struct listener *listener, int fd)
{
	struct socket added = { 0 };
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
	return add_socket(listener, fd, &added);
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
	if (r == -EAGAIN) /* a server that is too busy */
		return -EADDRINUSE;
	return r == -ECONNREFUSED || r == -ENOENT ? 0 : r;
}

/* Under another name first: the socket appears with its mode, listening, or not at all. */
static int
bind_aside(int fd, const char *path, struct socket *ret)
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
	ret->dev = r < 0 ? 0 : st.st_dev;
	ret->ino = r < 0 ? 0 : st.st_ino;
	return r;
}

int
listener_add_path(struct listener *listener, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct socket added = { 0 };
	int fd, r;

	if (*path == '\0' || strlen(path) >= sizeof(address.sun_path))
		return *path ? -ENAMETOOLONG : -ENOENT;
	memcpy(address.sun_path, path, strlen(path));
	r = check_free(&address);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	added.path = strdup(path);
	r = fd < 0 ? -errno : added.path ? bind_aside(fd, path, &added) : -ENOMEM;
	if (r == 0)
		r = add_socket(listener, fd, &added);
	if (r == 0)
		return 0;
	if (added.ino)
		remove_socket(&added);
	free(added.path);
	if (fd >= 0)
		close(fd);
	return r;
}

/* Ours was bound under another name and then renamed, see bind_aside(). */
static const char *
renamed(const struct listener *listener, const char *bound)
{
	for (size_t i = 0; i < listener->n_sockets; i++) {
		const char *path = listener->sockets[i].path;
		size_t len = path ? strlen(path) : 0;

		if (len && strncmp(bound, path, len) == 0 && bound[len] == '.')
			return path;
	}
	return bound;
}

/* The group of the socket file that @fd was accepted on. 1, or 0: it has none. */
static int
socket_group(const struct listener *listener, int fd, gid_t *ret)
{
	struct sockaddr_un address = { 0 };
	socklen_t len = sizeof(address) - 1;
	struct stat st;

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0 || address.sun_path[0] != '/' ||
	    stat(renamed(listener, address.sun_path), &st) < 0 || !S_ISSOCK(st.st_mode))
		return 0;
	*ret = st.st_gid;
	return 1;
}

/* Is @group one of the peer's supplementary groups, as they were when it connected? */
static bool
has_group(int fd, gid_t group)
{
	socklen_t len = 0;
	gid_t *groups;
	bool found = false;

	/* Without room the kernel returns how much it takes. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &len) == 0 || errno != ERANGE ||
	    len > GROUPS_MAX * sizeof(gid_t))
		return false;
	groups = malloc(len);
	if (groups && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == 0) {
		for (size_t i = 0; i < len / sizeof(gid_t); i++)
			found |= groups[i] == group;
	}
	free(groups);
	return found;
}

void
listener_identify(const struct listener *listener, int fd, struct varlink_peer *peer)
{
	struct ucred credentials;
	socklen_t len = sizeof(credentials);
	gid_t group;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &len) < 0 ||
	    credentials.uid == (uid_t)-1)
		return;
	peer->uid = credentials.uid;
	peer->is_owner = credentials.uid == 0 || credentials.uid == geteuid();
	peer->may_change = peer->is_owner;
	/* Membership is checked although the file let it in: its mode may be wider. */
	if (!peer->may_change && socket_group(listener, fd, &group) == 1)
		peer->may_change = credentials.gid == group || has_group(fd, group);
}
