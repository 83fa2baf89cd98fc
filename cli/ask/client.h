#pragma once
/*
 * A varlink client: JSON messages, each ended by NUL, over a Unix socket. The peer is not trusted:
 * replies have a largest size and a deadline, and what is not a varlink reply is refused.
 */
#include <signal.h>

#include "lib/base/base.h"
#include "lib/wire/wire.h"

struct client;

#define CLIENT_REPLY_MAX (16u << 20)

/* How to wait for a reply. */
struct client_wait {
	int timeout_ms;		 /* for the whole reply; < 0: as long as it takes */
	const sigset_t *sigmask; /* NULL, or as in ppoll(2): a signal then ends the wait */
	bool with_input;	 /* what comes on @input_fd ends the wait, too */
	int input_fd;
	int output_fd; /* < 0, or a wait ends when that has no reader any more */
};

/* Owns @fd, a connected stream socket, on success only. 0 or -errno. */
int client_new(int fd, struct client **ret);
/* Connects to @path. 0 or -errno; -ENAMETOOLONG if no socket can have that name. */
int client_open(const char *path, struct client **ret);
void client_free(struct client *client); /* NULL is fine */
LS_DEFINE_AUTO(client)

/* Sends one call; @parameters is borrowed and may be NULL. 0 or -errno. */
int client_send(struct client *client, const char *method, json_t *parameters, bool more);

/*
 * Waits for one reply; *ret is a new reference, for the accessors below. 1, or
 *   -ECONNRESET  the peer closed between two replies,  -EPIPE  within one,
 *   -EMSGSIZE    a reply beyond CLIENT_REPLY_MAX,      -EBADMSG  not a varlink reply,
 *   -ETIMEDOUT, -EINTR (a signal), -EAGAIN (@input_fd), -ECANCELED (nobody reads @output_fd), another -errno.
 */
int client_receive(struct client *client, const struct client_wait *wait, json_t **ret);

/* Name of the error that the reply is, NULL if it is none. */
const char *client_error(const json_t *reply);
/* Never NULL: an empty object where the peer sent none. Borrowed. */
json_t *client_parameters(const json_t *reply);
bool client_continues(const json_t *reply);
