#include "cli/check/upkeep.h"

#include <string.h>

#include "cli/check/devices.h"
#include "cli/check/found.h"
#include "cli/check/tree.h"
#include "lib/base/text.h"

#define LONG_UP_DAYS 30
#define DAY_SECONDS  86400
#define RELEASE_MAX  64
#define APPLE_DFU    0x1227

void
check_uptime(struct check *check, const struct check_device *device)
{
	uint64_t seconds;

	(void)device;
	if (check_number(check, 10, &seconds, "proc/uptime") == 0 ||
	    seconds < (uint64_t)LONG_UP_DAYS * DAY_SECONDS)
		return;
	check_add(check, CHECK_NOTE, "This computer has been up for %u days.",
		  (unsigned int)(seconds / DAY_SECONDS));
	check_advise(check, "Restart it before a long job: USB controllers and drivers that hang "
			    "start anew.");
}

/* "6.1.0-31-amd64" and "6.1.0-32-amd64" are of one kind; "-cloud-amd64" is another. */
static const char *
kind_of(const char *release)
{
	while (*release && ((*release >= '0' && *release <= '9') || strchr(".-+~_", *release)))
		release++;
	return release;
}

/* The newest kernel of the kind of @running that is installed; "" if none is newer. */
static bool
find_newer(const struct check *check, const char *running, char ret[RELEASE_MAX])
{
	DIR *dir = check_open_dir(check, "lib/modules");
	const char *name;

	ret[0] = '\0';
	while (dir && (name = check_next(dir))) {
		if (strcmp(kind_of(name), kind_of(running)) == 0 &&
		    strverscmp(name, *ret ? ret : running) > 0 && strlen(name) < RELEASE_MAX)
			ls_text_clean(ret, RELEASE_MAX, name, strlen(name));
	}
	if (dir)
		closedir(dir);
	return *ret != '\0';
}

static void
judge_kernels(struct check *check)
{
	char running[RELEASE_MAX], newer[RELEASE_MAX];

	if (!check_line(check, running, sizeof(running), "proc/sys/kernel/osrelease") ||
	    !check_exists(check, "lib/modules"))
		return;
	if (find_newer(check, running, newer)) {
		check_add(check, CHECK_NOTE, "Linux %s is installed, and %s still runs.", newer,
			  running);
		check_advise(check, "Restart this computer before a long job.");
	} else if (!check_exists(check, "lib/modules/%s", running)) {
		check_add(check, CHECK_NOTE,
			  "The modules of the running kernel (%s) are not installed any more: "
			  "drivers and usbmon cannot be loaded.",
			  running);
		check_advise(check, "Restart this computer.");
	}
}

void
check_restart(struct check *check, const struct check_device *device)
{
	(void)device;
	if (check_exists(check, "run/reboot-required")) {
		check_add(check, CHECK_NOTE, "An update waits for a restart of this computer.");
		check_advise(check, "Restart it before a long job.");
		return;
	}
	judge_kernels(check);
}

void
check_dfu_port(struct check *check, const struct check_device *device)
{
	char dir[128], connector[64];

	if (!device->there || device->vid != CHECK_VID_APPLE || device->pid != APPLE_DFU ||
	    !check_port_dir(device->name, dir) ||
	    !check_link(check, connector, sizeof(connector), "%s/connector", dir))
		return;
	check_add(check, CHECK_NOTE,
		  "The phone is in DFU mode on a Type-C port. With some cables from Type-C to "
		  "Lightning this mode fails where USB-A works.");
	check_advise(check, "If the restore does not begin, use a USB-A port, or a hub with USB-A, "
			    "and a cable with USB-A.");
}
