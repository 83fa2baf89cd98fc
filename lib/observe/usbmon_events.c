#include "lib/observe/usbmon_events.h"
#include "lib/base/text.h"

void
ls_usbmon_tell_errors(const struct ls_traffic_evidence *evidence, struct ls_instant at,
		      struct ls_observation *ret)
{
	const struct ls_status_row *row = &ls_status_rows[ls_status_find(evidence->status)];

	*ret = (struct ls_observation){
		.at = at,
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_TRANSFER_ERRORS,
		.bus = evidence->bus,
		.devnum = evidence->devnum,
		.status = evidence->status,
		.n_failed = evidence->n_link + evidence->n_babble + evidence->n_timeout,
		.n_timeouts = evidence->n_timeout,
	};
	ls_text_format(ret->text, sizeof(ret->text), "ep 0x%02x %s: %s (%d), %s; %u failed",
		       evidence->endpoint, evidence->endpoint & 0x80 ? "IN" : "OUT", row->name,
		       evidence->status, row->words, ret->n_failed);
}

/* Resets and power: whoever requests them. Changes: a port that came, went or was disabled. */
static bool
worth_telling(const struct ls_hub_event *event)
{
	static const uint32_t changes = LS_PORT_C_CONNECTION | LS_PORT_C_ENABLE |
					LS_PORT_C_OVER_CURRENT | LS_PORT_C_LINK_STATE |
					LS_PORT_C_CONFIG_ERROR;

	switch (event->kind) {
	case LS_HUB_PORT_STATUS:
		return (event->bits & changes) || event->link_state == LS_LINK_INACTIVE;
	case LS_HUB_RESET:
	case LS_HUB_WARM_RESET:
	case LS_HUB_POWER_OFF:
	case LS_HUB_DISABLE:
		return true;
	default:
		return false;
	}
}

static void
describe_port(const struct ls_hub_event *event, char *text, size_t size)
{
	const char *state = ls_link_state_name(event->link_state);

	if (event->kind != LS_HUB_PORT_STATUS) {
		ls_text_format(text, size, "port %u: %s", event->port,
			       ls_hub_event_name(event->kind));
		return;
	}
	ls_text_format(text, size, "port %u:%s%s%s%s %s, %s%s%s", event->port,
		       event->bits & LS_PORT_C_CONNECTION ? " C_CONNECTION" : "",
		       event->bits & LS_PORT_C_ENABLE ? " C_ENABLE" : "",
		       event->bits & LS_PORT_C_OVER_CURRENT ? " C_OVER_CURRENT" : "",
		       event->bits & LS_PORT_C_CONFIG_ERROR ? " C_CONFIG_ERROR" : "",
		       event->bits & LS_PORT_CONNECTED ? "connected" : "not connected",
		       event->bits & LS_PORT_ENABLED ? "enabled" : "not enabled",
		       state[0] ? ", link " : "", state);
}

int
ls_usbmon_tell_port(const struct ls_hub_event *event, struct ls_instant at,
		    struct ls_observation *ret)
{
	if (!event->port || !worth_telling(event))
		return 0;
	*ret = (struct ls_observation){
		.at = at,
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_PORT_STATUS,
		.bus = event->bus,
		.devnum = event->devnum,
		.hub_port = event->port,
		.hub_event = event->kind,
		.port_bits = event->bits,
		.link_state = event->link_state,
	};
	describe_port(event, ret->text, sizeof(ret->text));
	return 1;
}
