#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "daemon/base/state.h"
#include "daemon/sources/host_context.h"
#include "daemon/sources/host_sleep.h"
#include "daemon/sources/kmsg.h"
#include "daemon/sources/libusb.h"
#include "daemon/sources/sources.h"
#include "daemon/sources/transfers.h"
#include "daemon/sources/udev.h"
#include "lib/base/text.h"

#define KERNEL_LOG makedev(1, 11) /* Documentation/admin-guide/devices.txt */

struct sources {
	struct sources_options with;
	struct source_kmsg *kmsg;
	struct source_udev *udev;
	struct source_libusb *libusb;
	struct transfers *transfers;
	struct host_context *host_context;
	struct host_sleep *host_sleep;
	bool buses_only, was_absent;
	struct ls_instant replay_from; /* mono 0: this boot was not watched before */
};

static void
report_unavailable(struct sources *self, enum ls_source source, const char *what, int r)
{
	struct ls_observation obs = {
		.at = state_now(),
		.source = source,
		.kind = LS_OBS_SOURCE_UNAVAILABLE,
	};

	ls_text_format(obs.text, sizeof(obs.text), "%s: %s", what, strerror(-r));
	self->with.observe(&obs, self->with.user);
	fprintf(stderr, SD_WARNING "linkstatd: %s; to open it: %s\n", obs.text, state_fix(source));
}

/* The time in which linkstatd did not run is a gap of linkstat itself. */
static void
report_absence(struct sources *self)
{
	struct ls_observation obs = {
		.at = self->with.last_alive,
		.source = LS_SOURCE_NONE,
		.kind = LS_OBS_SOURCE_UNAVAILABLE,
	};
	bool same_boot = self->with.same_boot;

	if (obs.at.real_us == 0)
		return;
	if (!same_boot)
		obs.at.mono_us = 0;
	ls_text_copy(obs.text, sizeof(obs.text),
		     same_boot ? "linkstatd was not running; of that time only the kernel log is "
				 "known"
			       : "linkstatd was not running");
	self->with.observe(&obs, self->with.user);
	self->replay_from = obs.at;
	self->was_absent = true;
}

/* Not before the kernel log of that time was read: deadlines wait for its lines. */
static void
end_absence(struct sources *self)
{
	struct ls_observation obs = {
		.at = state_now(),
		.source = LS_SOURCE_NONE,
		.kind = LS_OBS_SOURCE_AVAILABLE,
	};

	if (self->was_absent)
		self->with.observe(&obs, self->with.user);
}

/* At first only the buses: the kernel log that is replayed then must know whose ports it names. */
void
sources_observe(const struct ls_observation *obs, void *user)
{
	struct sources *self = user;
	bool about_devices = obs->kind == LS_OBS_CONNECTED || obs->kind == LS_OBS_SCAN_BEGIN ||
			     obs->kind == LS_OBS_SCAN_END;
	struct ls_observation then = *obs;

	if (self->buses_only && about_devices)
		return;
	if (self->buses_only && obs->source != LS_SOURCE_KERNEL_LOG && self->replay_from.mono_us) {
		then.at = self->replay_from; /* "now" would work off what the replay decides */
		obs = &then;
	}
	if (self->host_sleep)
		host_sleep_before(self->host_sleep, obs);
	if (self->transfers)
		transfers_before(self->transfers, obs);
	self->with.observe(obs, self->with.user);
	if (self->transfers)
		transfers_after(self->transfers, obs);
	if (self->host_context)
		host_context_after(self->host_context, obs, self->transfers);
}

static void
on_kmsg_seq(uint64_t seq, void *user)
{
	struct sources *self = user;

	self->with.on_kmsg_seq(seq, self->with.user);
}

/* Records are for no other source. */
static void
on_record(const struct ls_record *record, void *user)
{
	struct sources *self = user;

	self->with.on_record(record, self->with.user);
}

static void
open_usbmon(struct sources *self)
{
	struct transfers_options options = {
		.sink = sources_observe,
		.on_record = on_record,
		.user = self,
		.engine = self->with.engine,
		.top = self->with.top,
		.ring_bytes = self->with.usbmon_ring_bytes,
	};
	int r = transfers_new(self->with.base, &options, &self->transfers);

	if (r < 0)
		report_unavailable(self, LS_SOURCE_USBMON, "usbmon cannot be used", r);
	else
		transfers_start(self->transfers);
}

/*
 * The unit passes it as standard input, so that the service needs no permission for it: as a duplicate,
 * because the source closes its own.
 */
static int
open_kernel_log(void)
{
	struct stat input;
	int flags = fcntl(STDIN_FILENO, F_GETFL), fd;

	if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY || fstat(STDIN_FILENO, &input) < 0 ||
	    !S_ISCHR(input.st_mode) || input.st_rdev != KERNEL_LOG)
		return open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	return fd;
}

static void
open_kmsg(struct sources *self)
{
	struct source_kmsg_options options = {
		.fd = open_kernel_log(),
		.sink = sources_observe,
		.on_seq = on_kmsg_seq,
		.user = self,
		.resume = self->with.has_kmsg_seq,
		.after_seq = self->with.kmsg_seq,
	};
	int r;

	if (options.fd < 0) {
		report_unavailable(self, LS_SOURCE_KERNEL_LOG,
				   "the kernel log /dev/kmsg cannot be read", -errno);
		return;
	}
	r = source_kmsg_new(self->with.base, &options, &self->kmsg);
	if (r < 0) {
		close(options.fd);
		report_unavailable(self, LS_SOURCE_KERNEL_LOG,
				   "the kernel log /dev/kmsg cannot be read", r);
	}
}

static int
watch_host(struct sources *self)
{
	struct host_context_options options = {
		.root = self->with.root,
		.engine = self->with.engine,
		.sink = sources_observe,
		.user = self,
	};
	int r = host_context_new(&options, &self->host_context);

	if (r >= 0)
		r = host_sleep_new(self->with.base, sources_observe, self, &self->host_sleep);
	return r < 0 ? r : 0;
}

int
sources_new(const struct sources_options *options, struct sources **ret)
{
	ls_auto(sources) *self = calloc(1, sizeof(*self));
	int r;

	if (!self)
		return -ENOMEM;
	self->with = *options;
	r = watch_host(self);
	if (r < 0)
		return r;
	*ret = LS_STEAL(&self);
	return 0;
}

/* Subscribe first, scan second: nothing is missed between the two. */
void
sources_open(struct sources *self)
{
	int r;

	report_absence(self);
	self->buses_only = true;
	r = source_udev_new(self->with.base, sources_observe, self, &self->udev);
	if (r < 0)
		report_unavailable(self, LS_SOURCE_UDEV, "udev cannot be followed", r);
	else
		(void)source_udev_scan(self->udev);
	open_kmsg(self);
	if (self->kmsg)
		source_kmsg_replay(self->kmsg);
	self->buses_only = false;
	end_absence(self);
	open_usbmon(self);
	if (self->udev)
		(void)source_udev_scan(self->udev);
	r = source_libusb_new(self->with.base, sources_observe, self, &self->libusb);
	if (r < 0)
		report_unavailable(self, LS_SOURCE_LIBUSB, "libusb cannot be used", r);
	else
		(void)source_libusb_scan(self->libusb);
}

void
sources_show(struct sources *self, source_sink_fn sink, void *user)
{
	if (self->udev)
		(void)source_udev_show(self->udev, sink, user);
}

void
sources_flush(struct sources *self)
{
	transfers_flush(self->transfers);
}

void
sources_free(struct sources *self)
{
	if (!self)
		return;
	transfers_free(self->transfers);
	host_sleep_free(self->host_sleep);
	host_context_free(self->host_context);
	source_libusb_free(self->libusb);
	source_udev_free(self->udev);
	source_kmsg_free(self->kmsg);
	free(self);
}
