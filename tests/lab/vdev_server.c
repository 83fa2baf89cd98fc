/* The long-running half: the loop over the devices' sockets and a control socket with text commands. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "vdev.h"

#define MAX_WORDS	  32
#define MAX_COMMAND	  16384
#define REQUESTS_PER_TURN 16

/* ---- commands: each answers with one line, or JSON ---- */

struct command {
	char *words[MAX_WORDS];
	int n_words; /* words[0] is the verb, words[1] the device */
	struct device *dev;
	FILE *reply;
};

static void
refuse(struct command *cmd, const char *what, const char *detail)
{
	fprintf(cmd->reply, "error %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
}

static void
on_plug(struct command *cmd)
{
	int r;

	if (cmd->dev->fd >= 0) {
		refuse(cmd, "already plugged", cmd->dev->name);
		return;
	}
	for (int i = 2; i < cmd->n_words; i++)
		if (!set_property(cmd->dev, cmd->words[i])) {
			refuse(cmd, "bad property", cmd->words[i]);
			return;
		}
	r = usbip_attach(cmd->dev);
	if (r == -EBUSY)
		fprintf(cmd->reply, "busy\n");
	else if (r < 0)
		refuse(cmd, "attach", strerror(-r));
	else
		fprintf(cmd->reply, "ok\n");
}

static void
on_pull(struct command *cmd)
{
	if (cmd->dev->fd < 0) {
		refuse(cmd, "not plugged", cmd->dev->name);
		return;
	}
	usbip_detach(cmd->dev);
	fprintf(cmd->reply, "ok\n");
}

static const char *
option(const struct command *cmd, const char *key)
{
	size_t length = strlen(key);

	for (int i = 2; i < cmd->n_words; i++)
		if (strncmp(cmd->words[i], key, length) == 0 && cmd->words[i][length] == '=')
			return cmd->words[i] + length + 1;
	return NULL;
}

static bool
read_fault(const struct command *cmd, struct fault *ret)
{
	const char *status = option(cmd, "status"), *after = option(cmd, "after");
	const char *count = option(cmd, "count");
	long number;

	*ret = (struct fault){ .active = true, .status = -EPROTO };
	ret->silent = status && strcmp(status, "silent") == 0;
	if (status && !ret->silent) {
		if (!parse_number(status, 10, -4095, -1, &number))
			return false;
		ret->status = number;
	}
	if (after) {
		if (!parse_number(after, 10, 0, INT32_MAX, &number))
			return false;
		ret->after = number;
	}
	if (count) {
		if (!parse_number(count, 10, 1, INT32_MAX, &number))
			return false;
		ret->count = number;
	}
	return true;
}

static void
on_break(struct command *cmd)
{
	const char *where = option(cmd, "ep");
	struct fault fault;
	long address = 0;

	if (!read_fault(cmd, &fault) || (where && !parse_number(where, 0, 0, 255, &address))) {
		refuse(cmd, "usage",
		       "break NAME [ep=0x81] [status=-71|silent] [after=N] [count=N]");
		return;
	}
	if (where)
		cmd->dev->endpoints[endpoint_index(address)].fault = fault;
	else
		for (size_t i = 1; i < VDEV_COUNT(cmd->dev->endpoints); i++)
			cmd->dev->endpoints[i].fault = fault;
	fprintf(cmd->reply, "ok\n");
}

static void
on_repair(struct command *cmd)
{
	for (size_t i = 0; i < VDEV_COUNT(cmd->dev->endpoints); i++)
		cmd->dev->endpoints[i].fault.active = false;
	cmd->dev->enumeration.active = false;
	cmd->dev->silent = false;
	usbip_flush(cmd->dev);
	fprintf(cmd->reply, "ok\n");
}

static void
on_silence(struct command *cmd)
{
	cmd->dev->silent = true;
	fprintf(cmd->reply, "ok\n");
}

static void
on_fail_enumeration(struct command *cmd)
{
	if (read_fault(cmd, &cmd->dev->enumeration))
		fprintf(cmd->reply, "ok\n");
	else
		refuse(cmd, "usage", "fail-enumeration NAME [status=-71|silent] [count=N]");
}

static uint64_t
bytes_moved(const struct device *dev)
{
	uint64_t sum = 0;

	for (size_t i = 1; i < VDEV_COUNT(dev->endpoints); i++)
		sum += dev->endpoints[i].bytes;
	return sum;
}

/* Has every fault struck as often as it was to? */
static bool
is_repaired(const struct device *dev)
{
	bool is_broken = dev->silent || dev->enumeration.active;

	for (size_t i = 0; i < VDEV_COUNT(dev->endpoints); i++)
		is_broken |= dev->endpoints[i].fault.active;
	return !is_broken;
}

/* Is a condition true now? The client asks again until it is. */
static void
on_test(struct command *cmd)
{
	const char *what = cmd->n_words > 2 ? cmd->words[2] : "";
	const struct device *dev = cmd->dev;
	bool is_true;
	long number;

	if (strcmp(what, "configured") == 0)
		is_true = dev->fd >= 0 && dev->configured;
	else if (strcmp(what, "plugged") == 0)
		is_true = dev->fd >= 0;
	else if (strcmp(what, "pulled") == 0)
		is_true = dev->fd < 0;
	else if (strcmp(what, "repaired") == 0)
		is_true = is_repaired(dev);
	else if (strncmp(what, "bytes=", 6) == 0 &&
		 parse_number(what + 6, 10, 0, INT64_MAX, &number))
		is_true = bytes_moved(dev) >= (uint64_t)number;
	else {
		refuse(cmd, "conditions are configured, plugged, pulled, repaired, bytes=N; not",
		       what);
		return;
	}
	fprintf(cmd->reply, is_true ? "ok\n" : "busy\n");
}

static void
on_place(struct command *cmd)
{
	int bus = vhci_bus(cmd->dev->controller, cmd->dev->speed);

	if (bus < 0)
		refuse(cmd, "no vhci bus", strerror(-bus));
	else
		fprintf(cmd->reply, "ok %d %u\n", bus, cmd->dev->port + 1);
}

static void
list_device(const struct device *dev, FILE *out)
{
	const char *comma = "";

	fprintf(out, "{\"name\":\"%s\",\"bus\":%d,\"port\":%u,\"plugged\":%s,\"configured\":%s,",
		dev->name, vhci_bus(dev->controller, dev->speed), dev->port + 1,
		dev->fd >= 0 ? "true" : "false", dev->configured ? "true" : "false");
	fprintf(out, "\"waiting\":%zu,\"bytes\":%llu,\"endpoints\":{", dev->n_waiting,
		(unsigned long long)bytes_moved(dev));
	for (unsigned i = 0; i < VDEV_COUNT(dev->endpoints); i++) {
		const struct endpoint *ep = &dev->endpoints[i];

		if (!ep->n_transfers && !ep->n_errors)
			continue;
		fprintf(out, "%s\"0x%02x\":{\"transfers\":%llu,\"errors\":%llu,\"bytes\":%llu}",
			comma, i < 16 ? i : (i - 16) | 0x80, (unsigned long long)ep->n_transfers,
			(unsigned long long)ep->n_errors, (unsigned long long)ep->bytes);
		comma = ",";
	}
	fprintf(out, "}}");
}

static void
list(FILE *out)
{
	fputc('[', out);
	for (size_t i = 0; i < n_devices; i++) {
		if (i)
			fputc(',', out);
		list_device(devices[i], out);
	}
	fprintf(out, "]\n");
}

static const struct {
	const char *verb;
	void (*run)(struct command *cmd);
	bool creates; /* a device of that name need not exist yet */
} verbs[] = {
	{ "plug", on_plug, true },	  { "pull", on_pull, false },
	{ "break", on_break, false },	  { "repair", on_repair, false },
	{ "silence", on_silence, false }, { "fail-enumeration", on_fail_enumeration, true },
	{ "test", on_test, false },	  { "place", on_place, false },
};

static void
run_command(struct command *cmd)
{
	const char *verb = cmd->n_words ? cmd->words[0] : "";

	if (strcmp(verb, "list") == 0) {
		list(cmd->reply);
		return;
	}
	for (size_t i = 0; i < VDEV_COUNT(verbs); i++) {
		if (strcmp(verbs[i].verb, verb) != 0)
			continue;
		cmd->dev = cmd->n_words > 1 ? device_find(cmd->words[1]) : NULL;
		if (!cmd->dev && verbs[i].creates && cmd->n_words > 1)
			cmd->dev = device_create(cmd->words[1]);
		if (cmd->dev)
			verbs[i].run(cmd);
		else
			refuse(cmd, "no such device", cmd->n_words > 1 ? cmd->words[1] : "");
		return;
	}
	refuse(cmd, "no such command", verb);
}

static void
serve_client(int fd)
{
	static char text[MAX_COMMAND + 1];
	struct timeval patience = { .tv_sec = 2 };
	struct command cmd = { 0 };
	size_t length = 0;
	ssize_t n;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (length < MAX_COMMAND && (n = recv(fd, text + length, MAX_COMMAND - length, 0)) > 0)
		length += n;
	text[length] = '\0';
	for (size_t at = 0; at < length && cmd.n_words < MAX_WORDS; at += strlen(text + at) + 1)
		cmd.words[cmd.n_words++] = text + at;
	cmd.reply = fdopen(fd, "w");
	if (!cmd.reply) {
		close(fd);
		return;
	}
	run_command(&cmd);
	fclose(cmd.reply);
}

/* ---- the loop ---- */

static void
serve_device(struct device *dev)
{
	struct pollfd ready = { .fd = dev->fd, .events = POLLIN };

	for (int i = 0; i < REQUESTS_PER_TURN; i++) {
		if (!usbip_serve(dev)) {
			usbip_detach(dev);
			return;
		}
		if (poll(&ready, 1, 0) != 1)
			return;
	}
}

static int
turn(int listener)
{
	struct pollfd polled[VDEV_MAX_DEVICES + 1] = { { .fd = listener, .events = POLLIN } };
	size_t n = n_devices;

	for (size_t i = 0; i < n; i++)
		polled[i + 1] = (struct pollfd){ .fd = devices[i]->fd, .events = POLLIN };
	if (poll(polled, n + 1, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	for (size_t i = 0; i < n; i++)
		if (polled[i + 1].revents && devices[i]->fd >= 0)
			serve_device(devices[i]);
	if (polled[0].revents) {
		int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (client >= 0)
			serve_client(client);
	}
	return 0;
}

int
server_run(const char *socket_path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	if (listener < 0 || strlen(socket_path) >= sizeof(address.sun_path))
		return -EINVAL;
	strcpy(address.sun_path, socket_path);
	unlink(socket_path);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(listener, 16) < 0)
		return -errno;
	do
		r = turn(listener);
	while (r == 0);
	return r;
}
