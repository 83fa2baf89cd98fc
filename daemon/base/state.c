#include <time.h>

#include "daemon/base/state.h"
#include "lib/base/text.h"

static uint64_t
clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * LS_SEC + (uint64_t)ts.tv_nsec / 1000;
}

struct ls_instant
state_now(void)
{
	return (struct ls_instant){
		.mono_us = clock_us(CLOCK_MONOTONIC),
		.real_us = (int64_t)clock_us(CLOCK_REALTIME),
	};
}

const char *
state_fix(enum ls_source source)
{
	static const char *const fixes[LS_N_SOURCES] = {
		[LS_SOURCE_NONE] = "",
		[LS_SOURCE_KERNEL_LOG] =
			"run linkstatd as the system service (sudo systemctl enable --now "
			"linkstatd), or as root",
		[LS_SOURCE_UDEV] = "check that /sys is mounted and the network namespace is the "
				   "host's",
		[LS_SOURCE_LIBUSB] = "start udevd: sudo systemctl start systemd-udevd",
		[LS_SOURCE_USBMON] = "sudo modprobe usbmon && sudo udevadm trigger "
				     "--subsystem-match=usbmon",
	};

	return (size_t)source < LS_N_SOURCES ? fixes[source] : "";
}

void
state_note_source(struct daemon_state *state, const struct ls_observation *obs)
{
	struct source_state *source = &state->sources[obs->source];

	source->available = obs->kind == LS_OBS_SOURCE_AVAILABLE;
	ls_text_copy(source->detail, sizeof(source->detail), obs->text);
	ls_text_copy(source->fix, sizeof(source->fix),
		     source->available ? "" : state_fix(obs->source));
}
