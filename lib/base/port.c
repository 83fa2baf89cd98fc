#include "lib/base/port.h"

#include <errno.h>
#include <stdio.h>

#include "lib/base/cursor.h"

#define MAX_BUS	   UINT16_MAX
#define MAX_NUMBER 255
#define MAX_CHAIN  6 /* MAX_TOPO_LEVEL: the root hub is the first of USB's seven tiers */

struct name {
	uint16_t bus;
	const char *chain; /* "1.4" in "1-1.4", NULL for a root hub */
	const char *last;  /* "4" in it */
	unsigned int n_numbers;
};

static bool
take_natural(struct ls_cursor *cur, uint64_t max, uint64_t *ret)
{
	struct ls_cursor next = *cur;

	/* "01" would be a second name of the same port. */
	if (ls_take_char(&next, '0') || !ls_take_uint(&next, max, ret))
		return false;
	*cur = next;
	return true;
}

static bool
parse_name(struct ls_cursor cur, struct name *ret)
{
	struct name name = { 0 };
	bool root = ls_take_literal(&cur, "usb");
	uint64_t number;

	if (!take_natural(&cur, MAX_BUS, &number))
		return false;
	name.bus = (uint16_t)number;
	if (!root) {
		for (char separator = '-'; ls_take_char(&cur, separator); separator = '.') {
			name.chain = name.chain ? name.chain : cur.at;
			name.last = cur.at;
			if (++name.n_numbers > MAX_CHAIN ||
			    !take_natural(&cur, MAX_NUMBER, &number))
				return false;
		}
		if (name.n_numbers == 0)
			return false;
	}
	*ret = name;
	return ls_cursor_left(&cur) == 0;
}

bool
ls_port_name_valid(const char *name)
{
	struct name parsed;

	return parse_name(ls_cursor_of(name, strlen(name)), &parsed);
}

uint16_t
ls_port_bus(const char *name)
{
	struct name parsed;

	return parse_name(ls_cursor_of(name, strlen(name)), &parsed) ? parsed.bus : 0;
}

int
ls_port_parent(const char *name, char parent[LS_PORT_NAME_MAX])
{
	struct name parsed;
	size_t len;

	if (!parse_name(ls_cursor_of(name, strlen(name)), &parsed) || !parsed.chain)
		return 0;
	if (parsed.n_numbers == 1) {
		snprintf(parent, LS_PORT_NAME_MAX, "usb%u", parsed.bus);
		return 1;
	}
	len = (size_t)(parsed.last - 1 - name);
	memmove(parent, name, len);
	parent[len] = '\0';
	return 1;
}

int
ls_port_child(const char *hub, unsigned int number, char child[LS_PORT_NAME_MAX])
{
	struct name parsed;
	char name[LS_PORT_NAME_MAX];

	if (number == 0 || number > MAX_NUMBER ||
	    !parse_name(ls_cursor_of(hub, strlen(hub)), &parsed) || parsed.n_numbers >= MAX_CHAIN)
		return -EINVAL;
	if (parsed.chain)
		snprintf(name, sizeof(name), "%u-%s.%u", parsed.bus, parsed.chain, number);
	else
		snprintf(name, sizeof(name), "%u-%u", parsed.bus, number);
	memcpy(child, name, sizeof(name));
	return 1;
}

bool
ls_port_is_below(const char *name, const char *hub)
{
	struct name below, above;
	struct ls_cursor cur = ls_cursor_of(name, strlen(name));

	if (!parse_name(cur, &below) || !parse_name(ls_cursor_of(hub, strlen(hub)), &above) ||
	    below.bus != above.bus || !below.chain)
		return false;
	if (!above.chain)
		return true;
	return ls_take_literal(&cur, hub) && ls_take_char(&cur, '.');
}

int
ls_port_id_path(const char *name, const char *controller, char id_path[LS_ID_PATH_MAX])
{
	char path[LS_ID_PATH_MAX], bus[sizeof("bus65535")];
	struct name parsed;
	int len;

	if (!parse_name(ls_cursor_of(name, strlen(name)), &parsed))
		return -EINVAL;
	snprintf(bus, sizeof(bus), "bus%u", parsed.bus);
	if (controller[0] == '\0')
		controller = bus;
	len = snprintf(path, sizeof(path), "%s%s%s", controller, parsed.chain ? "-usb-0:" : "",
		       parsed.chain ? parsed.chain : "");
	if (len < 0 || (size_t)len >= sizeof(path))
		return -EINVAL;
	memcpy(id_path, path, (size_t)len + 1);
	return 1;
}

/* "1-1.4:1.0": @name is the part before the colon, @cur the part after it. */
static int
from_interface(const char *name, struct ls_cursor cur, char port[LS_PORT_NAME_MAX])
{
	struct name parsed;
	struct ls_cursor bus = ls_cursor_of(name, strlen(name));
	uint64_t config, interface, number;

	if (!ls_take_uint(&cur, UINT8_MAX, &config) || !ls_take_char(&cur, '.') ||
	    !ls_take_uint(&cur, UINT8_MAX, &interface) || ls_cursor_left(&cur) > 0)
		return -EINVAL;
	/* usb_set_configuration() writes the root hub's device path as "0". */
	if (take_natural(&bus, MAX_BUS, &number) && ls_take_literal(&bus, "-0") &&
	    ls_cursor_left(&bus) == 0) {
		snprintf(port, LS_PORT_NAME_MAX, "usb%u", (unsigned int)number);
		return 1;
	}
	if (!parse_name(ls_cursor_of(name, strlen(name)), &parsed) || !parsed.chain)
		return -EINVAL;
	memcpy(port, name, strlen(name) + 1);
	return 1;
}

int
ls_port_from_kernel(const char *name, size_t len, char port[LS_PORT_NAME_MAX])
{
	struct ls_cursor cur = ls_cursor_of(name, len);
	char device[LS_PORT_NAME_MAX] = "";
	uint64_t number;
	size_t n = 0;

	for (; n < len && n < sizeof(device) - 1 && !memchr(":p", name[n], sizeof(":p")); n++)
		device[n] = name[n];
	cur.at += n;
	if (ls_take_char(&cur, ':'))
		return from_interface(device, cur, port);
	if (n > 0 && ls_take_literal(&cur, "port")) {
		if (device[n - 1] != '-' || !take_natural(&cur, MAX_NUMBER, &number) ||
		    ls_cursor_left(&cur) > 0)
			return -EINVAL;
		device[n - 1] = '\0';
		return ls_port_child(device, (unsigned int)number, port);
	}
	if (ls_cursor_left(&cur) > 0 || !ls_port_name_valid(device))
		return -EINVAL;
	memcpy(port, device, sizeof(device));
	return 1;
}
