#include <string.h>

#include "lib/engine/causes.h"
#include "lib/base/text.h"

/* Sources that report that a device connects and disconnects; any other fact has one source. */
static const enum ls_source presence_sources[] = {
	LS_SOURCE_KERNEL_LOG,
	LS_SOURCE_UDEV,
	LS_SOURCE_LIBUSB,
};

/* A disconnect seen by one source less is a little less sure: sources fail together rarely. */
#define SILENT_SOURCE 0.06

/*
 * First match wins: all of .all and none of .none. The order is that of directness: what the
 * hardware itself reported, then what left together, then what software did, then how the device
 * returned. Confidence is that with all sources; rules .of_presence lose some for each of kernel
 * log, udev and libusb that reported nothing. The facts behind a rule are those of DESIGN section 5.
 */
static const struct rule {
	uint64_t all, none;
	enum ls_cause cause;
	enum ls_side side;
	bool drop, of_presence;
	double confidence;
	const char *why;
} rules[] = {
	/* Reported by the hardware, or by the kernel for it. */
	{ LS_FACT_CONTROLLER_DIED, 0, LS_CAUSE_CONTROLLER_DIED, LS_SIDE_HOST, true, false, 0.98,
	  "the kernel declared the USB controller dead; everything on it left with it" },
	{ LS_FACT_BUS_GONE, 0, LS_CAUSE_SOFTWARE, LS_SIDE_HOST, false, false, 0.9,
	  "the USB controller was removed or its driver unbound; no cable or device did this" },
	{ LS_FACT_OVER_CURRENT_CHANGE, LS_FACT_OVER_CURRENT | LS_FACT_EMI, LS_CAUSE_OVER_CURRENT,
	  LS_SIDE_POWER, true, false, 0.85,
	  "the port reported that more current was drawn than it can give" },
	{ LS_FACT_OVER_CURRENT, 0, LS_CAUSE_OVER_CURRENT, LS_SIDE_POWER, true, false, 0.95,
	  "the port reported that more current was drawn than it can give" },
	/* Its family says that it does this. A device that resets itself may look like EMI. */
	{ LS_FACT_GONE | LS_FACT_REBOOTED, 0, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true, true,
	  0.9, "it came back in a mode that means that it started anew" },
	{ LS_FACT_GONE | LS_FACT_LOOKS_ALIKE, 0, LS_CAUSE_UNKNOWN, LS_SIDE_UNKNOWN, false, true, 0,
	  "it came back as what it was: it changed its mode, or its link was lost; without usbmon "
	  "nothing tells which" },
	{ LS_FACT_GONE | LS_FACT_EXPECTED, 0, LS_CAUSE_MODE_SWITCH, LS_SIDE_DEVICE, false, true,
	  0.96, "it came back in the mode that was to be expected" },
	{ LS_FACT_EMI, 0, LS_CAUSE_EMI, LS_SIDE_LINK, true, false, 0.93,
	  "the hub disabled the port while the plug was still connected" },
	{ LS_FACT_GONE | LS_FACT_SLEPT, 0, LS_CAUSE_SUSPEND, LS_SIDE_HOST, false, true, 0.85,
	  "the computer went to sleep or woke up at that moment" },
	/* The lowest common ancestor is blamed, once. */
	{ LS_FACT_CHILDREN | LS_FACT_GONE, 0, LS_CAUSE_UPSTREAM_LOSS, LS_SIDE_HUB, true, true, 0.95,
	  "a hub left, and the devices behind it left with it: they are not to blame" },
	{ LS_FACT_CHILDREN | LS_FACT_RESET, 0, LS_CAUSE_UPSTREAM_LOSS, LS_SIDE_HUB, true, false,
	  0.93, "a hub was reset, which takes the devices behind it off the bus" },
	/* Software did it: the hub got a request for it, or reported no change. */
	{ LS_FACT_DEAUTHORISED, 0, LS_CAUSE_SOFTWARE, LS_SIDE_SOFTWARE, false, false, 0.97,
	  "a program took the device's authorisation away; the link itself stayed up" },
	{ LS_FACT_GONE | LS_FACT_SWITCHED_OFF, LS_FACT_RESET | LS_FACT_ENUM_FAILED,
	  LS_CAUSE_SOFTWARE, LS_SIDE_SOFTWARE, false, false, 0.9,
	  "this computer took the device off, or its port, before the connection went" },
	{ LS_FACT_GONE | LS_FACT_REMOVED, 0, LS_CAUSE_SOFTWARE, LS_SIDE_SOFTWARE, false, false,
	  0.93, "a program removed the device from the bus; the plug may still be in" },
	{ LS_FACT_FIRMWARE_CHANGED, 0, LS_CAUSE_MODE_SWITCH, LS_SIDE_DEVICE, false, false, 0.9,
	  "after a reset the device presented other descriptors: it changed its mode" },
	/* A reset that failed ends in a disconnect that the hub knows nothing of: what went before
	 * the reset is the cause. */
	{ LS_FACT_GONE | LS_FACT_RESET | LS_FACT_HUB_SILENT | LS_FACT_ERRORS_BEFORE, 0,
	  LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true, true, 0.9,
	  "transfers failed on the wire, a reset did not help, and the kernel gave the device up" },
	{ LS_FACT_GONE | LS_FACT_RESET | LS_FACT_HUB_SILENT | LS_FACT_TIMED_OUT, 0,
	  LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true, true, 0.75,
	  "the device stopped answering, a reset did not help, and the kernel gave it up" },
	{ LS_FACT_GONE | LS_FACT_RESET_FAILED, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true, true,
	  0.65,
	  "a reset failed first, and the kernel gave the device up; the plug may still be in" },
	{ LS_FACT_GONE | LS_FACT_RESET | LS_FACT_HUB_SILENT, LS_FACT_ENUM_GAVE_UP,
	  LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true, true, 0.65,
	  "a reset failed first, and the kernel gave the device up; the plug may still be in" },
	{ LS_FACT_GONE | LS_FACT_RESUME_FAILED, 0, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true,
	  true, 0.6, "it did not wake up from power saving, and the kernel gave it up" },
	{ LS_FACT_GONE | LS_FACT_HUB_SILENT, LS_FACT_ENUM_FAILED, LS_CAUSE_SOFTWARE,
	  LS_SIDE_SOFTWARE, false, true, 0.9,
	  "the hub saw no change at the port: a program or the kernel itself took the device off" },
	/* It never came up. */
	{ LS_FACT_ENUM_GAVE_UP | LS_FACT_BOUNCE, 0, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_LINK, true,
	  false, 0.95, "the contact bounced and the kernel gave up" },
	{ LS_FACT_ENUM_GAVE_UP, 0, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_UNKNOWN, true, false, 0.97,
	  "the device was noticed but did not answer, and the kernel gave up" },
	/* The same one came back: it did not restart, its link was lost. */
	{ LS_FACT_GONE | LS_FACT_BACK_SAME | LS_FACT_ERRORS_BEFORE, 0, LS_CAUSE_LINK_LOSS,
	  LS_SIDE_LINK, true, true, 0.96,
	  "transfers failed before it left, and the same device, by its serial number, came back" },
	{ LS_FACT_GONE | LS_FACT_BACK_SAME | LS_FACT_LINK_FAILED, 0, LS_CAUSE_LINK_LOSS,
	  LS_SIDE_LINK, true, true, 0.95,
	  "the SuperSpeed link failed (SS.Inactive) before it left, and the same device came "
	  "back" },
	{ LS_FACT_GONE | LS_FACT_BACK_SAME | LS_FACT_BUSY, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK,
	  true, true, 0.94,
	  "the same device came back in the same mode in the middle of a job: it did not restart" },
	{ LS_FACT_GONE | LS_FACT_BACK_SAME | LS_FACT_TIMED_OUT, 0, LS_CAUSE_DEVICE_RESET,
	  LS_SIDE_DEVICE, true, true, 0.75,
	  "it stopped answering before it left, and came back by itself: it died for a moment" },
	{ LS_FACT_GONE | LS_FACT_BACK_SAME | LS_FACT_FLOWING, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK,
	  true, true, 0.94,
	  "it left while data flowed, and the same device, by its serial number, came back" },
	{ LS_FACT_GONE | LS_FACT_BACK_SAME | LS_FACT_HUB_SAW, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK,
	  true, true, 0.92,
	  "the same device, by its serial number, came back on the same port by itself" },
	{ LS_FACT_GONE | LS_FACT_BACK_SAME, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true, true, 0.79,
	  "the same device, by its serial number, came back on the same port by itself; one that "
	  "died for a moment looks the same" },
	{ LS_FACT_GONE | LS_FACT_BACK_MODEL | LS_FACT_ERRORS_BEFORE, 0, LS_CAUSE_LINK_LOSS,
	  LS_SIDE_LINK, true, true, 0.92,
	  "transfers failed before it left, and a device of the same kind came back at once" },
	{ LS_FACT_GONE | LS_FACT_BACK_MODEL | LS_FACT_TIMED_OUT, 0, LS_CAUSE_DEVICE_RESET,
	  LS_SIDE_DEVICE, true, true, 0.7,
	  "it stopped answering before it left, and came back by itself: it died for a moment" },
	{ LS_FACT_GONE | LS_FACT_BACK_MODEL | LS_FACT_HUB_SAW, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK,
	  true, true, 0.82, "a device of the same kind came back on the same port at once" },
	{ LS_FACT_GONE | LS_FACT_BACK_MODEL, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true, true, 0.7,
	  "a device of the same kind came back on the same port at once; one that died for a "
	  "moment looks the same" },
	{ LS_FACT_GONE | LS_FACT_BACK_UNKNOWN | LS_FACT_ERRORS_BEFORE, 0, LS_CAUSE_LINK_LOSS,
	  LS_SIDE_LINK, true, true, 0.88,
	  "transfers failed before it left, and something came back on the same port at once" },
	{ LS_FACT_GONE | LS_FACT_BACK_OTHER_MODE | LS_FACT_SERIAL, 0, LS_CAUSE_MODE_SWITCH,
	  LS_SIDE_DEVICE, false, true, 0.85, "it came back on the same port with other ids" },
	{ LS_FACT_GONE | LS_FACT_BACK_OTHER_MODE, 0, LS_CAUSE_MODE_SWITCH, LS_SIDE_DEVICE, false,
	  true, 0.75, "it came back on the same port with other ids" },
	{ LS_FACT_GONE | LS_FACT_BACK_UNKNOWN, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true, true,
	  0.65,
	  "something came back on the same port at once; nothing says whether it is the same "
	  "device" },
	/* A person unplugged it. */
	{ LS_FACT_GONE | LS_FACT_ELSEWHERE, 0, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false, true,
	  0.97, "the same device, by its serial number, turned up on another port" },
	{ LS_FACT_GONE | LS_FACT_OTHER_CAME, 0, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false, true,
	  0.9, "a different device was plugged into the same port" },
	{ LS_FACT_GONE | LS_FACT_PARTNER_GONE | LS_FACT_AWAY, LS_FACT_ERRORS_BEFORE,
	  LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false, true, 0.98,
	  "the Type-C connector became empty at the same moment: the plug was pulled" },
	/* It did not come back: was it pulled? */
	{ LS_FACT_GONE | LS_FACT_AWAY | LS_FACT_ERRORS_BEFORE, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK,
	  true, true, 0.85, "transfers failed well before it left, and it did not come back" },
	{ LS_FACT_GONE | LS_FACT_AWAY | LS_FACT_ENUM_FAILED, 0, LS_CAUSE_ENUMERATION_FAILED,
	  LS_SIDE_UNKNOWN, true, false, 0.85,
	  "it left, the kernel noticed it again but could not talk to it" },
	{ LS_FACT_GONE | LS_FACT_AWAY | LS_FACT_RESET, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true,
	  true, 0.6, "a reset went before, and the device did not survive it" },
	{ LS_FACT_GONE | LS_FACT_AWAY | LS_FACT_BUSY, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true,
	  true, 0.6,
	  "it left in the middle of a job and did not come back: link lost, or the device died" },
	{ LS_FACT_GONE | LS_FACT_AWAY | LS_FACT_TIMED_OUT, 0, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE,
	  true, true, 0.6, "it stopped answering before it left, and it did not come back" },
	{ LS_FACT_GONE | LS_FACT_AWAY | LS_FACT_FLOWING, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN,
	  true, true, 0.55,
	  "it left while data flowed and did not come back: link lost, or pulled while in use" },
	{ LS_FACT_GONE | LS_FACT_AWAY | LS_FACT_HUB_SAW, 0, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN,
	  false, true, 0.85, "the connection went while nothing flowed, and it did not come back" },
	{ LS_FACT_GONE | LS_FACT_AWAY, 0, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false, true, 0.75,
	  "it left and did not come back; a device that died looks the same" },
	{ LS_FACT_GONE | LS_FACT_ENUM_FAILED, LS_FACT_CAME_UP | LS_FACT_RESET | LS_FACT_AWAY,
	  LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true, true, 0.6,
	  "the kernel could not talk to it any more" },
	{ LS_FACT_GONE | LS_FACT_ERRORS_BEFORE, 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true, true,
	  0.8, "transfers failed well before it left" },
	{ LS_FACT_GONE, 0, LS_CAUSE_UNKNOWN, LS_SIDE_UNKNOWN, false, true, 0,
	  "it left; whether it comes back by itself will tell why" },
	/* It stayed. */
	{ LS_FACT_ENUM_FAILED | LS_FACT_CAME_UP, LS_FACT_RESET, LS_CAUSE_ENUMERATION_FAILED,
	  LS_SIDE_UNKNOWN, false, false, 0.8, "the device came up only after failed tries" },
	{ LS_FACT_RESET | LS_FACT_LINK_FAILED, 0, LS_CAUSE_HOST_RESET, LS_SIDE_LINK, false, false,
	  0.95, "the SuperSpeed link had failed (SS.Inactive); a reset brought it back" },
	{ LS_FACT_RESET | LS_FACT_ERRORS_BEFORE, 0, LS_CAUSE_HOST_RESET, LS_SIDE_LINK, false, false,
	  0.93, "transfers failed on the wire, and a driver or a program reset the device" },
	{ LS_FACT_RESET | LS_FACT_TIMED_OUT, 0, LS_CAUSE_HOST_RESET, LS_SIDE_DEVICE, false, false,
	  0.9, "the device stopped answering, and a driver or a program reset it" },
	{ LS_FACT_RESET, LS_FACT_ENUM_FAILED, LS_CAUSE_HOST_RESET, LS_SIDE_UNKNOWN, false, false,
	  0.9, "a driver or a program reset the device, and it stayed on the bus" },
	{ LS_FACT_RESET, 0, LS_CAUSE_HOST_RESET, LS_SIDE_LINK, false, false, 0.85,
	  "a driver or a program reset the device, which answered only after failed tries" },
	{ LS_FACT_STALLED, 0, LS_CAUSE_STALL, LS_SIDE_UNKNOWN, false, false, 0.9,
	  "data stopped in the middle of a job while the link stands; the program may wait "
	  "forever" },
	{ LS_FACT_LINK_ERRORS, 0, LS_CAUSE_LINK_ERRORS, LS_SIDE_LINK, false, false, 0.85,
	  "transfers failed on the wire although the device stayed: an early warning" },
	{ LS_FACT_ENUM_FAILED, 0, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_UNKNOWN, true, false, 0.85,
	  "the device was noticed but did not answer" },
	{ 0, 0, LS_CAUSE_UNKNOWN, LS_SIDE_UNKNOWN, true, false, 0,
	  "none of the known causes is supported by evidence" },
};

static const struct rule *
match(uint64_t facts)
{
	const struct rule *rule = rules;

	while ((facts & rule->all) != rule->all || (facts & rule->none))
		rule++; /* the last rule matches everything */
	return rule;
}

static unsigned int
n_silent(ls_source_set reported)
{
	unsigned int n = 0;

	for (size_t i = 0; i < LS_COUNT(presence_sources); i++)
		n += !(reported & 1U << presence_sources[i]);
	return n;
}

void
ls_cause_decide(struct ls_incident *incident)
{
	const struct rule *rule = match(incident->facts);
	double confidence = rule->confidence;

	if (rule->of_presence)
		confidence -= SILENT_SOURCE * n_silent(incident->sources);
	incident->cause = rule->cause;
	incident->side = rule->side;
	incident->drop = rule->drop;
	/* Two digits are more than is known. */
	incident->confidence = confidence > 0 ? (int)(confidence * 100 + 0.5) / 100.0 : 0;
	ls_text_format(incident->why, sizeof(incident->why), "%s", rule->why);
}

size_t
ls_cause_ruled_out(const struct ls_incident *incident, const char *ret[LS_RULED_OUT_MAX])
{
	static const ls_source_set current_sources = 1U << LS_SOURCE_UDEV | 1U << LS_SOURCE_USBMON;
	static const struct {
		uint64_t all, none;
		ls_source_set any_source; /* 0: any source */
		const char *what;
	} exclusions[] = {
		{ LS_FACT_BACK_SAME, LS_FACT_EXPECTED | LS_FACT_REBOOTED, 0,
		  "a change of mode: it came back as what it was" },
		{ LS_FACT_HUB_SAW, 0, 0, "software: the hub itself saw the connection go" },
		{ LS_FACT_GONE, LS_FACT_OVER_CURRENT, current_sources,
		  "power: no over-current was reported" },
		{ LS_FACT_GONE, LS_FACT_CHILDREN | LS_FACT_HUB, 0, "the hub: it stayed" },
		{ LS_FACT_GONE, LS_FACT_SLEPT, 0, "sleep: the computer was awake" },
		{ LS_FACT_HUB_SAW, LS_FACT_EMI, 0,
		  "interference: the hub did not disable the port" },
		{ LS_FACT_HUB_SAW, LS_FACT_ERRORS_BEFORE | LS_FACT_TIMED_OUT, 0,
		  "a link that was dying: no transfer failed more than 0.3 s before" },
	};
	size_t n = 0;

	if (!ls_cause_row(incident->cause)->lists_ruled_out || incident->open)
		return 0;
	for (size_t i = 0; i < LS_COUNT(exclusions) && n < LS_RULED_OUT_MAX; i++) {
		if ((incident->facts & exclusions[i].all) == exclusions[i].all &&
		    !(incident->facts & exclusions[i].none) &&
		    (!exclusions[i].any_source || (incident->sources & exclusions[i].any_source)))
			ret[n++] = exclusions[i].what;
	}
	return n;
}
