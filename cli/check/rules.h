#pragma once
/*
 * One function for each thing that is looked at. Those of a port get the device there (its @there is
 * false where nothing is plugged in), those of the machine NULL. Each adds no finding, or one, or
 * some.
 */
struct check;
struct check_device;

typedef void (*check_rule_fn)(struct check *check, const struct check_device *device);

/* check_history.c: what linkstatd knows */
void check_linkstatd(struct check *check, const struct check_device *device);
void check_sources(struct check *check, const struct check_device *device);
void check_history(struct check *check, const struct check_device *device);
void check_errors(struct check *check, const struct check_device *device);

/* check_port.c: the link */
void check_presence(struct check *check, const struct check_device *device);
void check_over_current(struct check *check, const struct check_device *device);
void check_speed(struct check *check, const struct check_device *device);
void check_autosuspend(struct check *check, const struct check_device *device);
void check_lpm(struct check *check, const struct check_device *device);

/* check_hubs.c: what is above and beside it */
void check_hub_power(struct check *check, const struct check_device *device);
void check_hub_chain(struct check *check, const struct check_device *device);
void check_neighbours(struct check *check, const struct check_device *device);
void check_usbip(struct check *check, const struct check_device *device);

/* check_machine.c: memory, load and power */
void check_undervoltage(struct check *check, const struct check_device *device);
void check_battery(struct check *check, const struct check_device *device);
void check_sleep(struct check *check, const struct check_device *device);
void check_memory(struct check *check, const struct check_device *device);
void check_pressure(struct check *check, const struct check_device *device);
void check_usbfs_memory(struct check *check, const struct check_device *device);
void check_disk(struct check *check, const struct check_device *device);

/* check_platform.c: what it is built of */
void check_kernel(struct check *check, const struct check_device *device);
void check_controllers(struct check *check, const struct check_device *device);
void check_virtual(struct check *check, const struct check_device *device);

/* check_tools.c: programs */
void check_usbmuxd(struct check *check, const struct check_device *device);
void check_versions(struct check *check, const struct check_device *device);
void check_grabbers(struct check *check, const struct check_device *device);
