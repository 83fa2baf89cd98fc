#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libudev.h>

#include "daemon/sources/sysfs.h"
#include "lib/base/cursor.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

#define REMOTE_WAKEUP 0x20 /* of a configuration's bmAttributes */

bool
sysfs_udevd_runs(void)
{
	static const char control[] = " /run/udev/control\n";
	FILE *sockets = fopen("/proc/net/unix", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	ssize_t n;

	if (!sockets)
		return access("/run/udev/control", F_OK) == 0;
	while (!found && (n = getline(&line, &size, sockets)) > 0)
		found = (size_t)n >= strlen(control) &&
			strcmp(line + n - strlen(control), control) == 0;
	free(line);
	(void)fclose(sockets);
	return found;
}

const char *
sysfs_property(struct udev_device *dev, const char *name)
{
	const char *value = udev_device_get_property_value(dev, name);

	return value ? value : "";
}

const char *
sysfs_attribute(struct udev_device *dev, const char *name)
{
	const char *value = udev_device_get_sysattr_value(dev, name);

	return value ? value : "";
}

unsigned int
sysfs_number(const char *text, unsigned int base, unsigned int max)
{
	struct ls_cursor cur = ls_cursor_of(text, strlen(text));
	uint64_t value = 0;

	(void)ls_take_spaces(&cur);
	return ls_take_number(&cur, base, max, &value) ? (unsigned int)value : 0;
}

static enum ls_speed
speed_of(const char *megabits)
{
	static const struct {
		const char *megabits;
		enum ls_speed speed;
	} speeds[] = {
		{ "1.5", LS_SPEED_LOW },	  { "12", LS_SPEED_FULL },
		{ "480", LS_SPEED_HIGH },	  { "5000", LS_SPEED_SUPER },
		{ "10000", LS_SPEED_SUPER_PLUS }, { "20000", LS_SPEED_SUPER_PLUS },
	};

	for (size_t i = 0; i < LS_COUNT(speeds); i++) {
		if (strcmp(megabits, speeds[i].megabits) == 0)
			return speeds[i].speed;
	}
	return LS_SPEED_UNKNOWN;
}

static uint16_t
attribute_number(struct udev_device *dev, const char *name, unsigned int base, uint16_t max)
{
	return (uint16_t)sysfs_number(sysfs_attribute(dev, name), base, max);
}

static void
attribute_string(struct udev_device *dev, const char *name, char ret[LS_STRING_MAX])
{
	const char *text = sysfs_attribute(dev, name);

	ls_text_clean(ret, LS_STRING_MAX, text, strlen(text));
}

/* The attributes of sysfs are the device's own strings; udev's properties are edited copies. */
static void
describe_from_sysfs(struct udev_device *dev, struct ls_device *ret)
{
	ret->vid = attribute_number(dev, "idVendor", 16, UINT16_MAX);
	ret->pid = attribute_number(dev, "idProduct", 16, UINT16_MAX);
	ret->bcd_device = attribute_number(dev, "bcdDevice", 16, UINT16_MAX);
	ret->device_class = (uint8_t)attribute_number(dev, "bDeviceClass", 16, UINT8_MAX);
	ret->n_configurations = (uint8_t)attribute_number(dev, "bNumConfigurations", 10, UINT8_MAX);
	ret->n_ports = (uint8_t)attribute_number(dev, "maxchild", 10, UINT8_MAX);
	ret->max_power_ma = attribute_number(dev, "bMaxPower", 10, UINT16_MAX);
	ret->remote_wakeup = attribute_number(dev, "bmAttributes", 16, UINT8_MAX) & REMOTE_WAKEUP;
	ret->speed = speed_of(sysfs_attribute(dev, "speed"));
	attribute_string(dev, "serial", ret->serial);
	attribute_string(dev, "product", ret->product);
	attribute_string(dev, "manufacturer", ret->manufacturer);
}

/* PRODUCT=5ac/12a8/1001, hexadecimal without padding; TYPE=9/0/1, decimal. */
static void
describe_from_event(struct udev_device *dev, struct ls_device *ret)
{
	const char *product = sysfs_property(dev, "PRODUCT");
	struct ls_cursor cur = ls_cursor_of(product, strlen(product));
	uint16_t *ids[] = { &ret->vid, &ret->pid, &ret->bcd_device };
	uint64_t value;

	for (size_t i = 0; i < LS_COUNT(ids); i++) {
		if (!ls_take_hex(&cur, UINT16_MAX, &value))
			break;
		*ids[i] = (uint16_t)value;
		(void)ls_take_char(&cur, '/');
	}
	ret->device_class = (uint8_t)sysfs_number(sysfs_property(dev, "TYPE"), 10, UINT8_MAX);
}

uint16_t
sysfs_devnum(struct udev_device *dev)
{
	return dev ? attribute_number(dev, "devnum", 10, UINT16_MAX) : 0;
}

void
sysfs_describe(struct udev_device *dev, struct ls_device *ret)
{
	unsigned int now = sysfs_devnum(dev);
	unsigned int then = sysfs_number(sysfs_property(dev, "DEVNUM"), 10, UINT16_MAX);

	*ret = (struct ls_device){ 0 };
	if (now != 0 && now == then)
		describe_from_sysfs(dev, ret);
	else
		describe_from_event(dev, ret);
}

/* …/usb1/1-1/1-1.4 hangs on …/usb1/1-1/1-1:1.0/1-1-port4, unless the hub is a strange one. */
static int
port_dir(struct udev_device *dev, char ret[PATH_MAX])
{
	const char *name = udev_device_get_sysname(dev);
	const char *path = udev_device_get_syspath(dev);
	const char *slash = strrchr(path, '/');
	const char *number = strrchr(name, '.') ? strrchr(name, '.') : strchr(name, '-');
	char hub[LS_PORT_NAME_MAX];
	int n;

	if (!slash || !number || ls_port_parent(name, hub) == 0)
		return -EINVAL;
	n = snprintf(ret, PATH_MAX, "%.*s/%s%s:1.0/%s-port%s", (int)(slash - path), path,
		     strncmp(hub, "usb", 3) == 0 ? hub + 3 : hub,
		     strncmp(hub, "usb", 3) == 0 ? "-0" : "", hub, number + 1);
	return n < PATH_MAX ? 1 : -EINVAL;
}

/* The last component of what the symbolic link @name of the port points to; "" if there is none. */
static void
port_link(struct udev_device *dev, const char *name, char ret[LS_PORT_NAME_MAX])
{
	char dir[PATH_MAX], link[PATH_MAX + 16], target[PATH_MAX];
	const char *last;
	ssize_t n;

	ret[0] = '\0';
	snprintf(link, sizeof(link), "%s/port/%s", udev_device_get_syspath(dev), name);
	n = readlink(link, target, sizeof(target) - 1);
	if (n <= 0 && port_dir(dev, dir) > 0) { /* "port" is made only after the uevent */
		snprintf(link, sizeof(link), "%s/%s", dir, name);
		n = readlink(link, target, sizeof(target) - 1);
	}
	if (n <= 0)
		return;
	target[n] = '\0';
	last = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
	if (strlen(last) < LS_PORT_NAME_MAX)
		ls_text_clean(ret, LS_PORT_NAME_MAX, last, strlen(last));
}

/* …/usb1-port1/peer -> ../../../usb2/2-0:1.0/usb2-port1, which is 2-1. */
void
sysfs_peer(struct udev_device *dev, char peer[LS_PORT_NAME_MAX])
{
	char name[LS_PORT_NAME_MAX];

	port_link(dev, "peer", name);
	if (ls_port_from_kernel(name, strlen(name), peer) < 0)
		peer[0] = '\0';
}

/* …/usb1-port1/connector -> …/typec/port0, since Linux 6.1 where the firmware describes it. */
void
sysfs_connector(struct udev_device *dev, char name[LS_PORT_NAME_MAX])
{
	port_link(dev, "connector", name);
}

/*
 * The ID_PATH that udev's path_id gives to a root hub: going up from it, the first parent of each
 * run of the same bus counts, prepended and joined with "-". So nested PCI bridges leave only the
 * function itself (pci-0000:05:00.3), a virtual controller is platform-vhci_hcd.0, and PCI behind
 * a bridge of the SoC is platform-fd500000.pcie-pci-0000:01:00.0.
 */
static void
compute_id_path(struct udev_device *root_hub, char ret[LS_ID_PATH_MAX])
{
	const char *last = "";

	ret[0] = '\0';
	for (struct udev_device *dev = udev_device_get_parent(root_hub); dev;
	     dev = udev_device_get_parent(dev)) {
		const char *bus = udev_device_get_subsystem(dev);
		char below[LS_ID_PATH_MAX];

		bus = bus ? bus : "";
		if (strcmp(bus, last) != 0 &&
		    (strcmp(bus, "pci") == 0 || strcmp(bus, "platform") == 0 ||
		     strcmp(bus, "acpi") == 0)) {
			memcpy(below, ret, sizeof(below));
			ls_text_format(ret, LS_ID_PATH_MAX, "%s-%s%s%s", bus,
				       udev_device_get_sysname(dev), below[0] ? "-" : "", below);
		}
		last = bus;
	}
}

void
sysfs_controller(struct udev_device *root_hub, char id_path[LS_ID_PATH_MAX], char name[LS_TEXT_MAX])
{
	const char *known = sysfs_property(root_hub, "ID_PATH");
	struct udev_device *pci =
		udev_device_get_parent_with_subsystem_devtype(root_hub, "pci", NULL);
	const char *vendor = pci ? sysfs_property(pci, "ID_VENDOR_FROM_DATABASE") : "";
	const char *model = pci ? sysfs_property(pci, "ID_MODEL_FROM_DATABASE") : "";
	char raw[LS_TEXT_MAX];

	if (known[0])
		ls_text_clean(id_path, LS_ID_PATH_MAX, known, strlen(known));
	else
		compute_id_path(root_hub, id_path);
	if (model[0])
		snprintf(raw, sizeof(raw), "%s%s%s", vendor, vendor[0] ? " " : "", model);
	else
		snprintf(raw, sizeof(raw), "%s", sysfs_attribute(root_hub, "product"));
	ls_text_clean(name, LS_TEXT_MAX, raw, strlen(raw));
}
