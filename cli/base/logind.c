#include "cli/base/logind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/base/cli.h"
#include "cli/base/systemd_library.h"

#define ASK_TIMEOUT_US	   UINT64_C(2000000)
#define INHIBIT_TIMEOUT_US 5000000

/* sd-bus would wait 90 s for a bus that accepts the connection but never answers. */
static bool
wait_until_ready(sd_bus *bus, uint64_t deadline_us)
{
	while (systemd()->sd_bus_is_ready(bus) == 0) {
		uint64_t at_us = (uint64_t)cli_clock_us(CLOCK_MONOTONIC);
		int r = systemd()->sd_bus_process(bus, NULL);

		if (r < 0 || at_us >= deadline_us)
			return false;
		if (r == 0 && systemd()->sd_bus_wait(bus, deadline_us - at_us) < 0)
			return false;
	}
	return systemd()->sd_bus_is_ready(bus) > 0;
}

static int
get_text(sd_bus *bus, const char *property, char *ret, size_t size)
{
	char *text = NULL;
	int r = systemd()->sd_bus_get_property_string(
		bus, "org.freedesktop.login1", "/org/freedesktop/login1",
		"org.freedesktop.login1.Manager", property, NULL, &text);

	if (r >= 0) {
		size_t len = strnlen(text, size - 1);

		memcpy(ret, text, len);
		ret[len] = '\0';
		free(text);
	}
	return r;
}

static bool
ask(sd_bus *bus, struct logind *ret)
{
	const struct {
		const char *property;
		char *text;
		size_t size;
	} texts[] = {
		{ "IdleAction", ret->idle_action, sizeof(ret->idle_action) },
		{ "HandleLidSwitch", ret->lid, sizeof(ret->lid) },
		{ "HandleLidSwitchExternalPower", ret->lid_external_power,
		  sizeof(ret->lid_external_power) },
		{ "BlockInhibited", ret->inhibited, sizeof(ret->inhibited) },
	};

	for (size_t i = 0; i < LS_COUNT(texts); i++)
		if (get_text(bus, texts[i].property, texts[i].text, texts[i].size) < 0)
			return false;
	return systemd()->sd_bus_get_property_trivial(
		       bus, "org.freedesktop.login1", "/org/freedesktop/login1",
		       "org.freedesktop.login1.Manager", "IdleActionUSec", NULL, 't',
		       &ret->idle_us) >= 0;
}

void
logind_ask(struct logind *ret)
{
	uint64_t deadline_us = (uint64_t)cli_clock_us(CLOCK_MONOTONIC) + ASK_TIMEOUT_US;
	sd_bus *bus = NULL;

	*ret = (struct logind){ 0 };
	if (!systemd() || systemd()->sd_bus_open_system(&bus) < 0)
		return;
	if (wait_until_ready(bus, deadline_us) &&
	    systemd()->sd_bus_set_method_call_timeout(bus, ASK_TIMEOUT_US / 4) >= 0)
		ret->known = ask(bus, ret);
	systemd()->sd_bus_close_unref(bus);
}

int
logind_inhibit(const char *why)
{
	sd_bus_message *call = NULL, *reply = NULL;
	sd_bus *bus = NULL;
	int r, fd = -1;

	if (!systemd())
		return -ELIBACC;
	r = systemd()->sd_bus_open_system(&bus);
	if (r >= 0)
		r = systemd()->sd_bus_message_new_method_call(
			bus, &call, "org.freedesktop.login1", "/org/freedesktop/login1",
			"org.freedesktop.login1.Manager", "Inhibit");
	if (r >= 0)
		r = systemd()->sd_bus_message_append(call, "ssss", "sleep", "linkstat", why,
						     "block");
	if (r >= 0)
		r = systemd()->sd_bus_call(bus, call, INHIBIT_TIMEOUT_US, NULL, &reply);
	if (r >= 0)
		r = systemd()->sd_bus_message_read(reply, "h", &fd);
	if (r >= 0) /* the message owns that descriptor */
		r = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (r == -1)
		r = -errno;
	systemd()->sd_bus_message_unref(reply);
	systemd()->sd_bus_message_unref(call);
	systemd()->sd_bus_flush_close_unref(bus);
	return r;
}
