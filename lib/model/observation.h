#pragma once
/*
 * An observation: one fact from one source at one time. Sources make them, the engine eats them.
 * Nothing here is trusted: every text has gone through ls_text_clean() before it gets in.
 */
#include "lib/base/base.h"
#include "lib/usbmon/hub.h"

enum ls_source {
	LS_SOURCE_NONE, /* the engine itself: a conclusion, not a witness */
	LS_SOURCE_KERNEL_LOG,
	LS_SOURCE_UDEV,
	LS_SOURCE_LIBUSB,
	LS_SOURCE_USBMON,
	LS_SOURCE_HOST, /* the machine: sleep, pressure, power management */
	LS_N_SOURCES,
};

enum ls_obs_kind {
	LS_OBS_NONE,
	/* Controllers and buses. */
	LS_OBS_BUS_ADDED,   /* .bus, .controller; .device = the root hub, where the source has it */
	LS_OBS_BUS_REMOVED, /* .bus; kernel log: "USB bus N deregistered" or "remove, state" */
	LS_OBS_CONTROLLER_DIED,	   /* .bus, or .bus 0 and .controller = "0000:00:14.0" */
	LS_OBS_CONTROLLER_TROUBLE, /* as above: timeouts, system error; not yet death */
	/* One device coming and going. */
	LS_OBS_ENUMERATING, /* kernel log "new … USB device number N": a port became enabled */
	LS_OBS_FOUND,	    /* kernel log "New USB device found, idVendor=…": .device ids only */
	LS_OBS_STRING,	    /* kernel log "Product: …": .device with that one string */
	LS_OBS_CONNECTED, /* udev add, libusb arrived; .device complete as far as the source knows */
	LS_OBS_CONFIGURED,   /* udev: an interface appeared */
	LS_OBS_UNCONFIGURED, /* udev: an interface was removed while the device stayed */
	LS_OBS_DISCONNECTED, /* "USB disconnect, device number N", udev remove, libusb left */
	LS_OBS_DEAUTHORISED, /* udev change with authorized=0 */
	LS_OBS_AUTHORISED,   /* udev change with authorized=1; kernel log "authorized to connect" */
	LS_OBS_FIRMWARE_CHANGED, /* kernel log "device firmware changed": re-enumeration follows */
	/* Trouble on a port. */
	LS_OBS_RESET,
	LS_OBS_ENUM_FAILED,  /* one failed try: .reason says which step, .status the error */
	LS_OBS_ENUM_GAVE_UP, /* "unable to enumerate USB device" */
	LS_OBS_POWER_CYCLE,  /* "attempt power cycle": the kernel's next try */
	LS_OBS_OVER_CURRENT, /* .count = the port's counter where the source has it, else 0 */
	LS_OBS_EMI,	     /* "disabled by hub (EMI?), re-enabling..." */
	LS_OBS_LINK_TROUBLE, /* config error, cannot reset, hub does not answer, LPM failures */
	LS_OBS_RESUME_FAILED,
	LS_OBS_POWER_REJECTED,
	LS_OBS_SLOW,		    /* "not running at top speed" */
	LS_OBS_ROOT_HUB_LOST_POWER, /* "root hub lost power or was reset": after sleep */
	/* usbmon: .bus and .devnum name the device, or the hub whose port .count it is about. */
	LS_OBS_TRANSFER_ERRORS, /* .count failures that speak of the link since the last such one,
				 * .n_timeouts of them answers that never came; .status of the last */
	LS_OBS_PORT_STATUS, /* a hub told of a change at one of its ports, or was asked to make one:
			     * .hub_event, .port_bits, .link_state */
	LS_OBS_FLOW,	/* data began to flow: .count KiB in the last second; or ended: .count 0 and
		      * .n_pending transfers still waiting */
	LS_OBS_REMOVED, /* a program removed the device through sysfs; DISCONNECTED follows */
	LS_OBS_PARTNER_GONE, /* Type-C: nothing is plugged into the connector of .port any more */
	/* The machine. */
	LS_OBS_HOST,  /* how the machine was when a device dropped on .port */
	LS_OBS_SLEEP, /* system suspend entry */
	LS_OBS_WAKE,  /* system suspend exit */
	/* A person. */
	LS_OBS_CABLE, /* from .at on the cable on .port is the one labelled .text, "" unknown */
	/* The sources themselves. */
	LS_OBS_SCAN_BEGIN,   /* a list of all that is connected now follows as CONNECTED … */
	LS_OBS_SCAN_END,     /* … and what was not in it is gone */
	LS_OBS_SOURCE_SEES,  /* .source sees from now on */
	LS_OBS_SOURCE_BLIND, /* .source is blind from now on; .text says why */
	LS_OBS_LOST,	     /* .source lost records; .count how many, 0 unknown */
	LS_N_OBS,
};

enum ls_enum_step {
	LS_STEP_NONE,
	LS_STEP_DESCRIPTOR, /* device descriptor read/8, /64, /all */
	LS_STEP_ADDRESS,    /* not accepting address, not responding to setup address */
	LS_STEP_CONFIG,	    /* can't read configurations, can't set config */
	LS_STEP_ENABLE,	    /* "Cannot enable. Maybe the USB cable is bad?" */
	LS_STEP_DEBOUNCE,   /* connect-debounce failed: the contact bounces */
	LS_STEP_OTHER,
};

enum ls_speed {
	LS_SPEED_UNKNOWN,
	LS_SPEED_LOW,	     /* 1.5 Mb/s */
	LS_SPEED_FULL,	     /* 12 */
	LS_SPEED_HIGH,	     /* 480 */
	LS_SPEED_SUPER,	     /* 5000 */
	LS_SPEED_SUPER_PLUS, /* 10000 and more */
};

/* Kernel name of a port: "1-1.4", a root hub "usb1"; bus up to 5 digits, 6 tiers of 2 digits. */
#define LS_PORT_NAME_MAX 32
/* udev ID_PATH of a port, "pci-0000:00:14.0-usb-0:1.4", or of a controller, "pci-0000:00:14.0". */
#define LS_ID_PATH_MAX 128
/* A USB string is at most 126 UTF-16 units; longer ones after cleaning are cut and end in "…". */
#define LS_STRING_MAX 400
/* One clean line that states a fact for people. */
#define LS_TEXT_MAX 240

/* Of the active configuration, in its first alternate setting. */
struct ls_interface {
	uint8_t class, subclass, protocol;
};

/* More are not kept: what tells a mode is among the first ones. */
#define LS_INTERFACES_MAX 8

/* What is known of a device. Unknown: 0, "" and LS_SPEED_UNKNOWN. All text is clean. */
struct ls_device {
	uint16_t vid, pid, bcd_device;
	uint8_t device_class; /* 9 = hub */
	uint8_t n_configurations;
	uint8_t i_manufacturer, i_product, i_serial; /* string indices: a cheap hint at the mode */
	uint8_t n_endpoints;   /* of the active configuration, endpoint 0 not counted */
	uint8_t n_ports;       /* of a hub */
	uint16_t max_power_ma; /* declared, not measured */
	enum ls_speed speed;
	bool remote_wakeup;
	uint8_t n_interfaces; /* in the list below; 0: not known */
	struct ls_interface interfaces[LS_INTERFACES_MAX];
	char serial[LS_STRING_MAX];
	char product[LS_STRING_MAX];
	char manufacturer[LS_STRING_MAX];
};

/* Pointers are borrowed for the time of the call. */
struct ls_observation {
	struct ls_instant at;
	enum ls_source source;
	enum ls_obs_kind kind;
	char port[LS_PORT_NAME_MAX]; /* "" where it is about a bus, a controller or a source */
	uint16_t bus;		     /* 0 unknown */
	uint16_t devnum;	     /* 0 unknown; never identity, re-used by the kernel */
	enum ls_enum_step step;
	int status;	/* -errno, 0 none */
	uint32_t count; /* see the kinds */
	uint32_t n_timeouts, n_pending;
	enum ls_hub_event_kind hub_event;
	uint32_t port_bits; /* enum ls_port_bits */
	enum ls_link_state link_state;
	bool initial;		     /* CONNECTED: was there before we looked, not a new connect */
	char peer[LS_PORT_NAME_MAX]; /* CONNECTED: the SuperSpeed/USB 2 port of the same socket */
	char controller[LS_ID_PATH_MAX]; /* BUS_*: ID_PATH; CONTROLLER_*: device name */
	const struct ls_device *device;	 /* NULL unless the kind says so */
	char text[LS_TEXT_MAX];		 /* the source's statement, for people */
};

/* "kernel-log", "udev", …; the engine's own is "linkstat". Never NULL. */
const char *ls_source_name(enum ls_source source);
/* "480 Mb/s", "" if unknown. Never NULL. */
const char *ls_speed_name(enum ls_speed speed);
