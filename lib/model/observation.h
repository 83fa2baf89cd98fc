#pragma once
/*
 * An observation: one fact from one source at one time. Sources make them, the engine consumes
 * them. Nothing here is trusted: every text has gone through ls_text_clean() before it gets in.
 */
#include "lib/base/base.h"
#include "lib/base/names.h"
#include "lib/usbmon/hub.h"

/* Name, and name for people. */
#define LS_SOURCES(X)                                                                              \
	/* the engine itself: a conclusion */                                                      \
	X(LS_SOURCE_NONE, "linkstat", "linkstat")                                                  \
	X(LS_SOURCE_KERNEL_LOG, "kernel-log", "kernel log")                                        \
	X(LS_SOURCE_UDEV, "udev", "udev")                                                          \
	X(LS_SOURCE_LIBUSB, "libusb", "libusb")                                                    \
	X(LS_SOURCE_USBMON, "usbmon", "usbmon")                                                    \
	/* this computer: sleep, pressure, power management */                                     \
	X(LS_SOURCE_HOST, "host", "host")

enum ls_source { LS_SOURCES(LS_ENUM_ID) LS_N_SOURCES };

/* Kinds and their names in recordings. */
#define LS_OBS_KINDS(X)                                                                            \
	X(LS_OBS_NONE, "none")                                                                     \
	/* ---- Controllers and buses ---- */                                                      \
	/* .bus, .controller; .device = the root hub, where the source has it */                   \
	X(LS_OBS_BUS_ADDED, "bus-added")                                                           \
	/* .bus; kernel log: "USB bus N deregistered" or "remove, state" */                        \
	X(LS_OBS_BUS_REMOVED, "bus-removed")                                                       \
	/* .bus, or .bus 0 and .controller = "0000:00:14.0" */                                     \
	X(LS_OBS_CONTROLLER_DIED, "controller-died")                                               \
	/* as above: timeouts, system error; it still works */                                     \
	X(LS_OBS_CONTROLLER_TROUBLE, "controller-trouble")                                         \
	/* no bandwidth, slot or other resource for a device: of a port, or of a controller */     \
	X(LS_OBS_HOST_LIMIT, "host-limit")                                                         \
	/* ---- A device connects or disconnects ---- */                                           \
	/* kernel log "new … USB device number N": a port became enabled */                      \
	X(LS_OBS_ENUMERATING, "enumerating")                                                       \
	/* kernel log "New USB device found, idVendor=…": .device ids only */                    \
	X(LS_OBS_FOUND, "found")                                                                   \
	/* kernel log "Product: …": .device with that one string */                              \
	X(LS_OBS_STRING, "string")                                                                 \
	/* udev add, libusb arrived; .device complete as far as the source knows */                \
	X(LS_OBS_CONNECTED, "connected")                                                           \
	/* "USB disconnect, device number N", udev remove, libusb left */                          \
	X(LS_OBS_DISCONNECTED, "disconnected")                                                     \
	/* kernel log: a driver let go of the device; it may have left, or been reset */           \
	X(LS_OBS_DRIVER_LEFT, "driver-left")                                                       \
	/* kernel log: a driver calls (a part of) the device on .port .handle */                   \
	X(LS_OBS_HANDLE, "handle")                                                                 \
	/* udev change with authorized=0 */                                                        \
	X(LS_OBS_DEAUTHORISED, "deauthorised")                                                     \
	/* udev change with authorized=1; kernel log "authorized to connect" */                    \
	X(LS_OBS_AUTHORISED, "authorised")                                                         \
	/* kernel log "device firmware changed": re-enumeration follows */                         \
	X(LS_OBS_FIRMWARE_CHANGED, "firmware-changed")                                             \
	/* ---- Failures of a port ---- */                                                         \
	X(LS_OBS_RESET, "reset")                                                                   \
	/* one failed try: .step says which step, .status the error */                             \
	X(LS_OBS_ENUM_FAILED, "enum-failed")                                                       \
	/* "unable to enumerate USB device" */                                                     \
	X(LS_OBS_ENUM_GAVE_UP, "enum-gave-up")                                                     \
	/* "attempt power cycle": the kernel's next try */                                         \
	X(LS_OBS_POWER_CYCLE, "power-cycle")                                                       \
	/* .n_over_currents = the port's counter where the source has it */                        \
	X(LS_OBS_OVER_CURRENT, "over-current")                                                     \
	/* the kernel log alone: it changed, and may be over */                                    \
	X(LS_OBS_OVER_CURRENT_CHANGE, "over-current-change")                                       \
	/* "disabled by hub (EMI?), re-enabling..." */                                             \
	X(LS_OBS_EMI, "emi")                                                                       \
	/* config error, cannot reset, hub does not answer, LPM failures */                        \
	X(LS_OBS_LINK_TROUBLE, "link-trouble")                                                     \
	X(LS_OBS_RESUME_FAILED, "resume-failed")                                                   \
	X(LS_OBS_POWER_REJECTED, "power-rejected")                                                 \
	/* "not running at top speed" */                                                           \
	X(LS_OBS_SLOW, "slow")                                                                     \
	/* "root hub lost power or was reset": after sleep */                                      \
	X(LS_OBS_ROOT_HUB_LOST_POWER, "root-hub-lost-power")                                       \
	/* ---- Transfers, as usbmon counts them, and drivers in the kernel log ---- */            \
	/* of the device .bus and .devnum: .n_failed transfers failed on the link since the \
	 * last such one, .n_timeouts of them answers that never came; .status of the last. \
	 * A driver names its device by .port, or by .handle, or by neither. */      \
	X(LS_OBS_TRANSFER_ERRORS, "transfer-errors")                                               \
	/* a change at port .hub_port of the hub .bus and .devnum, or a request to it: \
	 * .hub_event, .port_bits, .link_state */           \
	X(LS_OBS_PORT_STATUS, "port-status")                                                       \
	/* data began to flow: .kib_per_s; or stopped: .kib_per_s 0 and .n_pending transfers \
	 * are still waiting */     \
	X(LS_OBS_FLOW, "flow")                                                                     \
	/* a program removed the device through sysfs; DISCONNECTED follows */                     \
	X(LS_OBS_REMOVED, "removed")                                                               \
	/* Type-C: nothing is plugged into the connector of .port any more */                      \
	X(LS_OBS_PARTNER_GONE, "partner-gone")                                                     \
	/* ---- The machine ---- */                                                                \
	/* how the machine was when a device dropped on .port */                                   \
	X(LS_OBS_HOST, "host")                                                                     \
	/* system suspend entry */                                                                 \
	X(LS_OBS_SLEEP, "sleep")                                                                   \
	/* system suspend exit */                                                                  \
	X(LS_OBS_WAKE, "wake")                                                                     \
	/* ---- A person ---- */                                                                   \
	/* since .at the cable on .port is the one labelled .label, "" unknown */                  \
	X(LS_OBS_CABLE, "cable")                                                                   \
	/* ---- The sources themselves ---- */                                                     \
	/* a list of all that is connected now follows as CONNECTED … */                         \
	X(LS_OBS_SCAN_BEGIN, "scan-begin")                                                         \
	/* … and what was not in it has left */                                                  \
	X(LS_OBS_SCAN_END, "scan-end")                                                             \
	/* .source is available from now on */                                                     \
	X(LS_OBS_SOURCE_AVAILABLE, "source-sees")                                                  \
	/* .source is unavailable from now on; .text says why */                                   \
	X(LS_OBS_SOURCE_UNAVAILABLE, "source-blind")                                               \
	/* .source lost records: .n_lost of them, 0 unknown */                                     \
	X(LS_OBS_LOST, "lost")

enum ls_obs_kind { LS_OBS_KINDS(LS_ENUM_ID) LS_N_OBS };

enum ls_enum_step {
	LS_STEP_NONE,
	LS_STEP_DESCRIPTOR, /* device descriptor read/8, /64, /all */
	LS_STEP_ADDRESS,    /* not accepting address, not responding to setup address */
	LS_STEP_CONFIG,	    /* can't read configurations, can't set config */
	LS_STEP_ENABLE,	    /* "Cannot enable. Maybe the USB cable is bad?" */
	LS_STEP_DEBOUNCE,   /* connect-debounce failed: the contact bounces */
	LS_STEP_OTHER,
	LS_STEP_INVALID_DESCRIPTOR, /* one that was read, but makes no sense: firmware or link */
	LS_STEP_SLOT,		    /* the controller has no slot for it, or for its endpoints */
};

/* The kernel log does not always distinguish 10 and 20 Gb/s. */
#define LS_SPEEDS(X)                                                                               \
	X(LS_SPEED_UNKNOWN, "")                                                                    \
	X(LS_SPEED_LOW, "1.5 Mb/s")                                                                \
	X(LS_SPEED_FULL, "12 Mb/s")                                                                \
	X(LS_SPEED_HIGH, "480 Mb/s")                                                               \
	X(LS_SPEED_SUPER, "5 Gb/s")                                                                \
	X(LS_SPEED_SUPER_PLUS, "10 Gb/s or more")

enum ls_speed { LS_SPEEDS(LS_ENUM_ID) LS_N_SPEEDS };

/* Of the active configuration, in its first alternate setting. */
struct ls_interface {
	uint8_t class, subclass, protocol;
};

/* More are not kept: the first ones are enough to recognise a mode. */
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

/* "ttyUSB0", "host6": a name that a driver gives to a part of a device, and its NUL */
#define LS_HANDLE_MAX 24

/* Pointers are borrowed for the time of the call. */
struct ls_observation {
	struct ls_instant at;
	enum ls_source source;
	enum ls_obs_kind kind;
	char port[LS_PORT_NAME_MAX]; /* "" where it is about a bus, a controller or a source */
	uint16_t bus;		     /* 0 unknown */
	uint16_t devnum;	     /* 0 unknown; never identity, re-used by the kernel */
	enum ls_enum_step step;
	bool repeated; /* kernel log: another line that states the same is near */
	bool of_hub; /* kernel log: the hub driver wrote it of the hub as a whole, not of a port */
	int status;  /* -errno, 0 none */
	uint32_t n_over_currents;      /* OVER_CURRENT */
	uint32_t n_lost;	       /* LOST */
	uint32_t n_failed, n_timeouts; /* TRANSFER_ERRORS */
	uint32_t kib_per_s, n_pending; /* FLOW */
	uint8_t hub_port;	       /* PORT_STATUS, as the next three */
	enum ls_hub_event_kind hub_event;
	uint32_t port_bits; /* enum ls_port_bits */
	enum ls_link_state link_state;
	bool initial;		     /* CONNECTED: was there before we looked, not a new connect */
	char peer[LS_PORT_NAME_MAX]; /* CONNECTED: the SuperSpeed/USB 2 port of the same socket */
	char controller[LS_ID_PATH_MAX]; /* BUS_*: ID_PATH; CONTROLLER_*: device name */
	char handle[LS_HANDLE_MAX];	 /* HANDLE, TRANSFER_ERRORS, DRIVER_LEFT: "ttyUSB0" */
	const struct ls_device *device;	 /* NULL unless the kind says so */
	char label[LS_LABEL_MAX];	 /* CABLE */
	bool assumed;			 /* CABLE: of the session before; no person set it */
	bool imported;			 /* SOURCE_UNAVAILABLE: of a time that is read from a log */
	char text[LS_TEXT_MAX];		 /* the source's statement, for people only */
};

typedef void (*ls_observation_fn)(const struct ls_observation *obs, void *user);

/* "kernel-log", "udev", …; the engine's own is "linkstat". Never NULL. */
const char *ls_source_name(enum ls_source source);
/* The same for people: "kernel log". */
const char *ls_source_words(enum ls_source source);
/* The reverse; 1 or -EINVAL. */
int ls_source_from_name(const char *name, enum ls_source *ret);
/* "connected", "port-status", …: names in recordings. Never NULL. */
const char *ls_obs_kind_name(enum ls_obs_kind kind);
int ls_obs_kind_from_name(const char *name, enum ls_obs_kind *ret);
/* "480 Mb/s", "" if unknown. Never NULL. */
const char *ls_speed_name(enum ls_speed speed);
