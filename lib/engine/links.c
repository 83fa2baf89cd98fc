/* Kernel ports, and how they hang together: buses, hubs, sockets. */
#include <stdlib.h>
#include <string.h>

#include "lib/engine/links.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/engine/emit.h"

/* USB allows five hubs between a root port and a device. */
#define MAX_HUBS 6
#define HUB_MAX	 (LS_HUBS_MAX / MAX_HUBS)

struct bus *
links_bus(struct ls_engine *engine, uint16_t number)
{
	for (size_t i = 0; number && i < LS_MAX_BUSES; i++) {
		if (engine->buses[i].number == number)
			return &engine->buses[i];
	}
	return NULL;
}

const char *
links_controller(struct ls_engine *engine, uint16_t number, const char *device_name)
{
	struct bus *bus = links_bus(engine, number);
	size_t name_len = strlen(device_name);

	if (bus)
		return bus->controller;
	for (size_t i = 0; name_len && i < LS_MAX_BUSES; i++) {
		const char *path = engine->buses[i].controller;
		size_t len = strlen(path);

		if (engine->buses[i].number && len >= name_len &&
		    strcmp(path + len - name_len, device_name) == 0)
			return path;
	}
	return NULL;
}

struct link *
links_find(struct ls_engine *engine, const char *name)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		if (strcmp(engine->links[i]->name, name) == 0)
			return engine->links[i];
	}
	return NULL;
}

struct link *
links_device(struct ls_engine *engine, uint16_t bus, uint16_t devnum)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		struct link *link = engine->links[i];

		if (link->present && link->devnum == devnum && ls_port_bus(link->name) == bus)
			return link;
	}
	return NULL;
}

/* The half that stands for the socket: xHCI and vhci register their USB 2 bus first. */
static const char *
canonical(const struct link *link)
{
	if (link->peer[0] && ls_port_bus(link->peer) < ls_port_bus(link->name))
		return link->peer;
	return link->name;
}

static void
set_socket(struct ls_engine *engine, struct link *link)
{
	const char *name = canonical(link);
	const struct bus *bus = links_bus(engine, ls_port_bus(name));
	const struct link *peer = link->peer[0] ? links_find(engine, link->peer) : NULL;

	(void)ls_port_id_path(name, bus ? bus->controller : "", link->socket.id_path);
	/* For people it bears the name that the kernel log uses, unless both halves are in use. */
	if (!peer || !peer->present)
		name = link->name;
	ls_text_copy(link->socket.name, sizeof(link->socket.name), name);
}

void
links_set_peer(struct ls_engine *engine, struct link *link, const char *peer)
{
	if (strcmp(link->peer, peer) == 0)
		return;
	ls_text_copy(link->peer, sizeof(link->peer), peer);
	set_socket(engine, link);
}

void
links_set_present(struct ls_engine *engine, struct link *link, bool present)
{
	link->present = present;
	for (size_t i = 0; i < engine->n_links; i++) {
		if (strcmp(engine->links[i]->peer, link->name) == 0)
			set_socket(engine, engine->links[i]);
	}
}

void
links_add_bus(struct ls_engine *engine, uint16_t number, const char *controller,
	      const char *description)
{
	struct bus *bus = links_bus(engine, number);
	size_t i;

	for (i = 0; !bus && i < LS_MAX_BUSES; i++) {
		if (!engine->buses[i].number || engine->buses[i].removed)
			bus = &engine->buses[i];
	}
	if (!bus) {
		emit_cap(engine, CAP_BUSES);
		return;
	}
	*bus = (struct bus){ .number = number };
	ls_text_copy(bus->controller, sizeof(bus->controller), controller);
	ls_text_copy(bus->description, sizeof(bus->description), description);
	for (i = 0; i < engine->n_links; i++)
		set_socket(engine, engine->links[i]);
}

static bool
in_use(const struct link *link)
{
	return link->present || link->session;
}

/* Forgets the link that is quiet longest; -1 if all are in use. */
static int
forget_one(struct ls_engine *engine)
{
	size_t oldest = LS_MAX_LINKS;

	for (size_t i = 0; i < engine->n_links; i++) {
		if (in_use(engine->links[i]))
			continue;
		if (oldest == LS_MAX_LINKS ||
		    engine->links[i]->used_mono < engine->links[oldest]->used_mono)
			oldest = i;
	}
	if (oldest == LS_MAX_LINKS)
		return -1;
	free(engine->links[oldest]);
	memmove(&engine->links[oldest], &engine->links[oldest + 1],
		(engine->n_links - oldest - 1) * sizeof(engine->links[0]));
	engine->n_links--;
	return 0;
}

/* What has a port below it is a hub, even if no source reported it: a log may begin later. */
static void
learn_hub(struct ls_engine *engine, struct link *child)
{
	char name[LS_PORT_NAME_MAX];
	struct link *hub = ls_port_parent(child->name, name) > 0 ? links_find(engine, name) : NULL;

	for (size_t i = 0; i < engine->n_links; i++) {
		if (ls_port_is_below(engine->links[i]->name, child->name))
			child->device.device_class = 9;
	}
	if (hub)
		hub->device.device_class = 9;
}

struct link *
links_get(struct ls_engine *engine, const char *name)
{
	struct link *link = links_find(engine, name);

	if (!link) {
		if (!ls_port_name_valid(name))
			return NULL;
		if (engine->n_links == LS_MAX_LINKS && forget_one(engine) < 0) {
			emit_cap(engine, CAP_LINKS);
			return NULL;
		}
		link = calloc(1, sizeof(*link));
		if (!link)
			return NULL;
		ls_text_copy(link->name, sizeof(link->name), name);
		link->identify_at = link->sources_due_at = LS_NEVER;
		link->assume_at = link->flow.stall_at = link->let_go_at = LS_NEVER;
		engine->links[engine->n_links++] = link;
		set_socket(engine, link);
		learn_hub(engine, link);
	}
	link->used_mono = engine->now.mono_us;
	return link;
}

bool
links_path_below(const char *id_path, const char *hub)
{
	size_t len = strlen(hub);

	/* "…-usb-0:1" is above "…-usb-0:1.4"; a controller "pci-…" above "pci-…-usb-0:1". */
	return len && strncmp(id_path, hub, len) == 0 &&
	       (id_path[len] == '.' || strncmp(id_path + len, "-usb-", 5) == 0);
}

bool
links_is_hub(const struct link *link)
{
	return link->device.device_class == 9 || strncmp(link->name, "usb", 3) == 0;
}

void
links_remember(struct link *link, const struct ls_observation *obs)
{
	link->remembered.at = obs->at;
	link->remembered.source = obs->source;
	memcpy(link->remembered.what, obs->text, sizeof(link->remembered.what));
}

/* Witnesses are not later than this; numbers come around again after 127 devices of a bus. */
#define LATE_US (30 * LS_SEC)

void
links_left(struct ls_engine *engine, struct link *link, uint16_t devnum, struct ls_instant at)
{
	size_t place = link->n_left++ % LINK_LEFT;

	links_set_present(engine, link, false);
	link->left[place].devnum = devnum;
	link->left[place].mono_us = at.mono_us;
	link->left[place].incident = 0;
}

static size_t
departure_place(const struct link *link, unsigned int back)
{
	return (uint8_t)(link->n_left - 1 - back) % LINK_LEFT;
}

const struct departure *
links_departure(const struct link *link, unsigned int back)
{
	return &link->left[departure_place(link, back)];
}

void
links_set_departure(struct link *link, unsigned int back, int64_t incident)
{
	link->left[departure_place(link, back)].incident = incident;
}

bool
links_has_left(const struct link *link, uint16_t devnum, struct ls_instant at)
{
	for (size_t i = 0; devnum && i < LINK_LEFT; i++) {
		if (link->left[i].devnum == devnum && at.mono_us <= link->left[i].mono_us + LATE_US)
			return true;
	}
	return false;
}

bool
links_left_after(const struct link *link, uint16_t devnum, struct ls_instant at)
{
	for (size_t i = 0; devnum && i < LINK_LEFT; i++) {
		if (link->left[i].devnum == devnum && at.mono_us < link->left[i].mono_us)
			return true;
	}
	return false;
}

void
links_number_reused(struct link *link, uint16_t devnum)
{
	for (size_t i = 0; i < LINK_LEFT; i++) {
		if (link->left[i].devnum == devnum)
			link->left[i].devnum = 0;
	}
}

/* The half of the hub on @name that stands for its socket, where that is there. */
static const struct link *
hub_on(struct ls_engine *engine, const char *name)
{
	const struct link *link = links_find(engine, name);
	const struct link *half = link ? links_find(engine, canonical(link)) : NULL;

	return half && half->present ? half : link;
}

/* Names joined by ';': a serial number may hold one. */
static void
append_hub(struct ls_engine *engine, const char *name, char hubs[LS_HUBS_MAX])
{
	const struct link *hub = hub_on(engine, name);
	size_t len = strlen(hubs);
	char text[HUB_MAX];

	if (hub && hub->device.serial[0])
		ls_text_format(text, sizeof(text), "%04x:%04x:%s", hub->device.vid, hub->device.pid,
			       hub->device.serial);
	else if (hub && hub->device.vid)
		ls_text_format(text, sizeof(text), "%04x:%04x at %s", hub->device.vid,
			       hub->device.pid, hub->socket.id_path);
	else
		ls_text_format(text, sizeof(text), "hub at %s", hub ? hub->socket.id_path : name);
	for (char *at = strchr(text, ';'); at; at = strchr(at, ';'))
		*at = ',';
	ls_text_format(hubs + len, LS_HUBS_MAX - len, "%s%s", len ? ";" : "", text);
}

void
links_hubs(struct ls_engine *engine, const struct link *link, char hubs[LS_HUBS_MAX])
{
	char names[MAX_HUBS][LS_PORT_NAME_MAX], name[LS_PORT_NAME_MAX];
	size_t n = 0;

	hubs[0] = '\0';
	memcpy(name, link->name, sizeof(name));
	while (n < MAX_HUBS && ls_port_parent(name, name) == 1 && strncmp(name, "usb", 3) != 0)
		memcpy(names[n++], name, sizeof(name));
	while (n > 0)
		append_hub(engine, names[--n], hubs);
}
