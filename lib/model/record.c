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

static const char *const sides[] = { LS_SIDES(LS_ENUM_NAME) };
static const char *const event_kinds[] = { LS_EVENT_KINDS(LS_ENUM_NAME) };

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
	return ls_name_of(sides, LS_COUNT(sides), side);
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
	int found = ls_name_find(event_kinds, LS_COUNT(event_kinds), name);

	if (found < 0)
		return found;
	*ret = (enum ls_event_kind)found;
	return 1;
}
