/* vdev: scriptable virtual USB devices. One process serves them, the same program steers it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "vdev.h"

#define ASK_AGAIN_MS 20
#define DEFAULT_WAIT 20 /* seconds */

static const char usage[] =
	"usage: vdev serve                       be the devices; ends with the process\n"
	"       vdev ctl plug NAME [KEY=VALUE…]  port controller speed=full|high|super vid pid bcd "
	"usb\n"
	"                                        serial product manufacturer class=ff/fe/02 "
	"device-class\n"
	"                                        config attributes power; kept for the next plug\n"
	"       vdev ctl pull NAME\n"
	"       vdev ctl break NAME [ep=0x81] [status=-71|silent] [after=N] [count=N]\n"
	"       vdev ctl silence NAME            answers nothing\n"
	"       vdev ctl fail-enumeration NAME [status=-71|silent] [count=N]   before plug\n"
	"       vdev ctl repair NAME\n"
	"       vdev ctl wait NAME configured|plugged|pulled|repaired|bytes=N "
	"[timeout=SECONDS]\n"
	"       vdev ctl where NAME              kernel name of its port, such as 3-1\n"
	"       vdev ctl list                    JSON\n"
	"       vdev fault RECIPE NAME           over-current over-current-lasting "
	"over-current-end\n"
	"                                        emi connect-blip ss-inactive\n"
	"       vdev hub BUS PORT set|clear FEATURE\n"
	"VDEV_SOCKET names the control socket.\n";

static const char *
socket_path(void)
{
	const char *path = getenv("VDEV_SOCKET");

	return path && *path ? path : VDEV_SOCKET;
}

static int
connect_server(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path());
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

/* One command, one answer, NUL-terminated in @reply. Cuts what does not fit. */
static int
ask(const char *const *words, int n_words, char *reply, size_t size)
{
	int fd = connect_server();
	size_t length = 0;
	ssize_t n = 0;

	if (fd < 0)
		return fd;
	for (int i = 0; i < n_words; i++)
		if (send(fd, words[i], strlen(words[i]) + 1, MSG_NOSIGNAL) < 0)
			n = -1;
	shutdown(fd, SHUT_WR);
	while (n >= 0 && length + 1 < size &&
	       (n = recv(fd, reply + length, size - length - 1, 0)) > 0)
		length += n;
	reply[length] = '\0';
	close(fd);
	return n < 0 ? -EIO : 0;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Asks until the answer is not "busy" or time is up. */
static int
ask_until(const char *const *words, int n_words, double seconds, char *reply, size_t size)
{
	double end = now() + seconds;
	int r;

	while (1) {
		r = ask(words, n_words, reply, size);
		if (r < 0 || strcmp(reply, "busy\n") != 0)
			return r;
		if (now() > end)
			return -ETIMEDOUT;
		nanosleep(&(struct timespec){ .tv_nsec = ASK_AGAIN_MS * 1000000L }, NULL);
	}
}

static int
complain(const char *what, int r)
{
	fprintf(stderr, "vdev: %s: %s\n", what, strerror(-r));
	return 1;
}

static int
show(const char *verb, int r, const char *reply)
{
	if (r < 0)
		return complain(verb, r);
	if (strncmp(reply, "error", 5) == 0) {
		fprintf(stderr, "vdev: %s", reply);
		return 1;
	}
	if (strcmp(reply, "ok\n") != 0)
		fputs(reply, stdout);
	return 0;
}

static int
place(const char *name, unsigned *bus, unsigned *port)
{
	const char *words[] = { "place", name };
	char reply[256];
	int r = ask(words, 2, reply, sizeof(reply));

	if (r < 0)
		return complain(name, r);
	if (sscanf(reply, "ok %u %u", bus, port) != 2)
		return show(name, 0, reply) || 1;
	return 0;
}

static int
ctl(const char **words, int n_words)
{
	static char reply[256 * 1024];
	double seconds = DEFAULT_WAIT;
	unsigned bus, port;
	int r;

	if (strcmp(words[0], "where") == 0 && n_words == 2) {
		if (place(words[1], &bus, &port))
			return 1;
		printf("%u-%u\n", bus, port);
		return 0;
	}
	if (strcmp(words[0], "wait") == 0) {
		words[0] = "test";
		if (n_words == 4 && strncmp(words[3], "timeout=", 8) == 0)
			seconds = atof(words[3] + 8);
	}
	r = ask_until(words, n_words, seconds, reply, sizeof(reply));
	return show(words[0], r, reply);
}

static int
fault(const char *recipe, const char *name)
{
	unsigned bus, port;
	int r;

	if (place(name, &bus, &port))
		return 1;
	r = fault_inject(recipe, bus, port);
	return r < 0 ? complain(recipe, r) : 0;
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && strcmp(argv[1], "serve") == 0)
		return complain("serve", server_run(socket_path()));
	if (argc >= 3 && strcmp(argv[1], "ctl") == 0)
		return ctl((const char **)argv + 2, argc - 2);
	if (argc == 4 && strcmp(argv[1], "fault") == 0)
		return fault(argv[2], argv[3]);
	if (argc == 6 && strcmp(argv[1], "hub") == 0) {
		int r = hub_feature(atoi(argv[2]), atoi(argv[3]), strcmp(argv[4], "set") == 0,
				    atoi(argv[5]));

		return r < 0 ? complain("hub", r) : 0;
	}
	fputs(usage, stderr);
	return 2;
}
