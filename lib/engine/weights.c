/*
 * The table of evidence: a row for each fact, or for facts that together mean more than each of
 * them, and a weight for each cause that it speaks for or against; 0 where it says nothing. The
 * comment above a row is where its numbers come from.
 */
#include "lib/engine/weights.h"
#include "lib/engine/facts.h"

#define FOR(cause, weight) [LS_CAUSE_##cause] = (weight)
#define NOT(cause)	   [LS_CAUSE_##cause] = WEIGHT_EXCLUDES
/* A link was lost: that of a device, or of a hub with what is behind it. */
#define LOST(weight)	   FOR(LINK_LOSS, weight), FOR(UPSTREAM_LOSS, weight)
#define SIDE(side, weight) [LS_SIDE_##side] = (weight)

#define CURRENT_SOURCES (1U << LS_SOURCE_UDEV | 1U << LS_SOURCE_USBMON)

static const struct weights rows[] = {
	/* How often each cause is met, before anything is known of an incident. */
	{
		.cause = { FOR(UNKNOWN, -0.5), FOR(UNPLUGGED, -2), FOR(LINK_LOSS, -1.8),
			   FOR(ENUMERATION_FAILED, -2.7), FOR(HOST_RESET, -1.7),
			   FOR(OVER_CURRENT, -3.5), FOR(EMI, -4.8), FOR(UPSTREAM_LOSS, -1.8),
			   FOR(CONTROLLER_DIED, -6), FOR(SOFTWARE, -3), FOR(MODE_SWITCH, -2.7),
			   FOR(SUSPEND, -4), FOR(LINK_ERRORS, -3), FOR(DEVICE_RESET, -2.8),
			   FOR(STALL, -4), FOR(HOST_LIMIT, -4) },
	},
	/* physics: what left was not only reset */
	{
		.all = LS_FACT_GONE,
		.cause = { NOT(HOST_RESET), NOT(LINK_ERRORS), NOT(STALL), NOT(HOST_LIMIT),
			   FOR(ENUMERATION_FAILED, -2) },
	},
	/* physics: a controller may be pulled with all its ports */
	{
		.none = LS_FACT_GONE | LS_FACT_BUS_GONE,
		.cause = { NOT(UNPLUGGED) },
	},
	/* physics: nothing left */
	{
		.none = LS_FACT_GONE,
		.cause = { NOT(LINK_LOSS), NOT(SUSPEND), FOR(DEVICE_RESET, -4),
			   FOR(MODE_SWITCH, -3) },
	},
	/* judged: a verdict before the return window has passed needs evidence of its own */
	{
		.all = LS_FACT_GONE,
		.none = LS_FACT_AWAY | LS_FACT_BACK_SAME | LS_FACT_BACK_MODEL |
			LS_FACT_BACK_OTHER_MODE | LS_FACT_BACK_UNKNOWN | LS_FACT_OTHER_CAME |
			LS_FACT_ELSEWHERE | LS_FACT_RESET_FAILED | LS_FACT_HUB_SILENT |
			LS_FACT_RESUME_FAILED | LS_FACT_ENUM_GAVE_UP | LS_FACT_BEAT,
		.why = "it left; whether it comes back by itself will tell why",
		.cause = { FOR(UNKNOWN, 2.5) },
	},
	/* kernel: usb_hc_died(); nothing else prints it */
	{
		.all = LS_FACT_CONTROLLER_DIED,
		.why = "the kernel declared the USB controller dead; everything on it left with it",
		.cause = { FOR(CONTROLLER_DIED, 12), FOR(SOFTWARE, -4) },
	},
	/* kernel: usb_remove_hcd() */
	{
		.all = LS_FACT_BUS_GONE,
		.why = "the USB controller was removed or its driver unbound; no cable or device "
		       "did this",
		.cause = { FOR(SOFTWARE, 9) },
	},
	/* kernel: one that dies stays where it is; xhci finds one that was pulled "dead" as well */
	{
		.all = LS_FACT_CONTROLLER_DIED | LS_FACT_BUS_GONE,
		.why = "the USB controller did not answer any more when it was removed, as when "
		       "its dock or card is pulled",
		.cause = { NOT(CONTROLLER_DIED), FOR(UNPLUGGED, 9) },
	},
	/* kernel: hub_port_over_current; some boards report it at boot */
	{
		.all = LS_FACT_OVER_CURRENT,
		.why = "the port reported that more current was drawn than it can give",
		.cause = { FOR(OVER_CURRENT, 8), LOST(-1) },
	},
	/* kernel: hub_port_status() before 3.11; a discharge makes one as well, and disables the port */
	{
		.all = LS_FACT_OVER_CURRENT_CHANGE,
		.none = LS_FACT_OVER_CURRENT | LS_FACT_EMI,
		.why = "the port reported that more current was drawn than it can give",
		.cause = { FOR(OVER_CURRENT, 6.5), LOST(-1) },
	},
	/* kernel: port_event(), C_ENABLE without C_CONNECTION */
	{
		.all = LS_FACT_EMI,
		.why = "the hub disabled the port while the plug was still connected",
		.cause = { FOR(EMI, 8.8), NOT(UNPLUGGED), LOST(-4), FOR(DEVICE_RESET, -1),
			   FOR(SOFTWARE, -7) },
	},
	/* judged; a hand that replugs within 10 s is rare */
	{
		.all = LS_FACT_GONE | LS_FACT_BACK_SAME,
		.group = GROUP_RETURN,
		.why = "the same device, by its serial number, came back",
		.cause = { LOST(4.5), FOR(DEVICE_RESET, 3), FOR(UNPLUGGED, -3),
			   FOR(MODE_SWITCH, -1) },
		.side = { SIDE(LINK, 1) },
	},
	/* judged */
	{
		.all = LS_FACT_GONE | LS_FACT_BACK_MODEL,
		.group = GROUP_RETURN,
		.why = "a device of the same kind came back",
		.cause = { LOST(4.2), FOR(DEVICE_RESET, 3), FOR(UNPLUGGED, -3),
			   FOR(MODE_SWITCH, -2) },
		.side = { SIDE(LINK, 1) },
	},
	/* judged */
	{
		.all = LS_FACT_GONE | LS_FACT_BACK_UNKNOWN,
		.group = GROUP_RETURN,
		.why = "something came back on the same port, which may be another device",
		.cause = { LOST(3.3), FOR(DEVICE_RESET, 2.5), FOR(UNPLUGGED, -2) },
		.side = { SIDE(LINK, 1) },
	},
	/* judged */
	{
		.all = LS_FACT_GONE | LS_FACT_BACK_OTHER_MODE,
		.group = GROUP_RETURN,
		.why = "it came back on the same port with other ids",
		.cause = { FOR(MODE_SWITCH, 4.5) },
	},
	/* judged */
	{
		.all = LS_FACT_GONE | LS_FACT_BACK_OTHER_MODE | LS_FACT_SERIAL,
		.group = GROUP_RETURN,
		.why = "it came back on the same port with other ids and the same serial number",
		.cause = { FOR(MODE_SWITCH, 5) },
	},
	/* physics: a hand did that */
	{
		.all = LS_FACT_GONE | LS_FACT_OTHER_CAME,
		.group = GROUP_RETURN,
		.why = "a different device was plugged into the same port",
		.cause = { FOR(UNPLUGGED, 5), LOST(-4), FOR(DEVICE_RESET, -4) },
	},
	/* physics: a hand did that */
	{
		.all = LS_FACT_GONE | LS_FACT_ELSEWHERE,
		.group = GROUP_RETURN,
		.why = "the same device, by its serial number, turned up on another port",
		.cause = { FOR(UNPLUGGED, 6), LOST(-4), FOR(DEVICE_RESET, -4) },
	},
	/* judged: a plug that sits badly or a device in trouble gets no further; hands change nothing */
	{
		.all = LS_FACT_GONE | LS_FACT_SLOWER,
		.cause = { LOST(0.7), FOR(DEVICE_RESET, 0.7), FOR(UNPLUGGED, -2) },
	},
	/* judged: a plug that goes in slowly connects USB 2 first, and some drivers switch to USB 3 */
	{
		.all = LS_FACT_GONE | LS_FACT_FASTER,
		.why = "it went on from USB 2 to USB 3 at once: its plug went in slowly, or its "
		       "driver switched it",
		.cause = { FOR(MODE_SWITCH, 7), LOST(-2), FOR(DEVICE_RESET, -2) },
	},
	/* judged: most that stays away was unplugged */
	{
		.all = LS_FACT_GONE | LS_FACT_AWAY,
		.group = GROUP_RETURN,
		.why = "it did not come back",
		.cause = { FOR(UNPLUGGED, 3.6), FOR(MODE_SWITCH, -2), FOR(ENUMERATION_FAILED, 2) },
	},
	/* physics: contacts keep no time; a device that crashes at the same point of its start does */
	{
		.all = LS_FACT_GONE | LS_FACT_BEAT,
		.why = "no contact keeps such a beat, a device that crashes at the same point does",
		.cause = { FOR(DEVICE_RESET, 4.5), LOST(-1), FOR(UNPLUGGED, -4) },
		.side = { SIDE(DEVICE, 2) },
	},
	/* judged: hands tire */
	{
		.all = LS_FACT_GONE | LS_FACT_MANY,
		.cause = { FOR(UNPLUGGED, -4) },
	},
	/* Type-C: CC shows the plug itself */
	{
		.all = LS_FACT_GONE | LS_FACT_AWAY | LS_FACT_PARTNER_GONE,
		.why = "the Type-C connector became empty at the same moment",
		.cause = { FOR(UNPLUGGED, 2.5), LOST(-2) },
	},
	/* families: this change is documented */
	{
		.all = LS_FACT_GONE | LS_FACT_EXPECTED,
		.why = "it came back in the mode that was to be expected",
		.cause = { FOR(MODE_SWITCH, 7.9), LOST(-5), FOR(DEVICE_RESET, -3) },
	},
	/* families: this change means a restart */
	{
		.all = LS_FACT_GONE | LS_FACT_REBOOTED,
		.why = "it came back in a mode that means that it restarted",
		.cause = { FOR(DEVICE_RESET, 8), FOR(MODE_SWITCH, -3), LOST(-3) },
	},
	/* families: both look the same */
	{
		.all = LS_FACT_GONE | LS_FACT_LOOKS_ALIKE,
		.why = "it came back as what it was: it changed its mode, or its link was lost; "
		       "without usbmon nothing tells which",
		.cause = { FOR(UNKNOWN, 7) },
	},
	/* judged */
	{
		.all = LS_FACT_GONE | LS_FACT_SLEPT,
		.why = "the computer went to sleep or woke up at that moment",
		.cause = { FOR(SUSPEND, 7.8), LOST(-3), FOR(UNPLUGGED, -2), FOR(DEVICE_RESET, -3),
			   FOR(SOFTWARE, -3) },
	},
	/* physics: a hub takes what is behind it along, and is the one to judge */
	{
		.all = LS_FACT_GONE | LS_FACT_CHILDREN,
		.why = "the devices behind it left with it",
		.cause = { NOT(LINK_LOSS), FOR(DEVICE_RESET, -2) },
	},
	/* kernel: hub_pre_reset() disconnects what is behind a hub */
	{
		.all = LS_FACT_CHILDREN,
		.none = LS_FACT_GONE | LS_FACT_BUS_GONE | LS_FACT_CONTROLLER_DIED,
		.why = "the devices behind it left with it",
		.cause = { FOR(UPSTREAM_LOSS, 5.4), FOR(HOST_RESET, -5) },
	},
	/* by definition */
	{
		.none = LS_FACT_CHILDREN,
		.cause = { NOT(UPSTREAM_LOSS) },
	},
	/* kernel: authorized=0 changes nothing on the bus */
	{
		.all = LS_FACT_DEAUTHORISED,
		.why = "a program took the device's authorisation away; the link itself stayed up",
		.cause = { FOR(SOFTWARE, 8), NOT(UNPLUGGED), NOT(LINK_LOSS) },
	},
	/* kernel: only hub requests of this computer do that */
	{
		.all = LS_FACT_GONE | LS_FACT_SWITCHED_OFF,
		.none = LS_FACT_EMI | LS_FACT_RESET | LS_FACT_ENUM_FAILED,
		.group = GROUP_LINK_UP,
		.why = "this computer switched the port off before the connection went",
		.cause = { FOR(SOFTWARE, 7) },
	},
	/* kernel: bConfigurationValue is gone before the disconnect */
	{
		.all = LS_FACT_GONE | LS_FACT_REMOVED,
		.group = GROUP_LINK_UP,
		.why = "a program removed the device from the bus",
		.cause = { FOR(SOFTWARE, 7.5) },
	},
	/* kernel: every change of a port makes it ask the hub */
	{
		.all = LS_FACT_GONE | LS_FACT_HUB_SILENT,
		.none = LS_FACT_RESUME_FAILED | LS_FACT_RESET | LS_FACT_ENUM_FAILED,
		.group = GROUP_LINK_UP,
		.why = "the hub saw no change at the port",
		.cause = { FOR(DEVICE_RESET, -3), FOR(SOFTWARE, 7), NOT(UNPLUGGED), LOST(-5) },
	},
	/* kernel: descriptors_changed() */
	{
		.all = LS_FACT_FIRMWARE_CHANGED,
		.why = "after a reset the device presented other descriptors",
		.cause = { FOR(MODE_SWITCH, 9), FOR(HOST_RESET, -5), LOST(-4), FOR(UNPLUGGED, -4) },
	},
	/* kernel: usb_reset_and_verify_device() */
	{
		.all = LS_FACT_RESET,
		.none = LS_FACT_GONE,
		.why = "a driver or a program reset the device, and it stayed on the bus",
		.cause = { FOR(HOST_RESET, 6.4) },
	},
	/* kernel: drivers reset when transfers fail */
	{
		.all = LS_FACT_GONE | LS_FACT_RESET,
		.why = "a reset went before, and the device did not survive it",
		.cause = { LOST(3), FOR(DEVICE_RESET, 1.5), FOR(UNPLUGGED, -2), FOR(SOFTWARE, -2) },
	},
	/* kernel: usb_reset_and_verify_device() */
	{
		.all = LS_FACT_GONE | LS_FACT_RESET | LS_FACT_RESET_FAILED,
		.group = GROUP_RESET_FAILED,
		.why = "the reset failed, and the kernel gave the device up",
		.cause = { LOST(1.6), FOR(ENUMERATION_FAILED, -4) },
		.side = { SIDE(LINK, -1) },
	},
	/* kernel: hub_port_logical_disconnect() */
	{
		.all = LS_FACT_GONE | LS_FACT_RESET | LS_FACT_HUB_SILENT,
		.group = GROUP_RESET_FAILED,
		.why = "the reset failed, and the kernel gave the device up",
		.cause = { LOST(1.6), FOR(ENUMERATION_FAILED, -4) },
		.side = { SIDE(LINK, -1) },
	},
	/* judged */
	{
		.all = LS_FACT_GONE | LS_FACT_RESUME_FAILED,
		.why = "it did not wake up from power saving",
		.cause = { FOR(DEVICE_RESET, 3.5), FOR(SOFTWARE, -4), FOR(UNPLUGGED, -2) },
		.side = { SIDE(DEVICE, 2) },
	},
	/* kernel: hub_port_init() */
	{
		.all = LS_FACT_ENUM_FAILED,
		.group = GROUP_ENUMERATION,
		.why = "the device was noticed but did not answer",
		.cause = { FOR(ENUMERATION_FAILED, 5.8), LOST(1.5), FOR(UNPLUGGED, -3) },
	},
	/* USB: a device that works is at least busy in time; the wire breaks answers */
	{
		.all = LS_FACT_ENUM_FAILED | LS_FACT_START_TIMED_OUT,
		.none = LS_FACT_GONE | LS_FACT_START_BROKEN | LS_FACT_BOUNCE,
		.side = { SIDE(DEVICE, 1.5) },
	},
	/* kernel: hub_port_connect() */
	{
		.all = LS_FACT_ENUM_GAVE_UP,
		.group = GROUP_ENUMERATION,
		.why = "the kernel could not talk to it and gave up",
		.cause = { FOR(ENUMERATION_FAILED, 7.2), LOST(1.5), FOR(UNPLUGGED, -3) },
	},
	/* kernel: usb_set_configuration() */
	{
		.all = LS_FACT_CONFIG_FAILED,
		.group = GROUP_ENUMERATION,
		.why = "it answered, but could not be configured",
		.cause = { FOR(ENUMERATION_FAILED, 5), LOST(1.5), FOR(UNPLUGGED, -3) },
	},
	/* kernel: usb_generic_driver_probe() leaves it unconfigured, a reset that fails does not */
	{
		.all = LS_FACT_CONFIG_FAILED | LS_FACT_GONE,
		.none = LS_FACT_RESET,
		.cause = { FOR(ENUMERATION_FAILED, 5), LOST(-2), FOR(DEVICE_RESET, -2) },
		.side = { SIDE(LINK, -1) },
	},
	/* judged: what a controller that times out does to one device it does to others */
	{
		.all = LS_FACT_CONTROLLER_TROUBLE,
		.side = { SIDE(HOST, 2.5) },
	},
	/* kernel: -ENOSPC is a matter of this computer */
	{
		.all = LS_FACT_HOST_LIMIT,
		.why = "the USB controller has no bandwidth or other resource left for it",
		.cause = { FOR(HOST_LIMIT, 9), FOR(ENUMERATION_FAILED, -3) },
		.side = { SIDE(HOST, 2) },
	},
	/* kernel: hub_port_debounce() */
	{
		.all = LS_FACT_BOUNCE,
		.why = "the contact bounced",
		.cause = { FOR(ENUMERATION_FAILED, 0.5) },
		.side = { SIDE(LINK, 2) },
	},
	/* judged: what fails to answer after a reset */
	{
		.all = LS_FACT_RESET | LS_FACT_ENUM_FAILED,
		.none = LS_FACT_GONE,
		.side = { SIDE(LINK, 1) },
	},
	/* physics: a pull breaks transfers for 0.3 s at most */
	{
		.all = LS_FACT_ERRORS_BEFORE,
		.group = GROUP_TRANSFERS,
		.why = "transfers failed on the wire before",
		.cause = { LOST(4.6), FOR(DEVICE_RESET, 1), FOR(HOST_RESET, 1), FOR(UNPLUGGED, -3),
			   FOR(MODE_SWITCH, -4), FOR(SOFTWARE, -3) },
		.side = { SIDE(LINK, 2) },
	},
	/* physics: the wire breaks transfers, it does not make answers late */
	{
		.all = LS_FACT_TIMED_OUT,
		.group = GROUP_TRANSFERS,
		.why = "the device had stopped answering",
		.cause = { FOR(DEVICE_RESET, 3.5), LOST(-1.8), FOR(HOST_RESET, 1),
			   FOR(UNPLUGGED, -3), FOR(MODE_SWITCH, -2), FOR(SOFTWARE, -3) },
		.side = { SIDE(DEVICE, 2) },
	},
	/* judged: the hub saw it connected all the time, a bad contact does not last through that */
	{
		.all = LS_FACT_GONE | LS_FACT_RESET | LS_FACT_TIMED_OUT | LS_FACT_ENUM_GAVE_UP,
		.why = "neither a reset nor a new start with its power switched off in between "
		       "brought an answer",
		.cause = { FOR(DEVICE_RESET, 2), LOST(-2) },
	},
	/* xHCI, USB 3: SS.Inactive for longer than a pull takes */
	{
		.all = LS_FACT_LINK_FAILED,
		.why = "the SuperSpeed link had failed (SS.Inactive)",
		.cause = { LOST(3), FOR(HOST_RESET, 1), FOR(UNPLUGGED, -2) },
		.side = { SIDE(LINK, 2) },
	},
	/* by definition */
	{
		.all = LS_FACT_LINK_ERRORS,
		.none = LS_FACT_GONE | LS_FACT_TIMED_OUT,
		.why = "transfers failed on the wire although the device stayed: an early warning",
		.cause = { FOR(LINK_ERRORS, 5) },
		.side = { SIDE(LINK, 0) },
	},
	/* by definition; the wire does not make answers late */
	{
		.all = LS_FACT_LINK_ERRORS | LS_FACT_TIMED_OUT,
		.none = LS_FACT_GONE,
		.why = "the device did not answer in time although it stayed: an early warning",
		.cause = { FOR(LINK_ERRORS, 5) },
		.side = { SIDE(LINK, -3) },
	},
	/* judged */
	{
		.all = LS_FACT_BUSY,
		.group = GROUP_USE,
		.why = "it was in the middle of a job",
		.cause = { LOST(2.5), FOR(DEVICE_RESET, 0.5), FOR(UNPLUGGED, -2) },
	},
	/* judged */
	{
		.all = LS_FACT_FLOWING,
		.group = GROUP_USE,
		.why = "data was flowing when it left",
		.cause = { LOST(2.5), FOR(DEVICE_RESET, 0.5), FOR(UNPLUGGED, -2) },
	},
	/* by definition */
	{
		.all = LS_FACT_STALLED,
		.why = "data stopped in the middle of a job while the link stands; the program may "
		       "wait forever",
		.cause = { FOR(STALL, 7) },
	},
	/* It says nothing that its return does not say. */
	{
		.all = LS_FACT_BACK_SAME,
		.none = LS_FACT_EXPECTED | LS_FACT_REBOOTED,
		.rules_out = "a change of mode: it came back as what it was",
	},
	/* USB: C_CONNECTION. It says that the link went, and not why. */
	{
		.all = LS_FACT_GONE | LS_FACT_HUB_SAW,
		.none = LS_FACT_HUB_SILENT | LS_FACT_SWITCHED_OFF,
		.why = "the hub saw the connection go",
		.rules_out = "software: the hub itself saw the connection go",
		.cause = { FOR(UNKNOWN, -1.1), FOR(SOFTWARE, -3) },
	},

	/* What would have been reported, and was not. */
	{
		.all = LS_FACT_GONE,
		.none = LS_FACT_OVER_CURRENT | LS_FACT_OVER_CURRENT_CHANGE,
		.seeing = CURRENT_SOURCES,
		.rules_out = "power: no over-current was reported",
		.cause = { FOR(OVER_CURRENT, -2) },
	},
	{
		.all = LS_FACT_GONE,
		.none = LS_FACT_CHILDREN | LS_FACT_HUB,
		.rules_out = "the hub: it stayed",
	},
	{
		.all = LS_FACT_GONE,
		.none = LS_FACT_SLEPT,
		.rules_out = "sleep: the computer was awake",
		.cause = { FOR(SUSPEND, -2) },
	},
	{
		.all = LS_FACT_HUB_SAW,
		.none = LS_FACT_EMI,
		.rules_out = "interference: the hub did not disable the port",
		.cause = { FOR(EMI, -2) },
	},
	/* A device that dies is late with its answers first, mostly. */
	{
		.all = LS_FACT_HUB_SAW,
		.none = LS_FACT_ERRORS_BEFORE | LS_FACT_TIMED_OUT,
		.rules_out = "a link that was dying: no transfer failed more than 0.3 s before",
		.cause = { FOR(DEVICE_RESET, -0.8) },
	},
	/* Hands pull what is not in use. */
	{
		.all = LS_FACT_HUB_SAW,
		.none = LS_FACT_ERRORS_BEFORE | LS_FACT_TIMED_OUT | LS_FACT_FLOWING | LS_FACT_BUSY,
		.cause = { FOR(UNPLUGGED, 0.9) },
	},
};

const struct weight_table weight_table = { rows, LS_COUNT(rows) };

_Static_assert(LS_COUNT(rows) <= WEIGHTS_MAX, "a held row for each");

bool
weights_hold(const struct weights *row, const struct ls_incident *incident)
{
	return (incident->facts & row->all) == row->all && !(incident->facts & row->none) &&
	       (!row->seeing || (incident->sources & row->seeing));
}
