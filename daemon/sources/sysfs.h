#pragma once
/*
 * What sysfs and udev know of one USB device or controller, read from a struct udev_device. What
 * does not exist is "" or 0. Texts are raw unless they go into a struct.
 */
#include "lib/base/base.h"
#include "lib/model/observation.h"

struct udev_device;

/*
 * True if udevd listens in this network namespace: its socket file alone may be a left-over, or be
 * that of a host whose udev events never arrive here.
 */
bool sysfs_udevd_runs(void);

/* Borrowed from @dev. */
const char *sysfs_property(struct udev_device *dev, const char *name);
const char *sysfs_attribute(struct udev_device *dev, const char *name);
/* Leading blanks and what follows the digits do not matter; 0 for no number or one above @max. */
unsigned int sysfs_number(const char *text, unsigned int base, unsigned int max);

/* 0 if it has disconnected, or NULL. */
uint16_t sysfs_devnum(struct udev_device *dev);

/*
 * The device that the event is about. It may have disconnected, or been replaced by another one:
 * then only the ids that the event itself carries.
 */
void sysfs_describe(struct udev_device *dev, struct ls_device *ret);

/* The other half of the same connector (USB 2 or SuperSpeed), "" if the firmware has none. */
void sysfs_peer(struct udev_device *dev, char peer[LS_PORT_NAME_MAX]);

/* The Type-C port ("port0") that its port leads to, "" if there is none or it is not known. */
void sysfs_connector(struct udev_device *dev, char name[LS_PORT_NAME_MAX]);

/* Of a root hub: the ID_PATH and a readable name of its controller. */
void sysfs_controller(struct udev_device *root_hub, char id_path[LS_ID_PATH_MAX],
		      char name[LS_TEXT_MAX]);
