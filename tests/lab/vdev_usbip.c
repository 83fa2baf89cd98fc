/*
 * The device's end of a USB/IP connection: requests of the kernel in, answers out. The kernel's receiver
 * thread always drains its side, so answers may be written blocking without a deadlock.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vdev.h"

#define PORTS_PER_SPEED 15
#define ATTACH_FILE	"/sys/devices/platform/vhci_hcd.0/attach"

enum { CMD_SUBMIT = 1, CMD_UNLINK = 2, RET_SUBMIT = 3, RET_UNLINK = 4 };
enum {
	GET_STATUS,
	CLEAR_FEATURE,
	SET_FEATURE = 3,
	GET_DESCRIPTOR = 6,
	GET_CONFIG = 8,
	SET_CONFIG = 9,
	GET_INTERFACE = 10,
	SET_INTERFACE = 11,
	SET_SEL = 48,
	SET_ISOCH_DELAY = 49
};

/* Offsets into the 48-byte header, all fields big endian. */
enum {
	AT_COMMAND = 0,
	AT_SEQNUM = 4,
	AT_DIRECTION = 12,
	AT_ENDPOINT = 16,
	AT_STATUS = 20,
	AT_VICTIM = 20,
	AT_LENGTH = 24,
	AT_SETUP = 40
};

static uint8_t scratch[64 * 1024];

static uint32_t
get32(const uint8_t *header, size_t at)
{
	uint32_t value;

	memcpy(&value, header + at, sizeof(value));
	return be32toh(value);
}

static void
set32(uint8_t *header, size_t at, uint32_t value)
{
	value = htobe32(value);
	memcpy(header + at, &value, sizeof(value));
}

unsigned
endpoint_index(unsigned address)
{
	unsigned number = address & 0x0f;

	return number ? number + (address & 0x80 ? 16 : 0) : 0;
}

int
usbip_attach(struct device *dev)
{
	unsigned port = 2 * PORTS_PER_SPEED * dev->controller + dev->port;
	char line[64];
	int pair[2], file, r = 0;

	if (dev->speed == SPEED_SUPER)
		port += PORTS_PER_SPEED;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	file = open(ATTACH_FILE, O_WRONLY | O_CLOEXEC);
	snprintf(line, sizeof(line), "%u %d %u %d", port, pair[1], port + 1, dev->speed);
	if (file < 0 || write(file, line, strlen(line)) < 0)
		r = -errno;
	if (file >= 0)
		close(file);
	close(pair[1]); /* the kernel has its own reference now, or it is not needed */
	if (r < 0) {
		close(pair[0]);
		return r;
	}
	dev->fd = pair[0];
	dev->configured = 0;
	return 0;
}

void
usbip_detach(struct device *dev)
{
	if (dev->fd >= 0)
		close(dev->fd);
	free(dev->waiting);
	dev->fd = -1;
	dev->configured = 0;
	dev->waiting = NULL;
	dev->n_waiting = 0;
}

static bool
send_all(struct device *dev, const void *bytes, size_t length, int more)
{
	while (length) {
		ssize_t n = send(dev->fd, bytes, length, MSG_NOSIGNAL | more);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = (const char *)bytes + n;
		length -= n;
	}
	return true;
}

/* @data NULL: @length bytes of a pattern for IN, nothing for OUT. */
static void
answer(struct device *dev, const uint8_t *request, int status, const void *data, uint32_t length)
{
	uint8_t header[48] = { 0 };
	bool is_in = get32(request, AT_DIRECTION);

	set32(header, AT_COMMAND, RET_SUBMIT);
	set32(header, AT_SEQNUM, get32(request, AT_SEQNUM));
	set32(header, AT_STATUS, status);
	set32(header, AT_LENGTH, length);
	if (!send_all(dev, header, sizeof(header), is_in && length ? MSG_MORE : 0) || !is_in)
		return;
	while (length) {
		uint32_t piece = length < sizeof(scratch) ? length : sizeof(scratch);

		if (!send_all(dev, data ? data : scratch, piece, 0))
			return;
		length -= piece;
	}
}

static void
wait_for_ever(struct device *dev, const uint8_t *request)
{
	struct waiting *grown = realloc(dev->waiting, (dev->n_waiting + 1) * sizeof(*grown));

	if (!grown)
		return;
	dev->waiting = grown;
	memcpy(grown[dev->n_waiting++].header, request, sizeof(grown->header));
}

/* What a hub says of itself and of its ports, which are powered, empty, and never change. */
static int
control_hub(struct device *dev, const uint8_t *setup, uint8_t *data, size_t size)
{
	bool of_port = setup[0] == 0xa3;

	switch (setup[1]) {
	case GET_DESCRIPTOR:
		return descriptor_get(dev, setup[2] | setup[3] << 8, data, size);
	case GET_STATUS:
		memset(data, 0, size);
		if (of_port && size > 1)
			data[1] = dev->speed == SPEED_SUPER ? 2 : 1; /* PORT_POWER */
		return 4;
	default:
		return 0;
	}
}

/* What a device says on its control endpoint: a length, or a negative status. */
static int
control(struct device *dev, const uint8_t *setup, uint8_t *data, size_t size)
{
	uint16_t value = setup[2] | setup[3] << 8;
	bool is_standard = (setup[0] & 0x60) == 0;

	if (!is_standard && device_is_hub(dev))
		return control_hub(dev, setup, data, size);
	if (!is_standard) {
		memset(data, 0x5a, size);
		return (int)size;
	}
	switch (setup[1]) {
	case GET_DESCRIPTOR:
		return descriptor_get(dev, value, data, size);
	case SET_CONFIG:
		dev->configured = value;
		return 0;
	case GET_CONFIG:
		data[0] = dev->configured;
		return size ? 1 : 0;
	case GET_STATUS:
	case GET_INTERFACE:
		memset(data, 0, 2);
		return setup[1] == GET_STATUS ? 2 : 1;
	case CLEAR_FEATURE:
	case SET_FEATURE:
	case SET_INTERFACE:
	case SET_SEL:
	case SET_ISOCH_DELAY:
		return (int)size;
	}
	return -EPIPE;
}

static void
answer_control(struct device *dev, const uint8_t *request)
{
	uint8_t data[4096];
	const uint8_t *setup = request + AT_SETUP;
	bool is_in = get32(request, AT_DIRECTION);
	uint32_t wanted = get32(request, AT_LENGTH);
	uint32_t asked = setup[6] | setup[7] << 8;
	int r;

	if (wanted > asked)
		wanted = asked;
	if (wanted > sizeof(data))
		wanted = sizeof(data);
	r = control(dev, setup, data, wanted);
	if (r > (int)wanted)
		r = (int)wanted;
	if (r < 0) {
		answer(dev, request, r, NULL, 0);
		return;
	}
	dev->endpoints[0].bytes += r;
	answer(dev, request, 0, is_in ? data : NULL, r);
}

/* Does @fault strike now? Counts down what it still lets pass and what it still breaks. */
static bool
strikes(struct fault *fault)
{
	if (!fault->active)
		return false;
	if (fault->after) {
		fault->after--;
		return false;
	}
	if (fault->count && --fault->count == 0)
		fault->active = false;
	return true;
}

static struct fault *
fault_for(struct device *dev, struct endpoint *ep, const uint8_t *request)
{
	const uint8_t *setup = request + AT_SETUP;
	bool is_descriptor = get32(request, AT_ENDPOINT) == 0 && setup[1] == GET_DESCRIPTOR &&
			     (setup[0] & 0x60) == 0;

	if (is_descriptor && dev->enumeration.active)
		return &dev->enumeration;
	return &ep->fault;
}

static void
submit(struct device *dev, const uint8_t *request)
{
	bool is_in = get32(request, AT_DIRECTION);
	unsigned address = get32(request, AT_ENDPOINT) | (is_in ? 0x80 : 0);
	uint32_t length = get32(request, AT_LENGTH);
	struct endpoint *ep = &dev->endpoints[endpoint_index(address)];
	struct fault *fault = fault_for(dev, ep, request);
	bool is_struck = !dev->silent && strikes(fault);

	if (dev->silent || (is_struck && fault->silent)) {
		wait_for_ever(dev, request);
		return;
	}
	if (is_struck) {
		ep->n_errors++;
		answer(dev, request, fault->status, NULL, 0);
		return;
	}
	/* An interrupt endpoint with nothing to say. */
	if (address == 0x83 || (device_is_hub(dev) && address == HUB_ENDPOINT)) {
		wait_for_ever(dev, request);
		return;
	}
	ep->n_transfers++;
	if ((address & 0x0f) == 0) {
		answer_control(dev, request);
		return;
	}
	ep->bytes += length;
	answer(dev, request, 0, NULL, length);
}

void
usbip_flush(struct device *dev)
{
	struct waiting *waiting = dev->waiting;
	size_t n_waiting = dev->n_waiting;

	dev->waiting = NULL;
	dev->n_waiting = 0;
	for (size_t i = 0; i < n_waiting && dev->fd >= 0; i++)
		submit(dev, waiting[i].header);
	free(waiting);
}

/* Even a silent device's unlink is answered: it is the host that gives up, and the bus is not asked. */
static void
unlink_request(struct device *dev, const uint8_t *request)
{
	uint32_t victim = get32(request, AT_VICTIM);
	uint8_t header[48] = { 0 };
	int status = 0; /* it had been answered already */

	for (size_t i = 0; i < dev->n_waiting; i++) {
		if (get32(dev->waiting[i].header, AT_SEQNUM) != victim)
			continue;
		memmove(&dev->waiting[i], &dev->waiting[i + 1],
			(dev->n_waiting - i - 1) * sizeof(dev->waiting[0]));
		dev->n_waiting--;
		status = -ECONNRESET;
		break;
	}
	set32(header, AT_COMMAND, RET_UNLINK);
	set32(header, AT_SEQNUM, get32(request, AT_SEQNUM));
	set32(header, AT_STATUS, status);
	send_all(dev, header, sizeof(header), 0);
}

static bool
discard_data(struct device *dev, uint8_t *request)
{
	static uint8_t sink[64 * 1024];
	uint32_t length = get32(request, AT_LENGTH);

	while (length) {
		ssize_t n = recv(dev->fd, sink, length < sizeof(sink) ? length : sizeof(sink), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		length -= n;
	}
	return true;
}

bool
usbip_serve(struct device *dev)
{
	uint8_t request[48];
	ssize_t n = recv(dev->fd, request, sizeof(request), MSG_WAITALL);

	if (n != (ssize_t)sizeof(request))
		return false;
	if (get32(request, AT_COMMAND) == CMD_UNLINK) {
		unlink_request(dev, request);
		return true;
	}
	if (get32(request, AT_COMMAND) != CMD_SUBMIT)
		return false;
	if (!get32(request, AT_DIRECTION) && !discard_data(dev, request))
		return false;
	submit(dev, request);
	return true;
}
