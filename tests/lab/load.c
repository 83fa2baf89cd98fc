/* load: a libusb program that moves data like a restore does, until a signal or until the link fails. */
#include <getopt.h>
#include <libusb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IN_FLIGHT   4 /* transfers per endpoint */
#define MAX_SIZE    (1024 * 1024)
#define TIMEOUT_MS  2000
#define REOPEN_MS   100
#define EP_IN	    0x81
#define EP_OUT	    0x02
#define N_TRANSFERS (2 * IN_FLIGHT)
#define VENDOR_IN   (LIBUSB_ENDPOINT_IN | LIBUSB_REQUEST_TYPE_VENDOR)

struct options {
	unsigned vid, pid;
	const char *serial;
	int size;
	long limit; /* transfers; 0: none */
	bool reopen, control, no_in, no_out, patient;
};

struct stream {
	uint64_t bytes;
	long n_left; /* transfers still to be submitted; below 0: no limit */
	int n_in_flight;
	int error; /* first failure: a libusb error code; 0 none */
	bool stop;
};

static volatile sig_atomic_t stop_requested;
static uint64_t total_bytes;

static void
on_signal(int number)
{
	(void)number;
	stop_requested = 1;
}

static int
error_of(enum libusb_transfer_status status)
{
	switch (status) {
	case LIBUSB_TRANSFER_COMPLETED:
	case LIBUSB_TRANSFER_CANCELLED:
		return 0;
	case LIBUSB_TRANSFER_TIMED_OUT:
		return LIBUSB_ERROR_TIMEOUT;
	case LIBUSB_TRANSFER_STALL:
		return LIBUSB_ERROR_PIPE;
	case LIBUSB_TRANSFER_NO_DEVICE:
		return LIBUSB_ERROR_NO_DEVICE;
	case LIBUSB_TRANSFER_OVERFLOW:
		return LIBUSB_ERROR_OVERFLOW;
	case LIBUSB_TRANSFER_ERROR:
		break;
	}
	return LIBUSB_ERROR_IO;
}

static void
on_transfer(struct libusb_transfer *transfer)
{
	struct stream *stream = transfer->user_data;
	int error = error_of(transfer->status);

	stream->bytes += transfer->actual_length;
	if (error && !stream->error)
		stream->error = error;
	if (!stream->error && !stream->stop && stream->n_left != 0 &&
	    transfer->status == LIBUSB_TRANSFER_COMPLETED) {
		stream->n_left -= stream->n_left > 0;
		error = libusb_submit_transfer(transfer);
		if (error == 0)
			return;
		stream->error = error;
	}
	stream->n_in_flight--;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Turns libusb's events until nothing is in flight any more; prints the progress once a second. */
static void
run(libusb_context *usb, struct stream *stream, struct libusb_transfer **transfers)
{
	struct timeval moment = { .tv_usec = 100000 };
	double last_print = now();
	bool cancelled = false;

	while (stream->n_in_flight) {
		libusb_handle_events_timeout(usb, &moment);
		stream->stop = stop_requested;
		if ((stream->stop || stream->error) && !cancelled) {
			for (int i = 0; i < N_TRANSFERS; i++)
				libusb_cancel_transfer(transfers[i]);
			cancelled = true;
		}
		if (now() - last_print >= 1) {
			last_print = now();
			fprintf(stderr, "load: %.1f MB\n", (total_bytes + stream->bytes) / 1e6);
		}
	}
}

static int
stream_bulk(libusb_context *usb, libusb_device_handle *handle, const struct options *options)
{
	struct libusb_transfer *transfers[N_TRANSFERS] = { 0 };
	struct stream stream = { .n_left = options->limit ? options->limit : -1 };

	for (int i = 0; i < N_TRANSFERS; i++) {
		bool is_in = i % 2 == 0;

		transfers[i] = libusb_alloc_transfer(0);
		libusb_fill_bulk_transfer(transfers[i], handle, is_in ? EP_IN : EP_OUT,
					  calloc(1, options->size), options->size, on_transfer,
					  &stream, options->patient ? 0 : TIMEOUT_MS);
		transfers[i]->flags = LIBUSB_TRANSFER_FREE_BUFFER;
		if ((is_in && options->no_in) || (!is_in && options->no_out) || stream.error)
			continue;
		if (stream.n_left == 0)
			continue;
		stream.n_left -= stream.n_left > 0;
		stream.error = libusb_submit_transfer(transfers[i]);
		stream.n_in_flight += stream.error == 0;
	}
	run(usb, &stream, transfers);
	for (int i = 0; i < N_TRANSFERS; i++)
		libusb_free_transfer(transfers[i]);
	total_bytes += stream.bytes;
	return stream.error;
}

static int
stream_control(libusb_device_handle *handle)
{
	unsigned char data[64];

	while (!stop_requested) {
		int r = libusb_control_transfer(handle, VENDOR_IN, 1, 0, 0, data, sizeof(data),
						TIMEOUT_MS);

		if (r < 0)
			return r;
		total_bytes += r;
	}
	return 0;
}

/* Is it the one? Opens it to read its serial if one was asked for. */
static libusb_device_handle *
open_if_wanted(libusb_device *device, const struct options *options)
{
	struct libusb_device_descriptor descriptor;
	libusb_device_handle *handle;
	unsigned char serial[256] = "";

	libusb_get_device_descriptor(device, &descriptor);
	if (descriptor.idVendor != options->vid || descriptor.idProduct != options->pid)
		return NULL;
	if (libusb_open(device, &handle) < 0)
		return NULL;
	if (!options->serial)
		return handle;
	libusb_get_string_descriptor_ascii(handle, descriptor.iSerialNumber, serial,
					   sizeof(serial));
	if (strcmp((char *)serial, options->serial) == 0)
		return handle;
	libusb_close(handle);
	return NULL;
}

static libusb_device_handle *
open_wanted(libusb_context *usb, const struct options *options)
{
	libusb_device_handle *handle = NULL;
	libusb_device **list;
	ssize_t n = libusb_get_device_list(usb, &list);

	for (ssize_t i = 0; i < n && !handle; i++)
		handle = open_if_wanted(list[i], options);
	if (n >= 0)
		libusb_free_device_list(list, 1);
	return handle;
}

static int
use_once(libusb_context *usb, const struct options *options)
{
	libusb_device_handle *handle = open_wanted(usb, options);
	int r;

	if (!handle)
		return LIBUSB_ERROR_NOT_FOUND;
	r = libusb_claim_interface(handle, 0);
	if (r == 0) {
		fprintf(stderr, "load: claimed %04x:%04x\n", options->vid, options->pid);
		r = options->control ? stream_control(handle) : stream_bulk(usb, handle, options);
		libusb_release_interface(handle, 0);
	}
	libusb_close(handle);
	return r;
}

static bool
parse(int argc, char **argv, struct options *ret)
{
	static const struct option known[] = {
		{ "serial", required_argument, NULL, 's' },
		{ "size", required_argument, NULL, 'n' },
		{ "transfers", required_argument, NULL, 't' },
		{ "reopen", no_argument, NULL, 'r' },
		{ "control", no_argument, NULL, 'c' },
		{ "no-in", no_argument, NULL, 'i' },
		{ "no-out", no_argument, NULL, 'o' },
		{ "patient", no_argument, NULL, 'p' },
		{ 0 },
	};
	int c;

	*ret = (struct options){ .size = 16384 };
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == '?')
			return false;
		if (c == 's')
			ret->serial = optarg;
		if (c == 'n')
			ret->size = atoi(optarg);
		if (c == 't')
			ret->limit = atol(optarg);
		ret->reopen |= c == 'r';
		ret->control |= c == 'c';
		ret->no_in |= c == 'i';
		ret->no_out |= c == 'o';
		ret->patient |= c == 'p'; /* waits for ever, as usbmuxd does */
	}
	return optind + 1 == argc && sscanf(argv[optind], "%4x:%4x", &ret->vid, &ret->pid) == 2 &&
	       ret->size > 0 && ret->size <= MAX_SIZE;
}

int
main(int argc, char **argv)
{
	struct options options;
	libusb_context *usb;
	int r;

	if (!parse(argc, argv, &options)) {
		fputs("usage: load VID:PID [--serial TEXT] [--size BYTES] [--transfers N]\n"
		      "            [--reopen] [--control] [--no-in] [--no-out] [--patient]\n",
		      stderr);
		return 2;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	if (libusb_init(&usb) < 0)
		return 2;
	do {
		r = use_once(usb, &options);
		if (r < 0 && r != LIBUSB_ERROR_NOT_FOUND)
			fprintf(stderr, "load: lost it: %s\n", libusb_error_name(r));
		if (options.reopen && r < 0 && !stop_requested)
			nanosleep(&(struct timespec){ .tv_nsec = REOPEN_MS * 1000000L }, NULL);
	} while (options.reopen && !stop_requested);
	libusb_exit(usb);
	fprintf(stderr, "load: %llu bytes, ended with %s\n", (unsigned long long)total_bytes,
		libusb_error_name(r));
	return r < 0;
}
