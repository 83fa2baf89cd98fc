#include "cli/print/advice.h"

#include <string.h>

#include "lib/model/record.h"

static const struct advice advices[LS_N_CAUSES] = {
	[LS_CAUSE_UNKNOWN] = {
		"The evidence fits no known pattern. linkstat does not guess.",
		"Check that no source is blind (linkstat), then repeat what you did: a second "
		"incident often says more. Until then change nothing, so that it can be compared.",
	},
	[LS_CAUSE_UNPLUGGED] = {
		"The device left quietly and did not come back by itself: it looks like a hand. A "
		"device that died or was switched off looks the same.",
		"Nothing, if somebody pulled the plug. If nobody touched it: see if the device "
		"still has power and how firmly the plug sits at both ends, then swap one thing at "
		"a time.",
	},
	[LS_CAUSE_LINK_LOSS] = {
		"The connection broke although nobody asked for it. Plug, cable, port, hub and "
		"device are all possible; this incident alone cannot tell which.",
		"Swap one thing at a time and work for a while before you compare: first another "
		"port of the computer itself (no hub), then another cable, then another device. "
		"Compare with: linkstat report",
	},
	[LS_CAUSE_ENUMERATION_FAILED] = {
		"Something was plugged in, but it never answered well enough to be recognised.",
		"Unplug it, wait ten seconds, plug it straight into another port of the computer. "
		"Works there: the first port or hub is suspect. Fails there: try another cable, "
		"then the device on another computer.",
	},
	[LS_CAUSE_HOST_RESET] = {
		"A driver or a program reset the device, and it survived. Often the answer to a "
		"transfer that hung.",
		"Once: nothing. Again and again under load: swap one thing at a time, the port "
		"first, and compare the resets with: linkstat report",
	},
	[LS_CAUSE_OVER_CURRENT] = {
		"More current was drawn than the port can give, and its power was cut.",
		"Take other devices off this hub, or use a hub with its own power supply. If it "
		"stays with nothing plugged in, the port or its hub is damaged: use another.",
	},
	[LS_CAUSE_EMI] = {
		"The hub switched the port off because of disturbed signals while the plug was in.",
		"Move the cable away from motors, power supplies and radios; use a short, shielded "
		"cable and no extension. Then one thing at a time: cable, port, device.",
	},
	[LS_CAUSE_UPSTREAM_LOSS] = {
		"The hub above left, and all that is plugged into it left with it.",
		"Look at the hub, not at the device: its plug, its cable, its power supply. To be "
		"sure, plug the device straight into the computer.",
	},
	[LS_CAUSE_CONTROLLER_DIED] = {
		"The computer's USB controller stopped working. All its ports are dead, whatever "
		"is plugged in.",
		"Save the kernel log (journalctl -k > kernel.txt), then restart the computer. If "
		"it happens again: update BIOS and kernel, or use ports of another controller.",
	},
	[LS_CAUSE_SOFTWARE] = {
		"A program or a setting switched the device off. The connection itself was fine.",
		"Look for who did it at that time: journalctl --since. Usual: USBGuard, TLP, "
		"powertop, a virtual machine that takes the device, a script. Not the cable.",
	},
	[LS_CAUSE_MODE_SWITCH] = {
		"The device left and came back as something else on purpose, as phones do several "
		"times during a restore.",
		"Nothing: this is expected. It is trouble only if the device does not come back.",
	},
	[LS_CAUSE_LINK_ERRORS] = {
		"Transfers failed on the wire although the device stayed: links that do this often "
		"drop soon.",
		"Do not start a long job here. Try another port of the computer itself, then another "
		"cable, one at a time.",
	},
	[LS_CAUSE_DEVICE_RESET] = {
		"The device stopped answering or started anew by itself. The cable is not the first "
		"suspect: firmware, battery, power and heat of the device are.",
		"Give it full power (its own supply, a charged battery, a port of the computer "
		"itself) and repeat. If it fails at the same point again, with another cable too, "
		"it is the device.",
	},
	[LS_CAUSE_STALL] = {
		"The link stands, but no data moves although transfers wait. idevicerestore waits "
		"forever then.",
		"Wait a few minutes: some steps are silent for long. If nothing moves, stop the "
		"program, restart the device, and try again, on another port.",
	},
	[LS_CAUSE_SUSPEND] = {
		"The computer slept, and the device went with it.",
		"Nothing, unless it had work to do. To keep the computer awake during a job: "
		"systemd-inhibit COMMAND",
	},
};

const struct advice *
advice_for(const char *cause)
{
	enum ls_cause found;

	if (ls_cause_from_name(cause, &found) != 1)
		found = LS_CAUSE_UNKNOWN;
	return &advices[found];
}

const char *
advice_words(const char *cause)
{
	enum ls_cause found;

	return ls_cause_from_name(cause, &found) == 1 ? ls_cause_words(found) : cause;
}

const char *
advice_side(const char *side)
{
	static const struct {
		const char *name, *words;
	} sides[] = {
		{ "link", "the plug, the cable or the port" },
		{ "device", "the device itself" },
		{ "hub", "the hub above it" },
		{ "power", "power" },
		{ "host", "this computer" },
		{ "software", "a program on this computer" },
	};

	for (size_t i = 0; i < LS_COUNT(sides); i++)
		if (strcmp(sides[i].name, side) == 0)
			return sides[i].words;
	return NULL;
}

const char *
advice_source(const char *source)
{
	return strcmp(source, "kernel-log") == 0 ? "kernel log" : source;
}
