#include "cli/check/hubs.h"

#include <string.h>

#include "cli/check/found.h"
#include "cli/check/tree.h"
#include "cli/check/devices.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

/* USB 2.0, 7.2.1: a hub without a supply of its own gets 500 mA and gives each port one unit of
 * 100; a SuperSpeed one 900 and 150 (USB 3.2, 11.4). */
#define UNIT_MA		  100
#define UNIT_SUPER_MA	  150
#define BUDGET_MA	  500
#define BUDGET_SUPER_MA	  900
#define SUPER_SPEED	  5000
#define TIERS_FINE	  1
#define NEIGHBOURS_NAMED  3
#define APPLE_IN_PARALLEL 10
#define TIERS_MAX	  7

static bool
is_bus_powered(const struct check_device *hub)
{
	return !check_is_root_hub(hub) && hub->attributes != 0 &&
	       !(hub->attributes & CHECK_SELF_POWERED);
}

/* The current that the hub and all devices that it powers may draw, as they report it. */
static unsigned int
demand_ma(const struct check *check, const struct check_device *hub)
{
	unsigned int sum = hub->max_power_ma;

	for (size_t i = 0; i < check->n_devices; i++) {
		char parent[LS_PORT_NAME_MAX];

		if (ls_port_parent(check->devices[i].name, parent) == 1 &&
		    strcmp(parent, hub->name) == 0)
			sum += check->devices[i].max_power_ma;
	}
	return sum;
}

static void
judge_bus_powered(struct check *check, const struct check_device *device,
		  const struct check_device *hub)
{
	bool super = hub->megabits >= SUPER_SPEED;
	unsigned int unit = super ? UNIT_SUPER_MA : UNIT_MA;
	unsigned int budget = super ? BUDGET_SUPER_MA : BUDGET_MA, sum = demand_ma(check, hub);

	if (device->there && device->max_power_ma > unit)
		check_add(
			check, CHECK_FIX,
			"The hub above (%s, %s) has no power supply of its own: it may give %u mA "
			"to each port, and the %s asks for %u.",
			hub->title, hub->name, unit, device->title, device->max_power_ma);
	else if (sum > budget)
		check_add(check, CHECK_FIX,
			  "The hub above (%s, %s) has no power supply of its own, and all that "
			  "is plugged into it asks for %u mA of the %u it gets.",
			  hub->title, hub->name, sum, budget);
	else
		check_add(check, CHECK_NOTE,
			  "The hub above (%s, %s) has no power supply of its own; %u of %u mA are "
			  "asked for.",
			  hub->title, hub->name, sum, budget);
	check_advise(check, "Plug the device into the computer itself, or use a hub with its own "
			    "supply.");
}

void
check_hub_power(struct check *check, const struct check_device *device)
{
	const struct check_device *hub = check_hub_of(check, device);
	bool outside = false;

	while (hub && !check_is_root_hub(hub)) {
		if (is_bus_powered(hub)) {
			judge_bus_powered(check, device, hub);
			return;
		}
		outside = outside || !hub->fixed;
		hub = check_hub_of(check, hub);
	}
	if (!outside || !check_matters(check, device))
		return;
	check_add(check, CHECK_NOTE,
		  "The hub in between says that it has a power supply of its own. Linux cannot see "
		  "if that is plugged in.");
	check_advise(check, "See that its supply is plugged in and strong enough: 500 mA and more "
			    "for each device.");
}

/* External hubs. */
static unsigned int
count_hubs(const struct check *check, const struct check_device *device, char *names, size_t size)
{
	const struct check_device *hub = check_hub_of(check, device);
	unsigned int n = 0;
	size_t len = 0;

	names[0] = '\0';
	for (; hub && !check_is_root_hub(hub) && n < TIERS_MAX; hub = check_hub_of(check, hub)) {
		if (hub->fixed)
			continue;
		ls_text_format(names + len, size - len, "%s%s (%s)", n > 0 ? ", " : "", hub->title,
			       hub->name);
		len += strlen(names + len);
		n++;
	}
	return n;
}

void
check_hub_chain(struct check *check, const struct check_device *device)
{
	char names[WORDS_MAX];
	unsigned int n = count_hubs(check, device, names, sizeof(names));

	if (n == 0) {
		check_add(check, CHECK_FINE, "No hub is in between.");
		return;
	}
	if (n <= TIERS_FINE && !check_matters(check, device))
		return;
	if (n <= TIERS_FINE)
		check_add(check, CHECK_NOTE, "One hub is in between: %s.", names);
	else
		check_add(check, check_is_apple(device) ? CHECK_FIX : CHECK_NOTE,
			  "%u hubs are in between: %s. Restores that work behind one hub have "
			  "failed behind two and three.",
			  n, names);
	check_advise(check, "For a long job plug the device into the computer itself, at best at "
			    "the back.");
}

struct heavy_class {
	unsigned int class;
	const char *what;
};

/* By the class of any of its first interfaces; NULL for one that moves little. */
static const char *
heavy_kind(const struct check *check, const struct check_device *device)
{
	static const struct heavy_class heavy[] = {
		{ 0x08, "disk" },
		{ 0x0e, "camera" },
		{ 0x01, "sound" },
	};

	for (unsigned int interface = 0; interface < 4; interface++) {
		uint64_t class;

		if (!check_number(check, 16, &class, "sys/bus/usb/devices/%s:1.%u/bInterfaceClass",
				  device->name, interface))
			continue;
		for (size_t i = 0; i < LS_COUNT(heavy); i++)
			if (heavy[i].class == class)
				return heavy[i].what;
	}
	return NULL;
}

void
check_neighbours(struct check *check, const struct check_device *device)
{
	char names[WORDS_MAX] = "";
	size_t n = 0, n_apple = 0, len = 0;

	if (!device->there || !device->controller[0] ||
	    (check->n_ports > 1 && !check_is_apple(device)) /* it would be reported for all */)
		return;
	for (size_t i = 0; i < check->n_devices; i++) {
		const struct check_device *other = &check->devices[i];
		const char *kind;

		if (other->hub || strcmp(other->controller, device->controller) != 0)
			continue;
		n_apple += check_is_apple(other);
		kind = strcmp(other->name, device->name) == 0 ? NULL : heavy_kind(check, other);
		if (!kind || n++ >= NEIGHBOURS_NAMED)
			continue;
		ls_text_format(names + len, sizeof(names) - len, "%s%s (%s, %s)",
			       len > 0 ? ", " : "", other->title, kind, other->name);
		len += strlen(names + len);
	}
	if (n > 0) {
		check_add(check, CHECK_NOTE, "It shares its controller with %s%s.", names,
			  n > NEIGHBOURS_NAMED ? " and others" : "");
		check_advise(check, "Leave them idle during the job, or use ports of another "
				    "controller.");
	}
	if (n_apple > APPLE_IN_PARALLEL) {
		check_add(check, CHECK_NOTE,
			  "%zu Apple devices share its controller; more than %d at once are known "
			  "to fail.",
			  n_apple, APPLE_IN_PARALLEL);
		check_advise(check, "Restore at most %d at a time.", APPLE_IN_PARALLEL);
	}
}

void
check_usbip(struct check *check, const struct check_device *device)
{
	if (!strstr(device->controller, "vhci_hcd"))
		return;
	check_add(check, check_is_apple(device) ? CHECK_FIX : CHECK_NOTE,
		  "The device comes over a network (usbip): each hitch of that network is one of "
		  "the link.");
	check_advise(check, "Do the job on the computer that the device is plugged into.");
}
