#include "lib/engine/advice.h"

#include "lib/engine/facts.h"

#define CAUSE(id) .cause = LS_CAUSE_##id
#define SIDE(id)  .side = LS_SIDE_##id
#define FIRST(id) .first = LS_SIDE_##id

/* What several causes share. */
#define OTHER_CONTROLLER                                                                           \
	"Use a port of another USB controller (lsusb -t shows which ports share one), and update " \
	"BIOS and kernel."
#define CLEAN_SOCKET                                                                               \
	"Look into the socket with a light and take out lint (a wooden toothpick, power off), "    \
	"and "                                                                                     \
	"see that the plug sits firmly. "
#define NO_AUTOSUSPEND                                                                             \
	"Switch power saving off for it (\"on\" in power/control of the device in "                \
	"/sys/bus/usb/devices; TLP and powertop switch it on again), and update its firmware. "

const struct ls_advice ls_advice_rows[] = {
	/* ---- the link was lost ---- */
	{ CAUSE(LINK_LOSS), SIDE(HOST), FIRST(HOST),
	  .next = "The USB controller of this computer reported trouble at that "
		  "moment. " OTHER_CONTROLLER " Cable and device come after that." },
	{ CAUSE(LINK_LOSS), .all = LS_FACT_BOUNCE, FIRST(LINK),
	  .next = CLEAN_SOCKET
	  "If it happens again, swap one thing at a time: first the cable, then the port." },
	{ CAUSE(LINK_LOSS), .all = LS_FACT_LINK_FAILED, FIRST(LINK),
	  .next = "The SuperSpeed wires failed. Use a short USB 3 cable without extension, "
		  "straight into the computer, then another USB 3 port. Until then a USB 2 cable "
		  "or port is slower, but does without these wires." },
	{ CAUSE(LINK_LOSS), .all = LS_FACT_SLOWER, FIRST(LINK),
	  .next = "It came back slower than it was, as with a plug that makes only half "
		  "contact. " CLEAN_SOCKET
		  "Then swap one thing at a time: first the cable, then the port." },
	{ CAUSE(LINK_LOSS), .all = LS_FACT_HUB, FIRST(LINK),
	  .next = "Look at the hub itself: its power supply, its cable and its plug. To be sure, "
		  "plug the devices straight into the computer." },

	/* ---- it does not start ---- */
	{ CAUSE(ENUMERATION_FAILED), SIDE(HOST), FIRST(HOST),
	  .next = "The USB controller of this computer did not answer in time. Restart the "
		  "computer. " OTHER_CONTROLLER " Cable and device come after that." },
	{ CAUSE(ENUMERATION_FAILED), .all = LS_FACT_SLEPT, FIRST(UNKNOWN),
	  .next = "It did not start after the computer had slept. Unplug it and plug it in "
		  "again. If that happens after each sleep, update its firmware and the BIOS, or "
		  "plug it in after the computer is awake." },
	{ CAUSE(ENUMERATION_FAILED), .all = LS_FACT_BOUNCE, FIRST(LINK),
	  .next = CLEAN_SOCKET "Then try another cable, then another port." },
	{ CAUSE(ENUMERATION_FAILED), .all = LS_FACT_CAME_UP, SIDE(DEVICE), FIRST(DEVICE),
	  .next = "Nothing, if it works now and this was the only time. If it is slow to start "
		  "each time, give it full power (a hub with its own supply) and update its "
		  "firmware." },
	{ CAUSE(ENUMERATION_FAILED), SIDE(DEVICE), FIRST(DEVICE),
	  .next = "It does not answer at all, like a device that hangs or lacks power. Switch it "
		  "off and on again (unplug it for ten seconds, its own supply too), and give it "
		  "full power: its own supply, a charged battery, a powered hub. Then try it on "
		  "another computer, then with another cable." },
	{ CAUSE(ENUMERATION_FAILED), .all = LS_FACT_CONFIG_FAILED, .none = LS_FACT_ENUM_GAVE_UP,
	  FIRST(LINK),
	  .next = "It answers, but its first commands fail. Unplug it, wait ten seconds, and "
		  "plug it straight into a port of another USB controller, or a hub with its own "
		  "supply. Then try another cable, then another computer." },
	{ CAUSE(ENUMERATION_FAILED), .all = LS_FACT_CAME_UP, FIRST(LINK),
	  .next = "Nothing, if it works now and this was the only time. If it is slow to start "
		  "each time, try another port of the computer itself, then another cable." },

	/* ---- resets ---- */
	{ CAUSE(HOST_RESET), SIDE(HOST), FIRST(HOST),
	  .next = "The USB controller of this computer reported trouble. " OTHER_CONTROLLER },
	{ CAUSE(HOST_RESET), SIDE(DEVICE), FIRST(DEVICE),
	  .next = "The device is too slow with its answers. Update its firmware, and give it "
		  "full power. A disk that is reset again and again: save its data, then look at "
		  "its health (smartctl -a)." },
	{ CAUSE(HOST_RESET), SIDE(LINK), FIRST(LINK),
	  .next = "Swap one thing at a time and work for a while before you compare: first "
		  "another port of the computer itself (no hub), then another cable. Compare the "
		  "resets with: linkstat report" },

	/* ---- power ---- */
	{ CAUSE(OVER_CURRENT), .all = LS_FACT_PORT_EMPTY, FIRST(POWER),
	  .next = "Nothing was plugged in there, so nothing was lost. Some boards report unused "
		  "ports so: then ignore it. If it began one day, the port or its hub is "
		  "damaged: look for a bent contact or metal in the socket, and use another "
		  "port." },

	/* ---- hubs ---- */
	{ CAUSE(UPSTREAM_LOSS), .all = LS_FACT_BOTH_HALVES, FIRST(HUB),
	  .next = "Both halves of the hub or dock left together, USB 2 and USB 3: look at the "
		  "cable between it and the computer, and at its power supply, not at the "
		  "devices." },

	/* ---- nothing to mend, if somebody did it ---- */
	{ CAUSE(UNPLUGGED), .all = LS_FACT_BUS_GONE, FIRST(UNKNOWN),
	  .next = "Nothing, if you pulled the dock or the card, or handed the controller to a "
		  "virtual machine. If nobody did: look at the cable and the supply of the dock." },
	{ CAUSE(UNPLUGGED), .all = LS_FACT_CHILDREN, FIRST(UNKNOWN),
	  .next = "Nothing, if you pulled the hub or dock or switched it off. If nobody touched "
		  "it: see if it still has power, and how firmly its plug sits at both ends." },
	{ CAUSE(SOFTWARE), .all = LS_FACT_BUS_GONE, FIRST(UNKNOWN),
	  .next = "Nothing, if you removed the controller or handed it to a virtual machine. If "
		  "not, look for who did it at that time: journalctl --since. Not the cable." },
	{ CAUSE(SOFTWARE), .all = LS_FACT_SWITCHED_OFF, FIRST(SOFTWARE),
	  .next = "This computer switched the port off: look for uhubctl, a power saving tool or "
		  "a script at that time (journalctl --since). Not the cable." },
	{ CAUSE(SUSPEND), .all = LS_FACT_RESUME_FAILED, FIRST(HOST),
	  .next = "It did not wake up with the computer. Unplug it and plug it in again. If that "
		  "happens after each sleep, update BIOS and kernel, then its firmware." },

	/* ---- the device ---- */
	{ CAUSE(DEVICE_RESET), .all = LS_FACT_BEAT, FIRST(DEVICE),
	  .next = "It restarts in a loop: give it full power (its own supply, a charged "
		  "battery), then look at its firmware: its own log or serial console, or write "
		  "it anew. Another cable helps only if too little power comes through this one." },
	{ CAUSE(DEVICE_RESET), .all = LS_FACT_RESUME_FAILED, FIRST(DEVICE),
	  .next = NO_AUTOSUSPEND "The cable is not the first suspect." },

	/* ---- transfers ---- */
	{ CAUSE(LINK_ERRORS), SIDE(HOST), FIRST(HOST),
	  .next = "Do not start a long job here. The USB controller of this computer reported "
		  "trouble. " OTHER_CONTROLLER },
	{ CAUSE(LINK_ERRORS), SIDE(DEVICE), FIRST(DEVICE),
	  .next = "Do not start a long job here. The device answers too late or not at all: "
		  "restart it, give it full power, and update its firmware. The wire comes after "
		  "that." },

	/* ---- this computer's resources ---- */
	{ CAUSE(HOST_LIMIT), .all = LS_FACT_NO_SLOT, FIRST(HOST),
	  .next = "The USB controller manages no more devices or endpoints. Take some devices "
		  "off it, hubs count too, or use a port of another USB controller: lsusb -t "
		  "shows which ports share one." },

	/* ---- not known ---- */
	{ CAUSE(UNKNOWN), .all = LS_FACT_LOOKS_ALIKE, FIRST(UNKNOWN),
	  .next = "Let linkstatd see usbmon (sudo modprobe usbmon), and repeat what you did: "
		  "only the transfers tell a change of mode from a lost link." },
};

const size_t ls_n_advice_rows = LS_COUNT(ls_advice_rows);

const struct ls_advice *
ls_advice_find(const struct ls_incident *incident)
{
	for (size_t i = 0; i < LS_COUNT(ls_advice_rows); i++) {
		const struct ls_advice *row = &ls_advice_rows[i];

		if (row->cause == incident->cause &&
		    (row->side == LS_SIDE_UNKNOWN || row->side == incident->side) &&
		    (incident->facts & row->all) == row->all && !(incident->facts & row->none))
			return row;
	}
	return NULL;
}

const char *
ls_advice_next(const struct ls_incident *incident)
{
	const struct ls_advice *row = ls_advice_find(incident);

	return row ? row->next : ls_cause_row(incident->cause)->next;
}
