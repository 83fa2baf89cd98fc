#include "cli/ask/client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cli/base/cli.h"

#define READ_BYTES	((size_t)64 << 10)
#define CONNECT_SECONDS 5
#define SEND_TIMEOUT_MS 10000

struct client {
	int fd;
	char *bytes; /* the beginning of the next replies */
	size_t n_bytes, size;
	size_t n_scanned; /* of @bytes, that hold no NUL */
};

int
client_new(int fd, struct client **ret)
{
	ls_auto(client) *client = calloc(1, sizeof(*client));
	int flags;

	if (!client)
		return -ENOMEM;
	client->fd = -1;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;

	client->fd = fd;
	*ret = LS_STEAL(&client);
	return 0;
}

int
client_open(const char *path, struct client **ret)
{
	/* A peer that does not accept must not block us forever: connect(2) waits for its queue. */
	static const struct timeval patience = { .tv_sec = CONNECT_SECONDS };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, r;

	if (!*path)
		return -ENOENT;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;

	r = setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (r == 0)
		r = connect(fd, (const struct sockaddr *)&address, sizeof(address));
	r = r < 0 ? -errno : client_new(fd, ret);
	if (r < 0)
		close(fd);
	return r;
}

void
client_free(struct client *client)
{
	if (!client)
		return;
	if (client->fd >= 0)
		close(client->fd);
	free(client->bytes);
	free(client);
}

static int64_t
deadline_after(int timeout_ms)
{
	return timeout_ms < 0 ? INT64_MAX : cli_clock_us(CLOCK_MONOTONIC) / 1000 + timeout_ms;
}

/* Waits until the socket is ready for @events. 1, or as client_receive(). */
static int
wait_ready(const struct client *client, short events, const struct client_wait *wait,
	   int64_t deadline_ms)
{
	struct pollfd fds[] = {
		{ .fd = client->fd, .events = events },
		{ .fd = wait->output_fd }, /* only for POLLERR; negative is ignored */
		{ .fd = wait->with_input ? wait->input_fd : -1, .events = POLLIN },
	};

	for (;;) {
		int64_t left_ms = deadline_ms == INT64_MAX
					  ? 0
					  : deadline_ms - cli_clock_us(CLOCK_MONOTONIC) / 1000;
		struct timespec left = { .tv_sec = left_ms / 1000,
					 .tv_nsec = left_ms % 1000 * 1000000 };
		int r;

		if (left_ms < 0)
			return -ETIMEDOUT;
		r = ppoll(fds, LS_COUNT(fds), deadline_ms == INT64_MAX ? NULL : &left,
			  wait->sigmask);
		if (r < 0 && (errno != EINTR || wait->sigmask))
			return -errno;
		if (r == 0)
			return -ETIMEDOUT;
		if (r > 0 && fds[0].revents)
			return 1;
		if (r > 0)
			return fds[1].revents ? -ECANCELED : -EAGAIN;
	}
}

static int
send_all(struct client *client, const char *bytes, size_t n_bytes)
{
	static const struct client_wait wait = { .output_fd = -1 };
	int64_t deadline_ms = deadline_after(SEND_TIMEOUT_MS);

	while (n_bytes > 0) {
		ssize_t n = send(client->fd, bytes, n_bytes, MSG_NOSIGNAL);
		int r;

		if (n >= 0) {
			bytes += n;
			n_bytes -= (size_t)n;
			continue;
		}
		if (errno == EPIPE || errno == ECONNRESET)
			return 0; /* what it said before it closed, or that it did, is to be received */
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		r = wait_ready(client, POLLOUT, &wait, deadline_ms);
		if (r < 0)
			return r;
	}
	return 0;
}

int
client_send(struct client *client, const char *method, json_t *parameters, bool more)
{
	ls_json_auto json_t *call =
		json_pack("{s:s, s:O*}", "method", method, "parameters", parameters);
	char *text;
	int r;

	if (!call)
		return -ENOMEM;
	if (more && json_object_set_new(call, "more", json_true()) < 0)
		return -ENOMEM;
	text = json_dumps(call, JSON_COMPACT);
	if (!text)
		return -ENOMEM;
	r = send_all(client, text, strlen(text) + 1);
	free(text);
	return r;
}

static bool
member_wrong(const json_t *reply, const char *name, json_type type)
{
	const json_t *member = json_object_get(reply, name);

	return member && json_typeof(member) != type;
}

/* 1 with a reply whose members have the right types, or -EBADMSG, -ENOMEM. */
static int
parse(const char *bytes, size_t n_bytes, json_t **ret)
{
	ls_json_auto json_t *reply = json_loadb(bytes, n_bytes, JSON_REJECT_DUPLICATES, NULL);
	const json_t *continues;

	if (!json_is_object(reply))
		return -EBADMSG;
	continues = json_object_get(reply, "continues");
	if (member_wrong(reply, "error", JSON_STRING) || (continues && !json_is_boolean(continues)))
		return -EBADMSG;
	if (json_is_null(json_object_get(reply, "parameters")))
		json_object_del(reply, "parameters");
	if (member_wrong(reply, "parameters", JSON_OBJECT))
		return -EBADMSG;
	if (!json_object_get(reply, "parameters") &&
	    json_object_set_new(reply, "parameters", json_object()) < 0)
		return -ENOMEM;

	*ret = LS_STEAL(&reply);
	return 1;
}

/* Takes the first whole message off the buffer. 1, 0 if there is none yet, -EBADMSG, -EMSGSIZE. */
static int
take_message(struct client *client, json_t **ret)
{
	size_t n_new = client->n_bytes - client->n_scanned;
	const char *end = n_new ? memchr(client->bytes + client->n_scanned, '\0', n_new) : NULL;
	size_t n_message = end ? (size_t)(end - client->bytes) : client->n_bytes;
	int r;

	if (n_message > CLIENT_REPLY_MAX)
		return -EMSGSIZE;
	if (!end) {
		client->n_scanned = client->n_bytes;
		return 0;
	}
	r = parse(client->bytes, n_message, ret);
	client->n_bytes -= n_message + 1;
	client->n_scanned = 0;
	memmove(client->bytes, end + 1, client->n_bytes);
	return r;
}

static int
read_more(struct client *client)
{
	ssize_t n;

	if (client->size - client->n_bytes < READ_BYTES) {
		size_t size = 2 * client->size + READ_BYTES;
		char *bytes = realloc(client->bytes, size);

		if (!bytes)
			return -ENOMEM;
		client->bytes = bytes;
		client->size = size;
	}
	n = read(client->fd, client->bytes + client->n_bytes, READ_BYTES);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return client->n_bytes > 0 ? -EPIPE : -ECONNRESET;
	client->n_bytes += (size_t)n;
	return 1;
}

int
client_receive(struct client *client, const struct client_wait *wait, json_t **ret)
{
	int64_t deadline_ms = deadline_after(wait->timeout_ms);
	int r;

	for (;;) {
		r = take_message(client, ret);
		if (r != 0)
			return r;
		r = wait_ready(client, POLLIN, wait, deadline_ms);
		if (r < 0)
			return r;
		r = read_more(client);
		if (r < 0)
			return r;
	}
}

const char *
client_error(const json_t *reply)
{
	return json_string_value(json_object_get(reply, "error"));
}

json_t *
client_parameters(const json_t *reply)
{
	return json_object_get(reply, "parameters");
}

bool
client_continues(const json_t *reply)
{
	return json_is_true(json_object_get(reply, "continues"));
}
