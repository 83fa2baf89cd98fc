#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/observe/enumeration.h"
#include "lib/observe/enumeration_state.h"
#include "lib/model/device.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

/* From the reset of its port to a device's first answer; the kernel gives each try 5 s. */
#define COMING_US (10 * LS_SEC)
/* A connection that changed this long before its port got another device was why. */
#define CHANGED_US (10 * LS_SEC)

int
ls_enumeration_new(ls_enumeration_fn tell, void *user, struct ls_enumeration **ret)
{
	struct ls_enumeration *enumeration = calloc(1, sizeof(*enumeration));

	if (!enumeration)
		return -ENOMEM;
	enumeration->tell = tell;
	enumeration->user = user;
	*ret = enumeration;
	return 0;
}

void
ls_enumeration_free(struct ls_enumeration *enumeration)
{
	free(enumeration);
}

struct ls_enumerated *
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

struct ls_enumerated *
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

int
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

struct ls_observation
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

	ls_text_format(obs.port, sizeof(obs.port), "%s", port);
	return obs;
}

/* A place, which one that left may have to give up; NULL if all are present. */
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

void
enum_leave(struct ls_enumeration *enumeration, struct ls_enumerated *device, struct ls_instant at,
	   const char *why)
{
	struct ls_observation obs = enum_observation(LS_OBS_DISCONNECTED, device->bus,
						     device->devnum, at, device->port);

	ls_text_format(obs.text, sizeof(obs.text), "device number %u disconnected: %s",
		       device->devnum, why);
	device->present = false;
	enumeration->tell(&obs, enumeration->user);
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
		enumeration->tell(&obs, enumeration->user);
	}
}

bool
enum_coming_port(struct ls_enumeration *enumeration, unsigned int bus, struct ls_instant at,
		 char port[LS_PORT_NAME_MAX])
{
	const struct enum_bus *state = &enumeration->buses[bus];

	return state->fresh && at.mono_us <= state->reset.mono_us + COMING_US &&
	       enum_port_name(enumeration, bus, state->hub, state->port, port) == 1;
}

struct enum_port *
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

/* Who is on the port that the new one takes has left, when the connection changed at the latest. */
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

struct ls_enumerated *
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
	enumeration->tell(&obs, enumeration->user);
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
tell_there(struct ls_enumeration *enumeration, struct ls_enumerated *device, struct ls_instant at)
{
	struct ls_observation obs =
		enum_observation(LS_OBS_CONNECTED, device->bus, device->devnum, at, device->port);

	device->announced = true;
	obs.initial = true;
	ls_text_format(obs.text, sizeof(obs.text), "device number %u is there", device->devnum);
	enumeration->tell(&obs, enumeration->user);
}

struct ls_enumerated *
enum_was_there(struct ls_enumeration *enumeration, unsigned int bus, unsigned int devnum,
	       struct ls_instant at)
{
	struct ls_enumerated *device = bus > 0 ? admit(enumeration, bus, devnum) : NULL;

	if (!device)
		return NULL;
	unplaced_name(bus, devnum, device->port);
	tell_there(enumeration, device, at);
	return device;
}

void
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
	enumeration->tell(&obs, enumeration->user);
}

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
	ls_text_format(device->port, sizeof(device->port), "%s", port);
	tell_there(enumeration, device, at);
}

void
ls_enumeration_name(const char *port, char *text, size_t size)
{
	const char *chain = strchr(port, '-'), *rest;
	unsigned long number = chain ? strtoul(chain + 1, NULL, 10) : 0;

	if (number < LS_UNPLACED) {
		ls_text_format(text, size, "%s", port);
		return;
	}
	rest = strchr(chain, '.');
	ls_text_format(text, size, "bus %u device %lu%s%s", ls_port_bus(port), number - LS_UNPLACED,
		       rest ? " port " : "", rest ? rest + 1 : "");
}
