/* What hubs tell of their ports: who left, what was reset, power and interference. */
#include "lib/enumeration.h"
#include "lib/enumeration_state.h"
#include "lib/text.h"

/* A port that is disabled this soon after a request was not disabled by its hub. */
#define ASKED_US (1 * LS_SEC)

static void
tell_of_port(struct ls_enumeration *enumeration, enum ls_obs_kind kind, const char *name,
	     const struct ls_hub_event *event, struct ls_instant at)
{
	const struct ls_enumerated *device = enum_device_on(enumeration, name);
	struct ls_observation obs =
		enum_observation(kind, event->bus, device ? device->devnum : 0, at, name);

	if (kind == LS_OBS_EMI)
		ls_text_format(obs.text, sizeof(obs.text),
			       "port %u was disabled by its hub while the plug was in",
			       event->port);
	else
		ls_text_format(obs.text, sizeof(obs.text), "port %u: over-current", event->port);
	enumeration->tell(&obs, enumeration->user);
}

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
	static const uint32_t changes =
		LS_PORT_C_CONNECTION | LS_PORT_C_ENABLE | LS_PORT_C_OVER_CURRENT;
	uint32_t news = event->bits & changes & ~port->told;
	bool asked = port->asked.mono_us && at.mono_us <= port->asked.mono_us + ASKED_US;

	port->told |= news;
	if (event->bits & LS_PORT_ENABLED)
		port->speed = speed_of(event);
	if (news & LS_PORT_C_OVER_CURRENT)
		tell_of_port(enumeration, LS_OBS_OVER_CURRENT, name, event, at);
	if (news & LS_PORT_C_CONNECTION)
		connection_changed(enumeration, port, name, event, at);
	else if ((news & LS_PORT_C_ENABLE) && !asked &&
		 (event->bits & (LS_PORT_CONNECTED | LS_PORT_ENABLED | LS_PORT_C_CONNECTION)) ==
			 LS_PORT_CONNECTED)
		tell_of_port(enumeration, LS_OBS_EMI, name, event, at);
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
		port->told &= ~event->bits;
		break;
	case LS_HUB_RESET:
	case LS_HUB_WARM_RESET:
		port->asked = at;
		port_reset(enumeration, name, event, at);
		break;
	case LS_HUB_DISABLE:
	case LS_HUB_POWER_OFF:
		port->asked = at;
		break;
	default:
		break;
	}
}
