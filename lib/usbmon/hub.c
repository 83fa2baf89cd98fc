#include "lib/usbmon/hub.h"

#define TO_PORT	  0x23 /* bmRequestType: class, other */
#define FROM_PORT 0xa3
#define FROM_HUB  0xa0
#define TO_HUB	  0x20

#define GET_STATUS     0
#define CLEAR_FEATURE  1
#define SET_FEATURE    3
#define GET_DESCRIPTOR 6
#define SET_HUB_DEPTH  12 /* SuperSpeed only */
#define HUB_DESCRIPTOR 0x29
#define SS_DESCRIPTOR  0x2a
#define ROOT_HUB       1

/* USB 2.0 11.24.2, USB 3.2 10.16.2. */
static const struct {
	uint8_t request;
	uint8_t feature;
	enum ls_hub_event_kind kind;
	uint32_t bit; /* of LS_HUB_CHANGE_ACK */
} port_requests[] = {
	{ SET_FEATURE, 4, LS_HUB_RESET, 0 },
	{ SET_FEATURE, 28, LS_HUB_WARM_RESET, 0 },
	{ CLEAR_FEATURE, 8, LS_HUB_POWER_OFF, 0 },
	{ SET_FEATURE, 8, LS_HUB_POWER_ON, 0 },
	{ CLEAR_FEATURE, 1, LS_HUB_DISABLE, 0 },
	{ SET_FEATURE, 2, LS_HUB_SUSPEND, 0 },
	{ CLEAR_FEATURE, 2, LS_HUB_RESUME, 0 },
	{ SET_FEATURE, 5, LS_HUB_SET_LINK, 0 },
	{ CLEAR_FEATURE, 16, LS_HUB_CHANGE_ACK, LS_PORT_C_CONNECTION },
	{ CLEAR_FEATURE, 17, LS_HUB_CHANGE_ACK, LS_PORT_C_ENABLE },
	{ CLEAR_FEATURE, 18, LS_HUB_CHANGE_ACK, LS_PORT_C_SUSPEND },
	{ CLEAR_FEATURE, 19, LS_HUB_CHANGE_ACK, LS_PORT_C_OVER_CURRENT },
	{ CLEAR_FEATURE, 20, LS_HUB_CHANGE_ACK, LS_PORT_C_RESET },
	{ CLEAR_FEATURE, 25, LS_HUB_CHANGE_ACK, LS_PORT_C_LINK_STATE },
	{ CLEAR_FEATURE, 26, LS_HUB_CHANGE_ACK, LS_PORT_C_CONFIG_ERROR },
	{ CLEAR_FEATURE, 29, LS_HUB_CHANGE_ACK, LS_PORT_C_WARM_RESET },
};

struct bit_rule {
	uint16_t bit; /* of the word */
	enum ls_port_bits means;
};

/* What means the same in both layouts; a SuperSpeed hub leaves the bits of USB 2's C_ENABLE and
 * C_SUSPEND at 0. */
static const struct bit_rule common_status[] = {
	{ 0, LS_PORT_CONNECTED },
	{ 1, LS_PORT_ENABLED },
	{ 3, LS_PORT_OVER_CURRENT },
	{ 4, LS_PORT_RESETTING },
};
static const struct bit_rule common_change[] = {
	{ 0, LS_PORT_C_CONNECTION },   { 1, LS_PORT_C_ENABLE }, { 2, LS_PORT_C_SUSPEND },
	{ 3, LS_PORT_C_OVER_CURRENT }, { 4, LS_PORT_C_RESET },
};
static const struct bit_rule usb2_status[] = {
	{ 2, LS_PORT_SUSPENDED },
	{ 8, LS_PORT_POWERED },
	{ 9, LS_PORT_LOW_SPEED },
	{ 10, LS_PORT_HIGH_SPEED },
};
static const struct bit_rule super_status[] = {
	{ 9, LS_PORT_POWERED },
};
static const struct bit_rule super_change[] = {
	{ 5, LS_PORT_C_WARM_RESET },
	{ 6, LS_PORT_C_LINK_STATE },
	{ 7, LS_PORT_C_CONFIG_ERROR },
};

static uint32_t
translate(uint16_t word, const struct bit_rule *rules, size_t n)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= (word >> rules[i].bit & 1u) * (uint32_t)rules[i].means;
	return bits;
}

static void
read_port(struct ls_hub_event *event)
{
	uint16_t status = event->status, change = event->change;

	event->bits = translate(status, common_status, LS_COUNT(common_status)) |
		      translate(change, common_change, LS_COUNT(common_change));
	if (event->layout == LS_HUB_IS_USB2) {
		event->bits |= translate(status, usb2_status, LS_COUNT(usb2_status));
	} else if (event->layout == LS_HUB_IS_SUPER) {
		unsigned int state = status >> 5 & 15;

		event->bits |= translate(status, super_status, LS_COUNT(super_status)) |
			       translate(change, super_change, LS_COUNT(super_change));
		event->link_state =
			state < LS_LINK_UNKNOWN ? (enum ls_link_state)state : LS_LINK_UNKNOWN;
		if (event->link_state == LS_LINK_U3)
			event->bits |= LS_PORT_SUSPENDED;
	}
}

/*
 * Power is bit 8 at USB 2 and bit 9 at SuperSpeed. Alone, either gives the hub away; both are a
 * low-speed device, or a SuperSpeed link in recovery, reset, compliance or loopback.
 */
static enum ls_hub_layout
guess_layout(uint16_t status)
{
	switch (status >> 8 & 3) {
	case 1:
		return LS_HUB_IS_USB2;
	case 2:
		return LS_HUB_IS_SUPER;
	default:
		return LS_HUB_IS_UNKNOWN;
	}
}

/* NULL: the bus number is out of range. */
static uint8_t *
layout_of(struct ls_hub_traffic *hubs, unsigned int bus, unsigned int devnum)
{
	return bus < LS_HUB_BUSES && devnum < 128 ? &hubs->layouts[bus][devnum] : NULL;
}

void
ls_hub_traffic_set(struct ls_hub_traffic *hubs, unsigned int bus, unsigned int devnum,
		   enum ls_hub_layout layout)
{
	uint8_t *kept = layout_of(hubs, bus, devnum);

	if (kept)
		*kept = (uint8_t)layout;
}

static void
begin_request(struct ls_hub_traffic *hubs, const struct ls_usbmon_record *record)
{
	struct ls_hub_request *place = &hubs->requests[hubs->n_requests++ % LS_HUB_PENDING];

	hubs->n_open -= place->id != 0;
	hubs->n_open += record->id != 0;
	*place = (struct ls_hub_request){
		.id = record->id,
		.bus = record->bus,
		.devnum = record->devnum,
		.port = record->setup[4],
		.of_port = record->setup[0] == FROM_PORT,
	};
}

static bool
end_request(struct ls_hub_traffic *hubs, const struct ls_usbmon_record *record,
	    struct ls_hub_request *ret)
{
	for (size_t i = 0; i < LS_HUB_PENDING; i++) {
		struct ls_hub_request *request = &hubs->requests[i];

		if (request->id != record->id || request->bus != record->bus ||
		    request->devnum != record->devnum || request->id == 0)
			continue;
		*ret = *request;
		request->id = 0;
		hubs->n_open--;
		return true;
	}
	return false;
}

static int
port_request(const struct ls_usbmon_record *record, struct ls_hub_event *event)
{
	const uint8_t *setup = record->setup;

	for (size_t i = 0; i < LS_COUNT(port_requests); i++) {
		if (port_requests[i].request != setup[1] || port_requests[i].feature != setup[2] ||
		    setup[3] != 0)
			continue;
		event->kind = port_requests[i].kind;
		event->bits = port_requests[i].bit;
		event->port = setup[4];
		if (event->kind == LS_HUB_SET_LINK && setup[5] < LS_LINK_UNKNOWN)
			event->link_state = (enum ls_link_state)setup[5];
		return 1;
	}
	return 0;
}

/* What a request implies about the hub that it is sent to. */
static void
learn(uint8_t *layout, const uint8_t *setup)
{
	if (*layout == LS_HUB_IS_NONE && (setup[0] == TO_PORT || setup[0] == FROM_PORT))
		*layout = LS_HUB_IS_UNKNOWN;
	if (setup[0] == FROM_HUB && setup[1] == GET_DESCRIPTOR && setup[3] == HUB_DESCRIPTOR)
		*layout = LS_HUB_IS_USB2;
	else if (setup[0] == FROM_HUB && setup[1] == GET_DESCRIPTOR && setup[3] == SS_DESCRIPTOR)
		*layout = LS_HUB_IS_SUPER;
	else if (setup[0] == TO_HUB && setup[1] == SET_HUB_DEPTH)
		*layout = LS_HUB_IS_SUPER;
}

static int
submitted(struct ls_hub_traffic *hubs, uint8_t *layout, const struct ls_usbmon_record *record,
	  struct ls_hub_event *event)
{
	const uint8_t *setup = record->setup;

	learn(layout, setup);
	event->layout = (enum ls_hub_layout) * layout;
	if (setup[0] == TO_PORT)
		return port_request(record, event);
	if (setup[1] == GET_STATUS &&
	    (setup[0] == FROM_PORT || (setup[0] == FROM_HUB && *layout != LS_HUB_IS_NONE)))
		begin_request(hubs, record);
	return 0;
}

static int
answered(struct ls_hub_traffic *hubs, uint8_t *layout, const struct ls_usbmon_record *record,
	 const uint8_t *data, struct ls_hub_event *event)
{
	struct ls_hub_request request;

	if (!end_request(hubs, record, &request))
		return 0;
	event->port = request.of_port ? request.port : 0;
	event->error = record->status;
	event->kind = LS_HUB_NO_ANSWER;
	if (record->status != 0)
		return 1;
	if (!data || record->length < 4)
		return 0; /* cut by the capture, or by the hub */
	event->status = (uint16_t)(data[0] | data[1] << 8);
	event->change = (uint16_t)(data[2] | data[3] << 8);
	event->kind = LS_HUB_STATUS;
	if (!request.of_port)
		return 1;
	event->kind = LS_HUB_PORT_STATUS;
	if (*layout == LS_HUB_IS_UNKNOWN)
		*layout = (uint8_t)guess_layout(event->status);
	event->layout = (enum ls_hub_layout) * layout;
	read_port(event);
	return 1;
}

/* Up to 31 ports: bit n of the bitmap is port n, bit 0 the hub. */
static int
notified(const struct ls_usbmon_record *record, const uint8_t *data, size_t len,
	 struct ls_hub_event *event)
{
	size_t n = record->length < len ? record->length : len;

	if (record->status != 0 || !(record->endpoint & 0x80) || !data)
		return 0;
	for (size_t i = 0; i < n && i < sizeof(event->ports); i++)
		event->ports |= (uint32_t)data[i] << (8 * i);
	event->kind = LS_HUB_CHANGED;
	return event->ports != 0;
}

int
ls_hub_traffic_decode(struct ls_hub_traffic *hubs, const struct ls_usbmon_record *record,
		      const uint8_t *data, size_t len, struct ls_hub_event *ret)
{
	uint8_t *layout = layout_of(hubs, record->bus, record->devnum);
	struct ls_hub_event event = { .link_state = LS_LINK_UNKNOWN };
	int r = 0;

	if (!layout || !ls_hub_traffic_wants(hubs, record))
		return 0;
	if (record->devnum == ROOT_HUB && *layout == LS_HUB_IS_NONE)
		*layout = LS_HUB_IS_UNKNOWN;
	event.real_us = ls_usbmon_real_us(record);
	event.bus = record->bus;
	event.devnum = record->devnum;
	event.layout = (enum ls_hub_layout) * layout;
	if (record->type == LS_USBMON_SUBMIT)
		r = submitted(hubs, layout, record, &event);
	else if (*layout == LS_HUB_IS_NONE)
		return 0;
	else if (record->xfer == LS_XFER_CONTROL)
		r = answered(hubs, layout, record, len >= 4 ? data : NULL, &event);
	else
		r = notified(record, data, len, &event);
	if (r > 0)
		*ret = event;
	return r;
}

const char *
ls_hub_event_name(enum ls_hub_event_kind kind)
{
	static const char *const names[LS_N_HUB_EVENTS] = {
		"nothing", "change",	 "hub status", "port status", "no answer",
		"reset",   "warm reset", "power off",  "power on",    "disable",
		"suspend", "resume",	 "link state", "change seen",
	};

	return (size_t)kind < LS_COUNT(names) ? names[kind] : "nothing";
}

const char *
ls_link_state_name(enum ls_link_state state)
{
	static const char *const names[LS_LINK_UNKNOWN] = {
		"U0",	       "U1",	  "U2",	      "U3",	  "SS.Disabled", "Rx.Detect",
		"SS.Inactive", "Polling", "Recovery", "HotReset", "Compliance",	 "Loopback",
	};

	return (size_t)state < LS_COUNT(names) ? names[state] : "";
}
