#include "cli/base/inhibit.h"

#include <errno.h>
#include <fcntl.h>

#include <systemd/sd-bus.h>

#define PATIENCE_US 5000000

int
inhibit_sleep(const char *why)
{
	sd_bus_message *call = NULL, *reply = NULL;
	sd_bus *bus = NULL;
	int r, fd = -1;

	r = sd_bus_open_system(&bus);
	if (r >= 0)
		r = sd_bus_message_new_method_call(bus, &call, "org.freedesktop.login1",
						   "/org/freedesktop/login1",
						   "org.freedesktop.login1.Manager", "Inhibit");
	if (r >= 0)
		r = sd_bus_message_append(call, "ssss", "sleep", "linkstat", why, "block");
	if (r >= 0)
		r = sd_bus_call(bus, call, PATIENCE_US, NULL, &reply);
	if (r >= 0)
		r = sd_bus_message_read(reply, "h", &fd);
	if (r >= 0) /* the message owns that one */
		r = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (r == -1)
		r = -errno;
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call);
	sd_bus_flush_close_unref(bus);
	return r;
}
