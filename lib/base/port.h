#pragma once
/*
 * Kernel names of ports and devices: "1-1.4" is the port 4 of the hub at port 1 of bus 1 and the
 * device plugged there; "usb1" is the root hub of bus 1.
 */
#include "lib/base/base.h"

/*
 * True for "usbN" and "N-a[.b]…" with at most 7 tiers, numbers 1…255 (bus 1…65535), no leading
 * 0.
 */
bool ls_port_name_valid(const char *name);

/* Bus number of a valid name, 0 for anything else. */
uint16_t ls_port_bus(const char *name);

/* "1-1.4" -> "1-1" -> "usb1" -> 0. 1: @parent is set, 0: a root hub or no valid name. */
int ls_port_parent(const char *name, char parent[LS_PORT_NAME_MAX]);

/* The port of the hub @hub ("usb1" or "1-1") with number @number. 1, or -EINVAL. */
int ls_port_child(const char *hub, unsigned number, char child[LS_PORT_NAME_MAX]);

/* True if @name is below the hub @hub, at any depth; a port is not below itself. */
bool ls_port_is_below(const char *name, const char *hub);

/*
 * udev's ID_PATH of the port: controller ID_PATH + "-usb-0:" + port chain, for a root hub the
 * controller's own. An empty @controller is written "busN". 1, or -EINVAL.
 */
int ls_port_id_path(const char *name, const char *controller, char id_path[LS_ID_PATH_MAX]);

/*
 * Names in kernel messages: "usb1-port2" -> "1-2", "1-1.4-port3" -> "1-1.4.3", "1-0:1.0" -> "usb1",
 * "1-1.4:1.0" -> "1-1.4", and device names as they are. 1, or -EINVAL.
 */
int ls_port_from_kernel(const char *name, size_t len, char port[LS_PORT_NAME_MAX]);
