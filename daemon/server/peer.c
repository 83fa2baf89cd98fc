#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/server/internal.h"

#define GROUPS_MAX 65536 /* NGROUPS_MAX of Linux */

/* Ours was bound under another name and then renamed, see server_listen.c. */
static const char *
renamed(const struct server *server, const char *bound)
{
	for (size_t i = 0; i < server->n_listeners; i++) {
		const char *path = server->listeners[i].path;
		size_t len = path ? strlen(path) : 0;

		if (len && strncmp(bound, path, len) == 0 && bound[len] == '.')
			return path;
	}
	return bound;
}

/* The group of the socket file that @fd was accepted on. 1, or 0: it has none. */
static int
socket_group(const struct server *server, int fd, gid_t *ret)
{
	struct sockaddr_un address = { 0 };
	socklen_t len = sizeof(address) - 1;
	struct stat st;

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0 || address.sun_path[0] != '/' ||
	    stat(renamed(server, address.sun_path), &st) < 0 || !S_ISSOCK(st.st_mode))
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

	/* Asked without room the kernel says how much it takes. */
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
server_identify(const struct server *server, int fd, struct varlink_peer *peer)
{
	struct ucred credentials;
	socklen_t len = sizeof(credentials);
	gid_t group;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &len) < 0 ||
	    credentials.uid == (uid_t)-1)
		return;
	peer->uid = credentials.uid;
	peer->may_change = credentials.uid == 0 || credentials.uid == geteuid();
	/* Membership is asked for, and not only whether the file let it in: its mode may be wider. */
	if (!peer->may_change && socket_group(server, fd, &group) == 1)
		peer->may_change = credentials.gid == group || has_group(fd, group);
}
