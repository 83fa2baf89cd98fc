#include "cli/check/devices.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/check/tree.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

#define CLASS_HUB   9
#define DEVICES_MAX 4096 /* more than buses and addresses allow on any computer */

bool
check_is_root_hub(const struct check_device *device)
{
	return strncmp(device->name, "usb", 3) == 0;
}

bool
check_is_apple(const struct check_device *device)
{
	return device->there && device->vid == CHECK_VID_APPLE && !device->hub;
}

bool
check_matters(const struct check *check, const struct check_device *device)
{
	if (check->n_ports == 1)
		return true;
	return check_count_apple(check) > 0 ? check_is_apple(device) : !device->fixed;
}

size_t
check_count_apple(const struct check *check)
{
	size_t n = 0;

	for (size_t i = 0; i < check->n_ports; i++)
		n += check_is_apple(&check->ports[i]);
	return n;
}

const struct check_device *
check_find(const struct check *check, const char *name)
{
	for (size_t i = 0; i < check->n_devices; i++)
		if (strcmp(check->devices[i].name, name) == 0)
			return &check->devices[i];
	return NULL;
}

const struct check_device *
check_hub_of(const struct check *check, const struct check_device *device)
{
	char hub[LS_PORT_NAME_MAX];

	return ls_port_parent(device->name, hub) == 1 ? check_find(check, hub) : NULL;
}

bool
check_port_dir(const char *name, char ret[128])
{
	const char *number = strrchr(name, '.') ? strrchr(name, '.') : strchr(name, '-');
	char hub[LS_PORT_NAME_MAX];
	bool root;

	ret[0] = '\0';
	if (!number || ls_port_parent(name, hub) != 1)
		return false;
	root = strncmp(hub, "usb", 3) == 0;
	return snprintf(ret, 128, "sys/bus/usb/devices/%s%s:1.0/%s-port%s", root ? hub + 3 : hub,
			root ? "-0" : "", hub, number + 1) < 128;
}

/* …/devices/pci0000:00/0000:00:14.0/usb1/1-1 -> …/devices/pci0000:00/0000:00:14.0 */
static void
find_controller(const struct check *check, struct check_device *device)
{
	char path[PATH_MAX], dir[PATH_MAX], bus[32];
	char *found, *devices;

	if (snprintf(path, sizeof(path), "%s/sys/bus/usb/devices/%s", check->root, device->name) >=
		    PATH_MAX ||
	    !realpath(path, dir))
		return;
	snprintf(bus, sizeof(bus), "/usb%u/", ls_port_bus(device->name));
	if (strlen(dir) + 2 > sizeof(dir))
		return;
	memcpy(dir + strlen(dir), "/", 2);
	found = strstr(dir, bus);
	devices = strstr(dir, "/sys/devices/");
	if (!found || !devices || devices > found)
		return;
	*found = '\0';
	if (strlen(devices + 1) < sizeof(device->controller))
		memcpy(device->controller, devices + 1, strlen(devices + 1) + 1);
}

static unsigned int
number(const struct check *check, const char *name, const char *attribute, unsigned int base,
       unsigned int max)
{
	uint64_t value;

	if (!check_number(check, base, &value, "sys/bus/usb/devices/%s/%s", name, attribute))
		return 0;
	return value <= max ? (unsigned int)value : 0;
}

static void
read_device(const struct check *check, const char *name, struct check_device *ret)
{
	char text[16];

	*ret = (struct check_device){ .there = true };
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	ret->vid = (uint16_t)number(check, name, "idVendor", 16, UINT16_MAX);
	ret->pid = (uint16_t)number(check, name, "idProduct", 16, UINT16_MAX);
	ret->hub = number(check, name, "bDeviceClass", 16, UINT8_MAX) == CLASS_HUB;
	ret->max_power_ma = number(check, name, "bMaxPower", 10, UINT16_MAX);
	ret->attributes = (uint8_t)number(check, name, "bmAttributes", 16, UINT8_MAX);
	if (check_line(check, text, sizeof(text), "sys/bus/usb/devices/%s/speed", name))
		ret->megabits = strtod(text, NULL);
	ret->fixed =
		check_line(check, text, sizeof(text), "sys/bus/usb/devices/%s/removable", name) &&
		strcmp(text, "fixed") == 0;
	if (!check_line(check, ret->title, sizeof(ret->title), "sys/bus/usb/devices/%s/product",
			name))
		ls_text_format(ret->title, sizeof(ret->title), "%04x:%04x", ret->vid, ret->pid);
	find_controller(check, ret);
}

/* "1-1.10" after "1-1.9". */
static int
by_name(const void *a, const void *b)
{
	return strverscmp(((const struct check_device *)a)->name,
			  ((const struct check_device *)b)->name);
}

static int
by_importance(const void *a, const void *b)
{
	int apple = check_is_apple(b) - check_is_apple(a);
	int fixed =
		((const struct check_device *)a)->fixed - ((const struct check_device *)b)->fixed;

	return apple ? apple : fixed ? fixed : by_name(a, b);
}

static int
read_all(struct check *check, DIR *dir)
{
	const char *name;

	while (check->n_devices < DEVICES_MAX && (name = check_next(dir))) {
		struct check_device *more;

		if (!ls_port_name_valid(name))
			continue;
		more = reallocarray(check->devices, check->n_devices + 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		check->devices = more;
		read_device(check, name, &more[check->n_devices++]);
	}
	qsort(check->devices, check->n_devices, sizeof(*check->devices), by_name);
	return 0;
}

static int
choose_ports(struct check *check, const char *name)
{
	const struct check_device *device = name ? check_find(check, name) : NULL;

	check->ports = calloc(name ? 1 : check->n_devices + 1, sizeof(*check->ports));
	if (!check->ports)
		return -ENOMEM;
	if (name) {
		check->n_ports = 1;
		if (device)
			check->ports[0] = *device;
		else
			snprintf(check->ports[0].name, sizeof(check->ports[0].name), "%s", name);
		return 0;
	}
	for (size_t i = 0; i < check->n_devices; i++)
		if (!check->devices[i].hub)
			check->ports[check->n_ports++] = check->devices[i];
	qsort(check->ports, check->n_ports, sizeof(*check->ports), by_importance);
	return 0;
}

int
check_read_devices(struct check *check, const char *name)
{
	DIR *dir = check_open_dir(check, "sys/bus/usb/devices");
	int r = 0;

	if (dir) {
		r = read_all(check, dir);
		closedir(dir);
	}
	return r < 0 ? r : choose_ports(check, name);
}

bool
check_has_port(const struct check *check, const char *name)
{
	char dir[128];

	return check_find(check, name) ||
	       (check_port_dir(name, dir) && check_exists(check, "%s", dir));
}
