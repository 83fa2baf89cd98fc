#include "cli/check/machine.h"

#include <inttypes.h>
#include <string.h>

#include "cli/check/parse.h"
#include "cli/base/sanitize.h"
#include "cli/print/format.h"
#include "cli/check/found.h"
#include "cli/check/tree.h"
#include "cli/check/devices.h"
#include "lib/observe/host_context.h"

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

#define MEMORY_FIX  (256 * MIB)
#define MEMORY_NOTE GIB
#define FIRMWARE    (20 * UINT64_C(1000000000)) /* the file, and what is unpacked of it */
#define DISK_FIX    GIB
#define USBFS_MB    16 /* the kernel's default */
#define SEVERAL	    4  /* devices that one may want to use at once */

void
check_undervoltage(struct check *check, const struct check_device *device)
{
	/* Of a Raspberry Pi's firmware: bit 0 is now, bit 16 since it was started. */
	static const char throttled[] = "sys/devices/platform/soc/soc:firmware/get_throttled";
	DIR *sensors = check_open_dir(check, "sys/class/hwmon");
	bool now = false, since_start = false;
	const char *name;
	uint64_t n;

	(void)device;
	while (sensors && (name = check_next(sensors))) {
		char text[32];

		if (check_line(check, text, sizeof(text), "sys/class/hwmon/%s/name", name) &&
		    strcmp(text, "rpi_volt") == 0)
			now = now || (check_number(check, 10, &n,
						   "sys/class/hwmon/%s/in0_lcrit_alarm", name) &&
				      n > 0);
	}
	if (sensors)
		closedir(sensors);
	if (check_number(check, 16, &n, throttled)) {
		now = now || (n & 1);
		since_start = n & 0x10000;
	}
	if (!now && !since_start)
		return;
	check_add(check, CHECK_FIX,
		  "This computer's own power supply is too weak: its voltage %s. USB devices drop "
		  "then.",
		  now ? "is too low now" : "was too low at some time since it was started");
	check_advise(check, "Use the supply made for this board and a short, thick cable; give USB "
			    "devices a hub with its own supply.");
}

struct power {
	bool mains, discharging;
	uint64_t percent;
};

static void
read_supply(const struct check *check, const char *name, struct power *power)
{
	char type[32], scope[32], status[32];
	uint64_t n;

	/* The battery of a phone or a mouse does not concern this computer. */
	if (check_line(check, scope, sizeof(scope), "sys/class/power_supply/%s/scope", name) &&
	    strcmp(scope, "Device") == 0)
		return;
	if (!check_line(check, type, sizeof(type), "sys/class/power_supply/%s/type", name))
		return;
	if (strcmp(type, "Battery") != 0) {
		power->mains =
			power->mains ||
			(check_number(check, 10, &n, "sys/class/power_supply/%s/online", name) &&
			 n > 0);
	} else if (check_line(check, status, sizeof(status), "sys/class/power_supply/%s/status",
			      name) &&
		   strcmp(status, "Discharging") == 0) {
		power->discharging = true;
		(void)check_number(check, 10, &power->percent, "sys/class/power_supply/%s/capacity",
				   name);
	}
}

static struct power
read_power(const struct check *check)
{
	DIR *supplies = check_open_dir(check, "sys/class/power_supply");
	struct power power = { 0 };
	const char *name;

	while (supplies && (name = check_next(supplies)))
		read_supply(check, name, &power);
	if (supplies)
		closedir(supplies);
	return power;
}

void
check_battery(struct check *check, const struct check_device *device)
{
	struct power power = read_power(check);

	(void)device;
	if (!power.discharging || power.mains)
		return;
	check_add(check, CHECK_FIX,
		  "This computer runs on its battery (%" PRIu64
		  " %%): it saves power, also on USB, "
		  "and may go to sleep in the middle of the job.",
		  power.percent);
	check_advise(check, "Plug its power supply in.");
}

static bool
puts_to_sleep(const char *action)
{
	return strstr(action, "suspend") || strstr(action, "sleep") ||
	       strstr(action, "hibernate") || strstr(action, "poweroff") || strstr(action, "halt");
}

void
check_sleep(struct check *check, const struct check_device *device)
{
	const struct logind *logind = &check->logind;
	char after[FORMAT_MAX], job[FORMAT_MAX], action[LOGIND_TEXT_MAX * 6];
	bool has_lid = check_exists(check, "proc/acpi/button/lid");
	const char *lid = read_power(check).mains && logind->lid_external_power[0]
				  ? logind->lid_external_power
				  : logind->lid;
	double idle = (double)logind->idle_us / 1e6;

	(void)device;
	if (!logind->known)
		return;
	sanitize_text(action, sizeof(action), logind->idle_action, check->cli->style.utf8);
	if (strstr(logind->inhibited, "sleep")) {
		check_add(check, CHECK_FINE, "A program keeps this computer from sleeping.");
	} else if (puts_to_sleep(action) && idle < check->job_hours * 3600) {
		check_add(check, CHECK_FIX,
			  "This computer goes to sleep after %s without a touch (%s), and the job "
			  "takes %s.",
			  check_span(after, idle / 3600), action,
			  check_span(job, check->job_hours));
		check_advise(check, "Start the job so, which keeps the computer awake");
		check_type(check, "linkstat run -- COMMAND");
	} else if (has_lid && puts_to_sleep(lid)) {
		check_add(check, CHECK_NOTE, "This computer goes to sleep when its lid is closed.");
		check_advise(check, "Leave the lid open, and start the job so");
		check_type(check, "linkstat run -- COMMAND");
	} else {
		check_add(check, CHECK_FINE,
			  "logind does not put this computer to sleep by itself.");
	}
}

void
check_memory(struct check *check, const struct check_device *device)
{
	char text[4096], size[FORMAT_MAX];
	uint64_t bytes;
	int len = check_bytes(check, text, sizeof(text), "proc/meminfo");
	enum check_level level;

	(void)device;
	if (len <= 0 || !check_parse_meminfo(text, (size_t)len, "MemAvailable", &bytes))
		return;
	level = bytes < MEMORY_FIX ? CHECK_FIX : bytes < MEMORY_NOTE ? CHECK_NOTE : CHECK_FINE;
	check_add(check, level, "%s of memory are free%s.",
		  format_size(size, (int64_t)(bytes < INT64_MAX ? bytes : INT64_MAX)),
		  level == CHECK_FINE ? "" : ": transfers fail when it ends");
	if (level != CHECK_FINE)
		check_advise(check, "End programs that are not needed, browsers first.");
}

void
check_pressure(struct check *check, const struct check_device *device)
{
	static const struct {
		const char *file, *what;
		bool full;	  /* all programs waited */
		double note, fix; /* percent of the last 10 s */
	} limits[] = {
		{ "memory", "memory", true, 1, 10 },
		{ "io", "the disk", true, 20, 60 },
		{ "cpu", "the processor", false, 50, 101 },
	};

	(void)device;
	for (size_t i = 0; i < LS_COUNT(limits); i++) {
		struct ls_host_pressure pressure;
		char text[256];
		double share;
		int len =
			check_bytes(check, text, sizeof(text), "proc/pressure/%s", limits[i].file);

		if (len <= 0 || !ls_host_pressure_parse(text, (size_t)len, &pressure))
			continue;
		share = limits[i].full ? pressure.full : pressure.some;
		if (share < limits[i].note)
			continue;
		check_add(check, share >= limits[i].fix ? CHECK_FIX : CHECK_NOTE,
			  "This computer is busy: programs waited for %s %.0f %% of the last 10 "
			  "seconds. USB then times out more easily.",
			  limits[i].what, share < 100 ? share : 100);
		check_advise(check,
			     "Wait until it is quiet, or end what keeps it busy (see: top).");
	}
}

void
check_usbfs_memory(struct check *check, const struct check_device *device)
{
	size_t n_apple = check_count_apple(check);
	bool several = n_apple > 1 || check->n_ports >= SEVERAL;
	uint64_t mb;

	(void)device;
	if (!check_number(check, 10, &mb, "sys/module/usbcore/parameters/usbfs_memory_mb"))
		return;
	if (mb == 0) {
		check_add(check, CHECK_FINE, "Programs may use any amount of memory for USB.");
		return;
	}
	if (mb > USBFS_MB || (mb == USBFS_MB && !several)) {
		check_add(check, CHECK_FINE, "Programs may use %" PRIu64 " MB of memory for USB.",
			  mb);
		return;
	}
	check_add(check, mb < USBFS_MB ? CHECK_FIX : CHECK_NOTE,
		  "All programs together may use %" PRIu64 " MB of memory for USB%s; beyond that "
		  "transfers are refused.",
		  mb, mb < USBFS_MB ? "" : ", which is little for several busy devices at once");
	check_advise(check, "Allow more, until the next start");
	check_type(check, "echo 256 | sudo tee /sys/module/usbcore/parameters/usbfs_memory_mb");
}

/* Where a restore puts its firmware by default, and where it unpacks it. */
void
check_disk(struct check *check, const struct check_device *device)
{
	const char *dirs[] = { check->work_dir, check->tmp_dir };
	uint64_t first = UINT64_MAX;

	(void)device;
	for (size_t i = 0; i < LS_COUNT(dirs); i++) {
		char size[FORMAT_MAX], dir[WORDS_MAX / 2];
		uint64_t bytes,
			enough = i == 0 && check_count_apple(check) > 0 ? FIRMWARE : DISK_FIX;

		if (!dirs[i] || check->free_bytes(dirs[i], &bytes) < 0)
			continue;
		if (i > 0 && bytes == first)
			continue; /* almost certainly the same disk */
		first = bytes;
		sanitize_text(dir, sizeof(dir), dirs[i], check->cli->style.utf8);
		format_bytes(size, (double)bytes);
		if (bytes >= enough) {
			check_add(check, CHECK_FINE, "%s are free in %s.", size, dir);
			continue;
		}
		check_add(check, bytes < DISK_FIX ? CHECK_FIX : CHECK_NOTE, "%s are free in %s%s.",
			  size, dir,
			  bytes < DISK_FIX ? ": almost nothing can be written there"
					   : "; the firmware of a new iPhone takes some 20 GB to "
					     "download and unpack");
		check_advise(check, "Make room, or work in a directory with more of it.");
	}
}
