#include <errno.h>
#include <string.h>

#include "lib/model/record.h"

static const struct {
	const char *name, *words;
} causes[LS_N_CAUSES] = {
	[LS_CAUSE_UNKNOWN] = { "unknown", "not known why" },
	[LS_CAUSE_UNPLUGGED] = { "unplugged", "unplugged" },
	[LS_CAUSE_LINK_LOSS] = { "link-loss", "link lost" },
	[LS_CAUSE_ENUMERATION_FAILED] = { "enumeration-failed", "device does not come up" },
	[LS_CAUSE_HOST_RESET] = { "host-reset", "reset by this computer" },
	[LS_CAUSE_OVER_CURRENT] = { "over-current", "too much current drawn" },
	[LS_CAUSE_EMI] = { "emi", "port disabled by interference" },
	[LS_CAUSE_UPSTREAM_LOSS] = { "upstream-loss", "hub lost with all behind it" },
	[LS_CAUSE_CONTROLLER_DIED] = { "controller-died", "USB controller died" },
	[LS_CAUSE_SOFTWARE] = { "software", "switched off by software" },
	[LS_CAUSE_MODE_SWITCH] = { "mode-switch", "device changed its mode" },
	[LS_CAUSE_SUSPEND] = { "suspend", "computer slept" },
	[LS_CAUSE_LINK_ERRORS] = { "link-errors", "transfers fail on the link" },
	[LS_CAUSE_DEVICE_RESET] = { "device-reset", "device started anew" },
	[LS_CAUSE_STALL] = { "stall", "data stopped, the link stands" },
};

static const char *const sides[LS_N_SIDES] = {
	[LS_SIDE_UNKNOWN] = "unknown",	 [LS_SIDE_LINK] = "link",   [LS_SIDE_DEVICE] = "device",
	[LS_SIDE_HUB] = "hub",		 [LS_SIDE_POWER] = "power", [LS_SIDE_HOST] = "host",
	[LS_SIDE_SOFTWARE] = "software",
};

static const char *const event_kinds[LS_N_EVENTS] = {
	[LS_EVENT_CONNECT] = "connect",
	[LS_EVENT_DISCONNECT] = "disconnect",
	[LS_EVENT_RESET] = "reset",
	[LS_EVENT_ENUMERATION_FAILURE] = "enumeration-failure",
	[LS_EVENT_OVER_CURRENT] = "over-current",
	[LS_EVENT_EMI] = "emi",
	[LS_EVENT_LINK_TROUBLE] = "link-trouble",
	[LS_EVENT_RESUME_FAILURE] = "resume-failure",
	[LS_EVENT_POWER_REJECTED] = "power-rejected",
	[LS_EVENT_SPEED_DOWNGRADE] = "speed-downgrade",
	[LS_EVENT_CONTROLLER_TROUBLE] = "controller-trouble",
	[LS_EVENT_CONTROLLER_DIED] = "controller-died",
	[LS_EVENT_CONTROLLER_REMOVED] = "controller-removed",
	[LS_EVENT_DEAUTHORISED] = "deauthorised",
	[LS_EVENT_AUTHORISED] = "authorised",
	[LS_EVENT_WITNESS_MISSING] = "witness-missing",
	[LS_EVENT_LINK_ERRORS] = "link-errors",
	[LS_EVENT_STALL] = "stall",
	[LS_EVENT_MODE] = "mode",
	[LS_EVENT_CABLE] = "cable",
	[LS_EVENT_SLEEP] = "sleep",
	[LS_EVENT_WAKE] = "wake",
};

const char *
ls_cause_name(enum ls_cause cause)
{
	return (size_t)cause < LS_N_CAUSES ? causes[cause].name : causes[0].name;
}

const char *
ls_cause_words(enum ls_cause cause)
{
	return (size_t)cause < LS_N_CAUSES ? causes[cause].words : causes[0].words;
}

const char *
ls_side_name(enum ls_side side)
{
	return (size_t)side < LS_N_SIDES ? sides[side] : sides[0];
}

const char *
ls_event_kind_name(enum ls_event_kind kind)
{
	return (size_t)kind < LS_N_EVENTS ? event_kinds[kind] : "unknown";
}

int
ls_cause_from_name(const char *name, enum ls_cause *ret)
{
	for (size_t i = 0; i < LS_COUNT(causes); i++) {
		if (strcmp(causes[i].name, name) == 0) {
			*ret = (enum ls_cause)i;
			return 1;
		}
	}
	return -EINVAL;
}

int
ls_event_kind_from_name(const char *name, enum ls_event_kind *ret)
{
	for (size_t i = 0; i < LS_COUNT(event_kinds); i++) {
		if (strcmp(event_kinds[i], name) == 0) {
			*ret = (enum ls_event_kind)i;
			return 1;
		}
	}
	return -EINVAL;
}

int
ls_source_from_name(const char *name, enum ls_source *ret)
{
	for (int i = 0; i < LS_N_SOURCES; i++) {
		if (strcmp(ls_source_name((enum ls_source)i), name) == 0) {
			*ret = (enum ls_source)i;
			return 1;
		}
	}
	return -EINVAL;
}
