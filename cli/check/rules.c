#include "cli/check/rules.h"

#include <stdlib.h>

#include "cli/check/history.h"
#include "cli/check/hubs.h"
#include "cli/check/machine.h"
#include "cli/check/platform.h"
#include "cli/check/port.h"
#include "cli/check/tools.h"
#include "cli/check/upkeep.h"

/* The most important first: within one level, findings are printed in this order. */
static const struct {
	const char *id;
	bool of_port;
	void (*look)(struct check *check, const struct check_device *device);
} rules[] = {
	{ "presence", true, check_presence },
	{ "history", true, check_history },
	{ "over-current", true, check_over_current },
	{ "hub-power", true, check_hub_power },
	{ "under-voltage", false, check_undervoltage },
	{ "errors", true, check_errors },
	{ "speed", true, check_speed },
	{ "hubs", true, check_hub_chain },
	{ "usbmuxd", false, check_usbmuxd },
	{ "battery", false, check_battery },
	{ "sleep", false, check_sleep },
	{ "controller", false, check_controllers },
	{ "usbip", true, check_usbip },
	{ "virtual-machine", false, check_virtual },
	{ "memory", false, check_memory },
	{ "pressure", false, check_pressure },
	{ "disk", false, check_disk },
	{ "linkstatd", false, check_linkstatd },
	{ "sources", false, check_sources },
	{ "other-programs", false, check_grabbers },
	{ "restart", false, check_restart },
	{ "uptime", false, check_uptime },
	{ "dfu-port", true, check_dfu_port },
	{ "usbfs-memory", false, check_usbfs_memory },
	{ "autosuspend", true, check_autosuspend },
	{ "lpm", true, check_lpm },
	{ "neighbours", true, check_neighbours },
	{ "tools", false, check_versions },
	{ "kernel", false, check_kernel },
};

/* Ports are in their order of importance already. */
static int
by_importance(const void *a, const void *b)
{
	const struct check_finding *one = a, *two = b;

	if (one->level != two->level)
		return one->level < two->level ? -1 : 1;
	if (one->rank != two->rank)
		return one->rank < two->rank ? -1 : 1;
	if (one->port != two->port)
		return one->port < two->port ? -1 : 1;
	/* Findings of one rule and port keep their order. */
	return one->nth < two->nth ? -1 : 1;
}

void
check_look(struct check *check)
{
	for (size_t i = 0; i < LS_COUNT(rules); i++) {
		check->rule_id = rules[i].id;
		check->rule_rank = i;
		check->rule_port = CHECK_MACHINE;
		if (!rules[i].of_port)
			rules[i].look(check, NULL);
		for (size_t k = 0; rules[i].of_port && k < check->n_ports; k++) {
			check->rule_port = k;
			rules[i].look(check, &check->ports[k]);
		}
	}
	if (check->n_findings > 0)
		qsort(check->findings, check->n_findings, sizeof(*check->findings), by_importance);
}

bool
check_is_fit(const struct check *check)
{
	return check->n_findings == 0 || check->findings[0].level != CHECK_FIX;
}

const char *
check_rule_id(size_t i)
{
	return i < LS_COUNT(rules) ? rules[i].id : NULL;
}
