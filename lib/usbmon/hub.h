#pragma once
/*
 * What passes between the kernel and its hubs, as usbmon shows it: after every event of a hub the
 * kernel itself requests the port's status, so the history of every port is visible at no cost. The
 * only payload ever looked at: up to 4 bytes of the answer to GET_STATUS, and of the change bitmap.
 */
#include "lib/base/base.h"
#include "lib/usbmon/usbmon.h"

enum ls_hub_event_kind {
	LS_HUB_NONE,
	LS_HUB_CHANGED,	    /* the hub reports a change: .ports */
	LS_HUB_STATUS,	    /* of the hub itself: .status, .change, bits as they are */
	LS_HUB_PORT_STATUS, /* .status, .change, .bits, .link_state */
	LS_HUB_NO_ANSWER,   /* a GET_STATUS failed: .error; .port 0 is the hub itself */
	/* Requests to a port: seen when made, whoever made them, and whatever becomes of them. */
	LS_HUB_RESET,	   /* hot reset */
	LS_HUB_WARM_RESET, /* SuperSpeed: for a link that a hot reset does not revive */
	LS_HUB_POWER_OFF,
	LS_HUB_POWER_ON,
	LS_HUB_DISABLE,	   /* USB 2; at SuperSpeed it is a link state, 4 */
	LS_HUB_SUSPEND,	   /* USB 2; at SuperSpeed it is a link state, 3 */
	LS_HUB_RESUME,	   /* USB 2; at SuperSpeed it is a link state, 0 */
	LS_HUB_SET_LINK,   /* SuperSpeed: .link_state is wanted */
	LS_HUB_CHANGE_ACK, /* the kernel clears a change: .bits has the one bit */
	LS_N_HUB_EVENTS,
};
/* "port status", "warm reset"; for people. Never NULL. */
const char *ls_hub_event_name(enum ls_hub_event_kind kind);

/* A port's status and changes, the same for both layouts. */
enum ls_port_bits {
	LS_PORT_CONNECTED = 1 << 0,
	LS_PORT_ENABLED = 1 << 1,
	LS_PORT_SUSPENDED = 1 << 2,
	LS_PORT_OVER_CURRENT = 1 << 3,
	LS_PORT_RESETTING = 1 << 4,
	LS_PORT_POWERED = 1 << 5,
	LS_PORT_LOW_SPEED = 1 << 6,
	LS_PORT_HIGH_SPEED = 1 << 7,
	LS_PORT_C_CONNECTION = 1 << 8,
	LS_PORT_C_ENABLE = 1 << 9,
	LS_PORT_C_SUSPEND = 1 << 10,
	LS_PORT_C_OVER_CURRENT = 1 << 11,
	LS_PORT_C_RESET = 1 << 12,
	LS_PORT_C_WARM_RESET = 1 << 13,
	LS_PORT_C_LINK_STATE = 1 << 14,
	LS_PORT_C_CONFIG_ERROR = 1 << 15,
};

/* Which layout a hub's status words have. */
enum ls_hub_layout {
	LS_HUB_IS_NONE,	   /* not known to be a hub */
	LS_HUB_IS_UNKNOWN, /* a hub; only bits that mean the same in both are read */
	LS_HUB_IS_USB2,
	LS_HUB_IS_SUPER,
};

enum ls_link_state {
	LS_LINK_U0,
	LS_LINK_U1,
	LS_LINK_U2,
	LS_LINK_U3,
	LS_LINK_DISABLED,
	LS_LINK_RX_DETECT,
	LS_LINK_INACTIVE, /* SS.Inactive: the link has failed */
	LS_LINK_POLLING,
	LS_LINK_RECOVERY,
	LS_LINK_HOT_RESET,
	LS_LINK_COMPLIANCE,
	LS_LINK_LOOPBACK,
	LS_LINK_UNKNOWN, /* USB 2, or more than the field can say */
};
/* "U0", "SS.Inactive"; "" if unknown. Never NULL. */
const char *ls_link_state_name(enum ls_link_state state);

struct ls_hub_event {
	uint64_t real_us;
	uint16_t bus;
	uint8_t devnum; /* the hub's; 1 is the root hub */
	uint8_t port;	/* from 1; 0: the hub itself */
	enum ls_hub_event_kind kind;
	enum ls_hub_layout layout;
	uint16_t status, change; /* the words as they came */
	uint32_t bits;		 /* enum ls_port_bits */
	enum ls_link_state link_state;
	uint32_t ports; /* bit n: port n, bit 0: the hub */
	int32_t error;
};

#define LS_HUB_BUSES 128
#define LS_HUB_PENDING                                                                             \
	32 /* GET_STATUS under way on all hubs; the oldest goes when there are more */

struct ls_hub_request {
	uint64_t id; /* 0: free */
	uint16_t bus;
	uint8_t devnum, port;
	bool of_port; /* not of the hub itself */
};

/* Zero-initialised at the start. */
struct ls_hub_traffic {
	uint8_t layouts[LS_HUB_BUSES][128]; /* enum ls_hub_layout */
	struct ls_hub_request requests[LS_HUB_PENDING];
	unsigned int n_requests; /* ever */
	unsigned int n_open;	 /* places of @requests that are not free */
};

/*
 * A caller that knows a hub's speed sets it, and LS_HUB_IS_NONE when the hub has gone. Otherwise
 * hubs are recognised by the requests sent to them, and their layout by descriptors or unambiguous
 * words.
 */
void ls_hub_traffic_set(struct ls_hub_traffic *hubs, unsigned int bus, unsigned int devnum,
			enum ls_hub_layout layout);

/* May ls_hub_traffic_decode() need this record? Cheap enough for every record. */
static inline bool
ls_hub_traffic_wants(const struct ls_hub_traffic *hubs, const struct ls_usbmon_record *record)
{
	if (record->xfer == LS_XFER_INTERRUPT)
		return record->type == LS_USBMON_COMPLETE && record->length > 0;
	if (record->xfer != LS_XFER_CONTROL)
		return false;
	if (record->type != LS_USBMON_SUBMIT)
		return hubs->n_open > 0;
	return record->flag_setup == 0 && (record->setup[0] & 0x60) == 0x20; /* of a class */
}

/* The same, more closely, for a reader of captures: a control submission that may be a request to a
 * hub (class; device or port), and a record of what is known to be one. */
static inline bool
ls_hub_traffic_asks(const struct ls_usbmon_record *record)
{
	uint8_t type = record->setup[0] & 0x7f;

	return record->flag_setup == 0 && (type == 0x20 || type == 0x23);
}
static inline bool
ls_hub_traffic_is_hub(const struct ls_hub_traffic *hubs, const struct ls_usbmon_record *record)
{
	return record->bus < LS_HUB_BUSES && record->devnum < 128 &&
	       hubs->layouts[record->bus][record->devnum] != LS_HUB_IS_NONE;
}

/* One record with the @len bytes of data captured behind it (NULL: none). 1: *ret; 0: nothing. */
int ls_hub_traffic_decode(struct ls_hub_traffic *hubs, const struct ls_usbmon_record *record,
			  const uint8_t *data, size_t len, struct ls_hub_event *ret);
