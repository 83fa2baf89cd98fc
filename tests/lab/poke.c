/*
 * poke: a client of usbfs that knows exactly what became of each of its transfers. Keeps some in
 * flight on bulk endpoints 0x81 and 0x02, gives up one that is not answered in time, goes on whatever
 * fails, and asks on the control endpoint now and then. At SIGTERM it submits no more, waits for
 * what is in flight, and prints how often each endpoint had each status; a transfer that it gave up
 * is among those of -2.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#define IN_FLIGHT   2 /* per endpoint */
#define SIZE	    4096
#define PACE_MS	    4  /* between two turns: it is not to fill the bus */
#define CONTROL_MS  40 /* between two control transfers */
#define MAX_STATUS  133
#define N_ENDPOINTS 2

struct flight {
	uint64_t since_ms;
	bool is_under_way, is_given_up;
	uint8_t data[SIZE];
	struct usbdevfs_urb *urb; /* has no fixed size */
};

struct endpoint {
	uint8_t address;
	unsigned give_up_ms;
	unsigned long by_status[MAX_STATUS]; /* index: -status */
	struct flight flights[IN_FLIGHT];
};

static struct endpoint endpoints[N_ENDPOINTS] = { { .address = 0x81 }, { .address = 0x02 } };
static unsigned long control_by_status[MAX_STATUS];
static volatile sig_atomic_t told_to_stop;

static void
on_signal(int number)
{
	(void)number;
	told_to_stop = 1;
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void
count(unsigned long *by_status, int status)
{
	int number = status < 0 && status > -MAX_STATUS ? -status : 0;

	by_status[number]++;
}

static bool
submit(int fd, struct endpoint *endpoint, struct flight *flight)
{
	if (!flight->urb)
		flight->urb = malloc(sizeof(*flight->urb));
	if (!flight->urb)
		return false;
	*flight->urb = (struct usbdevfs_urb){
		.type = USBDEVFS_URB_TYPE_BULK,
		.endpoint = endpoint->address,
		.buffer = flight->data,
		.buffer_length = SIZE,
		.usercontext = flight,
	};
	flight->since_ms = now_ms();
	flight->is_under_way = ioctl(fd, USBDEVFS_SUBMITURB, flight->urb) == 0;
	flight->is_given_up = false;
	return flight->is_under_way;
}

static void
give_up_late_ones(int fd, struct endpoint *endpoint)
{
	for (int i = 0; i < IN_FLIGHT; i++) {
		struct flight *flight = &endpoint->flights[i];

		if (!flight->is_under_way || flight->is_given_up ||
		    now_ms() < flight->since_ms + endpoint->give_up_ms)
			continue;
		ioctl(fd, USBDEVFS_DISCARDURB, flight->urb);
		flight->is_given_up = true;
	}
}

static bool
reap(int fd)
{
	struct usbdevfs_urb *urb;

	while (ioctl(fd, USBDEVFS_REAPURBNDELAY, &urb) == 0) {
		struct flight *flight = urb->usercontext;

		for (int i = 0; i < N_ENDPOINTS; i++)
			if (endpoints[i].address == urb->endpoint)
				count(endpoints[i].by_status, urb->status);
		flight->is_under_way = false;
	}
	return errno == EAGAIN;
}

static void
ask(int fd)
{
	uint8_t data[16];
	struct usbdevfs_ctrltransfer request = {
		.bRequestType = 0xc0, /* vendor, to the computer */
		.bRequest = 1,
		.wLength = sizeof(data),
		.timeout = 1000,
		.data = data,
	};
	int r = ioctl(fd, USBDEVFS_CONTROL, &request);

	/* A timeout for the program is a cancelled transfer on the bus. */
	count(control_by_status, r >= 0 ? 0 : errno == ETIMEDOUT ? -ENOENT : -errno);
}

/* false: nothing is in flight and nothing more is wanted, or the device has gone. */
static bool
turn(int fd)
{
	int n_under_way = 0;

	if (!reap(fd))
		return false;
	for (int i = 0; i < N_ENDPOINTS; i++) {
		give_up_late_ones(fd, &endpoints[i]);
		for (int j = 0; j < IN_FLIGHT; j++) {
			struct flight *flight = &endpoints[i].flights[j];

			if (!flight->is_under_way && !told_to_stop &&
			    !submit(fd, &endpoints[i], flight))
				return false;
			n_under_way += flight->is_under_way;
		}
	}
	return n_under_way > 0;
}

static void
run(int fd)
{
	uint64_t asked = 0;

	while (turn(fd)) {
		if (!told_to_stop && now_ms() > asked + CONTROL_MS) {
			asked = now_ms();
			ask(fd);
		}
		poll(NULL, 0, PACE_MS);
	}
}

static void
print_counts(const char *comma, unsigned address, const unsigned long *by_status)
{
	const char *between = "";

	printf("%s\"0x%02x\":{", comma, address);
	for (int i = 0; i < MAX_STATUS; i++) {
		if (!by_status[i])
			continue;
		printf("%s\"%d\":%lu", between, -i, by_status[i]);
		between = ",";
	}
	printf("}");
}

int
main(int argc, char **argv)
{
	unsigned interface = 0;
	int fd = argc == 4 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;

	if (argc != 4) {
		fputs("usage: poke /dev/bus/usb/BBB/DDD GIVE-UP-IN-MS GIVE-UP-OUT-MS\n", stderr);
		return 2;
	}
	endpoints[0].give_up_ms = (unsigned)atoi(argv[2]);
	endpoints[1].give_up_ms = (unsigned)atoi(argv[3]);
	if (fd < 0 || ioctl(fd, USBDEVFS_CLAIMINTERFACE, &interface) < 0) {
		perror(argv[1]);
		return 2;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	run(fd);
	printf("{");
	print_counts("", 0x80, control_by_status);
	for (int i = 0; i < N_ENDPOINTS; i++)
		print_counts(",", endpoints[i].address, endpoints[i].by_status);
	printf("}\n");
	return !told_to_stop;
}
