#include "lib/observe/enumeration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/model/device.h"
#include "lib/observe/descriptor.h"

#define FROM_DEVICE	       0x80 /* bmRequestType: standard, device */
#define TO_DEVICE	       0x00
#define REQUEST_SET_ADDRESS    5
#define REQUEST_GET_DESCRIPTOR 6

/* From the reset of its port to a device's first answer; the kernel gives each try 5 s. */
#define COMING_US (10 * LS_SEC)
/* A connection that changed this long before its port got another device was why. */
#define CHANGED_US (10 * LS_SEC)
/* Transfers of a device end this soon after its port has lost it. */
#define LEFT_US (1 * LS_SEC)

#define ENUM_NUMBERS	 128
#define ENUM_DEVICES	 255
#define ENUM_PORTS	 128
#define ENUM_QUESTIONS	 64
#define ENUM_ROOT_HUB	 1
#define ENUM_SET_ADDRESS 0 /* a question's kind; those of GET_DESCRIPTOR are the descriptor's */

/* A port of a hub that something happened to. */
struct enum_port {
	bool used;
	uint16_t bus;
	uint8_t hub, port;
	bool reported; /* its C_CONNECTION, which is not yet acknowledged */
	enum ls_speed speed;
	struct ls_instant changed; /* C_CONNECTION; mono 0: never */
	uint64_t used_mono;
};

struct enum_bus {
	bool fresh; /* a port was reset, and no address was assigned since */
	uint8_t hub, port;
	uint8_t resetting; /* number of the device that was on it: 0 none */
	struct ls_instant reset;
	struct ls_instant left; /* a port lost a device that has no place; mono 0: never */
};

struct enum_question {
	uint64_t id; /* 0: free */
	uint16_t bus;
	uint8_t devnum, kind, index; /* kind: of the descriptor, or ENUM_SET_ADDRESS */
};

struct ls_enumeration {
	ls_observation_fn report;
	void *user;
	uint8_t slots[LS_HUB_BUSES][ENUM_NUMBERS]; /* 0: none */
	struct ls_enumerated devices[ENUM_DEVICES + 1];
	unsigned int n_devices; /* ever; the next place to try */
	struct enum_port ports[ENUM_PORTS];
	struct enum_bus buses[LS_HUB_BUSES];
	struct enum_question questions[ENUM_QUESTIONS];
	unsigned int n_questions; /* ever */
};

/* What was captured of an answer. */
struct payload {
	const uint8_t *bytes;
	size_t len;
};

int
ls_enumeration_new(ls_observation_fn report, void *user, struct ls_enumeration **ret)
{
	struct ls_enumeration *enumeration = calloc(1, sizeof(*enumeration));

	if (!enumeration)
		return -ENOMEM;
	enumeration->report = report;
	enumeration->user = user;
	*ret = enumeration;
	return 0;
}

void
ls_enumeration_free(struct ls_enumeration *enumeration)
{
	free(enumeration);
}

static struct ls_enumerated *
enum_find(const struct ls_enumeration *enumeration, unsigned int bus, unsigned int devnum)
{
	unsigned int slot;

	if (bus >= LS_HUB_BUSES || devnum >= ENUM_NUMBERS)
		return NULL;
	slot = enumeration->slots[bus][devnum];
	return slot ? (struct ls_enumerated *)(uintptr_t)&enumeration->devices[slot] : NULL;
}

const struct ls_enumerated *
ls_enumeration_find(const struct ls_enumeration *enumeration, unsigned int bus, unsigned int devnum)
{
	return enum_find(enumeration, bus, devnum);
}

/* The device on the port; NULL: none was seen. */
static struct ls_enumerated *
enum_device_on(struct ls_enumeration *enumeration, const char *port)
{
	for (size_t i = 1; i <= ENUM_DEVICES; i++) {
		struct ls_enumerated *device = &enumeration->devices[i];

		if (device->present && strcmp(device->port, port) == 0)
			return device;
	}
	return NULL;
}

static void
unplaced_name(unsigned int bus, unsigned int devnum, char port[LS_PORT_NAME_MAX])
{
	ls_text_format(port, LS_PORT_NAME_MAX, "%u-%u", bus, LS_UNPLACED + devnum);
}

/* 1, or -EINVAL: no valid name, or a bus 0 that a hostile record claims. */
static int
enum_port_name(struct ls_enumeration *enumeration, unsigned int bus, unsigned int hub,
	       unsigned int port, char name[LS_PORT_NAME_MAX])
{
	const struct ls_enumerated *device = enum_find(enumeration, bus, hub);
	char above[LS_PORT_NAME_MAX];

	if (hub == ENUM_ROOT_HUB)
		ls_text_format(above, sizeof(above), "usb%u", bus);
	else if (device)
		memcpy(above, device->port, sizeof(above));
	else
		unplaced_name(bus, hub, above);
	return ls_port_child(above, port, name);
}

static struct ls_observation
enum_observation(enum ls_obs_kind kind, unsigned int bus, unsigned int devnum, struct ls_instant at,
		 const char *port)
{
	struct ls_observation obs = {
		.at = at,
		.source = LS_SOURCE_USBMON,
		.kind = kind,
		.bus = (uint16_t)bus,
		.devnum = (uint16_t)devnum,
	};

	ls_text_copy(obs.port, sizeof(obs.port), port);
	return obs;
}

/* A free slot, or that of a device that left; NULL if all are present. */
static struct ls_enumerated *
admit(struct ls_enumeration *enumeration, unsigned int bus, unsigned int devnum)
{
	unsigned int slot = enumeration->slots[bus][devnum];

	for (unsigned int i = 0; slot == 0 && i < ENUM_DEVICES; i++) {
		unsigned int candidate = 1 + enumeration->n_devices++ % ENUM_DEVICES;
		const struct ls_enumerated *device = &enumeration->devices[candidate];

		if (device->present)
			continue;
		enumeration->slots[device->bus][device->devnum] = 0;
		slot = candidate;
	}
	if (slot == 0)
		return NULL;
	enumeration->slots[bus][devnum] = (uint8_t)slot;
	enumeration->devices[slot] = (struct ls_enumerated){
		.bus = (uint16_t)bus,
		.devnum = (uint8_t)devnum,
		.present = true,
	};
	return &enumeration->devices[slot];
}

static void
enum_leave(struct ls_enumeration *enumeration, struct ls_enumerated *device, struct ls_instant at,
	   const char *why)
{
	struct ls_observation obs = enum_observation(LS_OBS_DISCONNECTED, device->bus,
						     device->devnum, at, device->port);

	ls_text_format(obs.text, sizeof(obs.text), "device number %u disconnected: %s",
		       device->devnum, why);
	device->present = false;
	enumeration->report(&obs, enumeration->user);
	for (size_t i = 1; i <= ENUM_DEVICES; i++) {
		struct ls_enumerated *child = &enumeration->devices[i];

		if (!child->present || !ls_port_is_below(child->port, device->port))
			continue;
		child->present = false; /* its own children are below this hub, too */
		obs = enum_observation(LS_OBS_DISCONNECTED, child->bus, child->devnum, at,
				       child->port);
		ls_text_format(obs.text, sizeof(obs.text),
			       "device number %u disconnected: the hub above is gone",
			       child->devnum);
		enumeration->report(&obs, enumeration->user);
	}
}

/* The place where a device of @bus is being enumerated at @at, false: not known. */
static bool
enum_coming_port(struct ls_enumeration *enumeration, unsigned int bus, struct ls_instant at,
		 char port[LS_PORT_NAME_MAX])
{
	const struct enum_bus *state = &enumeration->buses[bus];

	return state->fresh && at.mono_us <= state->reset.mono_us + COMING_US &&
	       enum_port_name(enumeration, bus, state->hub, state->port, port) == 1;
}

/* The state of a port; evicts the one that was idle longest. */
static struct enum_port *
enum_port_state(struct ls_enumeration *enumeration, unsigned int bus, unsigned int hub,
		unsigned int number)
{
	struct enum_port *oldest = &enumeration->ports[0];

	for (size_t i = 0; i < ENUM_PORTS; i++) {
		struct enum_port *port = &enumeration->ports[i];

		if (port->used && port->bus == bus && port->hub == hub && port->port == number)
			return port;
		if (port->used_mono < oldest->used_mono)
			oldest = port;
	}
	*oldest = (struct enum_port){
		.used = true, .bus = (uint16_t)bus, .hub = (uint8_t)hub, .port = (uint8_t)number
	};
	return oldest;
}

/* The device that was on the new one's port left at the last change of the connection. */
static void
make_room(struct ls_enumeration *enumeration, const char *name, const struct enum_port *port,
	  struct ls_instant at)
{
	struct ls_enumerated *device = enum_device_on(enumeration, name);

	if (!device)
		return;
	if (port->changed.mono_us && at.mono_us <= port->changed.mono_us + CHANGED_US)
		at = port->changed;
	enum_leave(enumeration, device, at, "another number is given out on its port");
}

/* A number is assigned to a new device. NULL: no slot is free. */
static struct ls_enumerated *
enum_arrive(struct ls_enumeration *enumeration, unsigned int bus, unsigned int devnum,
	    struct ls_instant at)
{
	struct enum_bus *state = &enumeration->buses[bus];
	struct ls_enumerated *device = enum_find(enumeration, bus, devnum);
	const struct enum_port *port = NULL;
	struct ls_observation obs;
	char name[LS_PORT_NAME_MAX];

	unplaced_name(bus, devnum, name);
	if (enum_coming_port(enumeration, bus, at, name)) {
		port = enum_port_state(enumeration, bus, state->hub, state->port);
		make_room(enumeration, name, port, at);
	}
	if (device && device->present)
		enum_leave(enumeration, device, at, "its number is given out again");
	obs = enum_observation(LS_OBS_ENUMERATING, bus, devnum, at, name);
	ls_text_format(obs.text, sizeof(obs.text), "device number %u is given out", devnum);
	enumeration->report(&obs, enumeration->user);
	state->fresh = false;
	state->resetting = 0;
	device = admit(enumeration, bus, devnum);
	if (!device)
		return NULL;
	memcpy(device->port, name, sizeof(device->port));
	device->placed = port != NULL;
	device->device.speed = port ? port->speed : LS_SPEED_UNKNOWN;
	return device;
}

static void
report_present(struct ls_enumeration *enumeration, struct ls_enumerated *device,
	       struct ls_instant at)
{
	struct ls_observation obs =
		enum_observation(LS_OBS_CONNECTED, device->bus, device->devnum, at, device->port);

	device->announced = true;
	obs.initial = true;
	ls_text_format(obs.text, sizeof(obs.text), "device number %u is there", device->devnum);
	enumeration->report(&obs, enumeration->user);
}

/* It was there before the capture began. NULL: no slot is free. */
static struct ls_enumerated *
enum_was_there(struct ls_enumeration *enumeration, unsigned int bus, unsigned int devnum,
	       struct ls_instant at)
{
	struct ls_enumerated *device = bus > 0 ? admit(enumeration, bus, devnum) : NULL;

	if (!device)
		return NULL;
	unplaced_name(bus, devnum, device->port);
	report_present(enumeration, device, at);
	return device;
}

static void
enum_announce(struct ls_enumeration *enumeration, struct ls_enumerated *device,
	      struct ls_instant at)
{
	struct ls_observation obs =
		enum_observation(LS_OBS_CONNECTED, device->bus, device->devnum, at, device->port);
	char what[LS_STRING_MAX];

	device->announced = true;
	obs.device = &device->device;
	ls_device_describe(&device->device, what, sizeof(what));
	ls_text_format(obs.text, sizeof(obs.text), "device number %u answers: %s", device->devnum,
		       what);
	enumeration->report(&obs, enumeration->user);
}

/* ---- what hubs report of their ports: disconnects and resets ------------------------------- */

static void
connection_changed(struct ls_enumeration *enumeration, struct enum_port *port, const char *name,
		   const struct ls_hub_event *event, struct ls_instant at)
{
	struct ls_enumerated *device = enum_device_on(enumeration, name);
	char why[LS_TEXT_MAX];

	port->changed = at;
	if (event->bits & LS_PORT_CONNECTED)
		return; /* may be a glitch: the next answer decides */
	if (!device) {
		enumeration->buses[event->bus].left = at;
		return;
	}
	ls_text_format(why, sizeof(why), "port %u of its hub is not connected", event->port);
	enum_leave(enumeration, device, at, why);
}

static enum ls_speed
speed_of(const struct ls_hub_event *event)
{
	if (event->layout == LS_HUB_IS_SUPER)
		return LS_SPEED_SUPER;
	if (event->layout != LS_HUB_IS_USB2)
		return LS_SPEED_UNKNOWN;
	if (event->bits & LS_PORT_HIGH_SPEED)
		return LS_SPEED_HIGH;
	return event->bits & LS_PORT_LOW_SPEED ? LS_SPEED_LOW : LS_SPEED_FULL;
}

/* A status is requested repeatedly until its changes are acknowledged: reported once. */
static void
port_status(struct ls_enumeration *enumeration, struct enum_port *port, const char *name,
	    const struct ls_hub_event *event, struct ls_instant at)
{
	bool is_new = (event->bits & LS_PORT_C_CONNECTION) && !port->reported;

	port->reported |= is_new;
	if (event->bits & LS_PORT_ENABLED)
		port->speed = speed_of(event);
	if (is_new)
		connection_changed(enumeration, port, name, event, at);
}

static void
port_reset(struct ls_enumeration *enumeration, const char *name, const struct ls_hub_event *event,
	   struct ls_instant at)
{
	const struct ls_enumerated *device = enum_device_on(enumeration, name);

	enumeration->buses[event->bus] = (struct enum_bus){
		.fresh = true,
		.hub = event->devnum,
		.port = event->port,
		.resetting = device ? device->devnum : 0,
		.reset = at,
		.left = enumeration->buses[event->bus].left,
	};
}

void
ls_enumeration_hub(struct ls_enumeration *enumeration, const struct ls_hub_event *event,
		   struct ls_instant at)
{
	struct enum_port *port;
	char name[LS_PORT_NAME_MAX];

	if (!event->port || event->bus >= LS_HUB_BUSES ||
	    enum_port_name(enumeration, event->bus, event->devnum, event->port, name) != 1)
		return;
	port = enum_port_state(enumeration, event->bus, event->devnum, event->port);
	port->used_mono = at.mono_us;
	switch (event->kind) {
	case LS_HUB_PORT_STATUS:
		port_status(enumeration, port, name, event, at);
		break;
	case LS_HUB_CHANGE_ACK:
		port->reported &= !(event->bits & LS_PORT_C_CONNECTION);
		break;
	case LS_HUB_RESET:
	case LS_HUB_WARM_RESET:
		port_reset(enumeration, name, event, at);
		break;
	default:
		break;
	}
}

/* ---- descriptor and address requests of the kernel, and their answers------------------------- */

static bool
is_standard(const struct ls_usbmon_record *record, uint8_t type, uint8_t request)
{
	return record->flag_setup == 0 && record->setup[0] == type && record->setup[1] == request;
}

static bool
asks_who(const struct ls_usbmon_record *record)
{
	return record->type == LS_USBMON_SUBMIT && record->xfer == LS_XFER_CONTROL &&
	       is_standard(record, FROM_DEVICE, REQUEST_GET_DESCRIPTOR) &&
	       record->setup[3] == LS_DESCRIPTOR_DEVICE;
}

static void
ask(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record, uint8_t kind,
    uint8_t index)
{
	enumeration->questions[enumeration->n_questions++ % ENUM_QUESTIONS] =
		(struct enum_question){
			.id = record->id,
			.bus = record->bus,
			.devnum = record->devnum,
			.kind = kind,
			.index = index,
		};
}

static bool
is_answer(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record,
	  struct enum_question *ret)
{
	for (size_t i = 0; i < ENUM_QUESTIONS; i++) {
		struct enum_question *question = &enumeration->questions[i];

		if (question->id != record->id || question->id == 0 ||
		    question->bus != record->bus || question->devnum != record->devnum)
			continue;
		*ret = *question;
		question->id = 0;
		return true;
	}
	return false;
}

static void
report_failed(struct ls_enumeration *enumeration, const struct enum_question *question,
	      const char *port, const struct ls_usbmon_record *record, struct ls_instant at)
{
	bool is_address = question->kind == ENUM_SET_ADDRESS;
	struct ls_observation obs = {
		.at = at,
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_ENUM_FAILED,
		.bus = record->bus,
		.devnum = record->devnum,
		.step = is_address ? LS_STEP_ADDRESS : LS_STEP_DESCRIPTOR,
		.status = record->status,
	};
	char status[LS_STATUS_TEXT_MAX];

	memcpy(obs.port, port, sizeof(obs.port));
	ls_text_format(obs.text, sizeof(obs.text), "%s failed: %s, %s",
		       is_address ? "giving the device its address"
				  : "reading the device's descriptor",
		       ls_status_text(record->status, status),
		       ls_status_rows[ls_status_find(record->status)].words);
	enumeration->report(&obs, enumeration->user);
}

/* A device without an address is at the port that was reset last. */
static void
failed(struct ls_enumeration *enumeration, const struct enum_question *question,
       const struct ls_usbmon_record *record, struct ls_instant at)
{
	const struct ls_enumerated *device = enum_find(enumeration, record->bus, record->devnum);
	char port[LS_PORT_NAME_MAX];

	if (record->devnum == 0) {
		if (enum_coming_port(enumeration, record->bus, at, port))
			report_failed(enumeration, question, port, record, at);
	} else if (device && !device->announced && question->kind == LS_DESCRIPTOR_DEVICE) {
		report_failed(enumeration, question, device->port, record, at);
	}
}

static void
read_string(struct ls_enumerated *device, const struct enum_question *question,
	    const struct payload *data)
{
	struct ls_device *known = &device->device;
	char *into = NULL;

	if (question->index == 0)
		return; /* a list of languages */
	if (question->index == known->i_serial)
		into = known->serial;
	else if (question->index == known->i_product)
		into = known->product;
	else if (question->index == known->i_manufacturer)
		into = known->manufacturer;
	if (into)
		(void)ls_descriptor_string(data->bytes, data->len, into);
}

/* More of a device that was reported already. */
static void
report_more(struct ls_enumeration *enumeration, const struct ls_enumerated *device,
	    struct ls_instant at)
{
	struct ls_observation obs = {
		.at = at,
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_STRING,
		.bus = device->bus,
		.devnum = device->devnum,
		.device = &device->device,
	};

	memcpy(obs.port, device->port, sizeof(obs.port));
	enumeration->report(&obs, enumeration->user);
}

static void
report_reset(struct ls_enumeration *enumeration, const struct ls_enumerated *device)
{
	struct enum_bus *bus = &enumeration->buses[device->bus];
	struct ls_observation obs = {
		.at = bus->reset,
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_RESET,
		.bus = device->bus,
		.devnum = device->devnum,
	};

	if (bus->resetting != device->devnum)
		return;
	bus->resetting = 0;
	bus->fresh = false;
	memcpy(obs.port, device->port, sizeof(obs.port));
	ls_text_format(obs.text, sizeof(obs.text),
		       "port %u was reset, and device number %u answers again", bus->port,
		       device->devnum);
	enumeration->report(&obs, enumeration->user);
}

static struct ls_enumerated *
read_device(struct ls_enumeration *enumeration, struct ls_enumerated *device,
	    const struct payload *data, struct ls_instant at)
{
	struct ls_device news = { 0 };

	if (ls_descriptor_device(data->bytes, data->len, &news) < 0)
		return device;
	if (device->device.vid &&
	    (news.vid != device->device.vid || news.pid != device->device.pid))
		device = enum_arrive(enumeration, device->bus, device->devnum, at);
	if (device)
		(void)ls_descriptor_device(data->bytes, data->len, &device->device);
	return device;
}

static void
answered(struct ls_enumeration *enumeration, struct ls_enumerated *device,
	 const struct enum_question *question, const struct payload *data, struct ls_instant at)
{
	bool has_ids;

	if (question->kind == LS_DESCRIPTOR_DEVICE)
		device = read_device(enumeration, device, data, at);
	else if (question->kind == LS_DESCRIPTOR_STRING)
		read_string(device, question, data);
	if (!device || !device->present)
		return;
	report_reset(enumeration, device);
	has_ids = device->device.vid || question->kind != LS_DESCRIPTOR_DEVICE;
	if (!device->announced && has_ids)
		enum_announce(enumeration, device, at);
	else if (device->announced && device->device.vid)
		report_more(enumeration, device, at);
}

static void
answer(struct ls_enumeration *enumeration, struct ls_enumerated *device,
       const struct ls_usbmon_record *record, struct payload *data, struct ls_instant at)
{
	struct enum_question question;

	if (!is_answer(enumeration, record, &question))
		return;
	if (ls_status_rows[ls_status_find(record->status)].class != LS_TRANSFER_OK) {
		failed(enumeration, &question, record, at);
		return;
	}
	if (question.kind == ENUM_SET_ADDRESS) {
		device = enum_find(enumeration, record->bus, question.index);
		if (!device || enumeration->buses[record->bus].resetting != question.index)
			(void)enum_arrive(enumeration, record->bus, question.index, at);
		return;
	}
	if (data->len > record->length)
		data->len = record->length;
	if (device)
		answered(enumeration, device, &question, data, at);
}

/* Transfers that ended when a port lost its device show which device that was. */
static void
may_have_left(struct ls_enumeration *enumeration, struct ls_enumerated *device,
	      const struct ls_usbmon_record *record, struct ls_instant at)
{
	struct ls_instant left = enumeration->buses[record->bus].left;

	if (device->placed || !device->present || !left.mono_us || record->status == 0 ||
	    at.mono_us > left.mono_us + LEFT_US || record->type == LS_USBMON_SUBMIT ||
	    ls_status_rows[ls_status_find(record->status)].class != LS_TRANSFER_GONE)
		return;
	enumeration->buses[record->bus].left = (struct ls_instant){ 0 };
	enum_leave(enumeration, device, left,
		   "a port lost its connection, and its transfers ended");
}

static void
question(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record)
{
	const uint8_t *setup = record->setup;

	if (is_standard(record, FROM_DEVICE, REQUEST_GET_DESCRIPTOR))
		ask(enumeration, record, setup[3], setup[2]);
	else if (record->devnum == 0 && is_standard(record, TO_DEVICE, REQUEST_SET_ADDRESS) &&
		 setup[2] > ENUM_ROOT_HUB && setup[2] < ENUM_NUMBERS)
		ask(enumeration, record, ENUM_SET_ADDRESS, setup[2]);
}

/* The device of a record, new ones included; NULL: none, or no slot is free. */
static struct ls_enumerated *
device_of(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record,
	  struct ls_instant at)
{
	struct ls_enumerated *device = enum_find(enumeration, record->bus, record->devnum);
	bool comes = (!device || !device->present) && asks_who(record) &&
		     enumeration->buses[record->bus].fresh;

	if (comes)
		return enum_arrive(enumeration, record->bus, record->devnum, at);
	return device ? device : enum_was_there(enumeration, record->bus, record->devnum, at);
}

void
ls_enumeration_add(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record,
		   const uint8_t *data, size_t len, struct ls_instant at)
{
	struct payload payload = { data, data ? len : 0 };
	struct ls_enumerated *device = NULL;

	if (record->bus == 0 || record->bus >= LS_HUB_BUSES || record->devnum >= ENUM_NUMBERS ||
	    record->devnum == ENUM_ROOT_HUB)
		return;
	if (record->devnum > ENUM_ROOT_HUB)
		device = device_of(enumeration, record, at);
	if (device)
		may_have_left(enumeration, device, record, at);
	if (record->xfer != LS_XFER_CONTROL)
		return;
	if (record->type == LS_USBMON_SUBMIT)
		question(enumeration, record);
	else
		answer(enumeration, device, record, &payload, at);
}

/* ---- for callers ---------------------------------------------------------------------------- */

void
ls_enumeration_place(struct ls_enumeration *enumeration, unsigned int bus, unsigned int devnum,
		     const char *port, struct ls_instant at)
{
	struct ls_enumerated *device;

	if (bus == 0 || bus >= LS_HUB_BUSES || devnum <= ENUM_ROOT_HUB || devnum >= ENUM_NUMBERS ||
	    !ls_port_name_valid(port) || enum_find(enumeration, bus, devnum))
		return;
	device = admit(enumeration, bus, devnum);
	if (!device)
		return;
	device->placed = true;
	ls_text_copy(device->port, sizeof(device->port), port);
	report_present(enumeration, device, at);
}

void
ls_enumeration_name(const char *port, char *text, size_t size)
{
	const char *chain = strchr(port, '-'), *rest;
	unsigned long number = chain ? strtoul(chain + 1, NULL, 10) : 0;

	if (number < LS_UNPLACED) {
		ls_text_copy(text, size, port);
		return;
	}
	rest = strchr(chain, '.');
	ls_text_format(text, size, "bus %u device %lu%s%s", ls_port_bus(port), number - LS_UNPLACED,
		       rest ? " port " : "", rest ? rest + 1 : "");
}
