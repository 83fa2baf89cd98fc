/* What hubs tell of their ports: who left, and what was reset. */
#include "lib/observe/enumeration.h"
#include "lib/observe/enumeration_state.h"
#include "lib/base/text.h"

static void
connection_changed(struct ls_enumeration *enumeration, struct enum_port *port, const char *name,
		   const struct ls_hub_event *event, struct ls_instant at)
{
	struct ls_enumerated *device = enum_device_on(enumeration, name);
	char why[LS_TEXT_MAX];

	port->changed = at;
	if (event->bits & LS_PORT_CONNECTED)
		return; /* perhaps only a blip: who answers next will tell */
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

/* A status is asked for again and again until its changes are acknowledged: told once. */
static void
port_status(struct ls_enumeration *enumeration, struct enum_port *port, const char *name,
	    const struct ls_hub_event *event, struct ls_instant at)
{
	bool is_news = (event->bits & LS_PORT_C_CONNECTION) && !port->told;

	port->told |= is_news;
	if (event->bits & LS_PORT_ENABLED)
		port->speed = speed_of(event);
	if (is_news)
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
		port->told &= !(event->bits & LS_PORT_C_CONNECTION);
		break;
	case LS_HUB_RESET:
	case LS_HUB_WARM_RESET:
		port_reset(enumeration, name, event, at);
		break;
	default:
		break;
	}
}
