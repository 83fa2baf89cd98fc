#include "tests/unit/daemon/import_bed.h"
#include "lib/wire/port_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct log_line {
	double seconds; /* since the boot began */
	const char *text;
};

/* A boot that names its bus, in which a stick is plugged in, drops for a second, and stays. */
static const struct log_line story[STORY_LINES] = {
	{ 1, "xhci_hcd 0000:00:14.0: new USB bus registered, assigned bus number 1" },
	{ 1, "usb usb1: New USB device found, idVendor=1d6b, idProduct=0002, bcdDevice= 6.01" },
	{ 10, "usb 1-2: new high-speed USB device number 2 using xhci_hcd" },
	{ 10.2, "usb 1-2: New USB device found, idVendor=0781, idProduct=5567, bcdDevice= 1.00" },
	{ 10.2, "usb 1-2: New USB device strings: Mfr=1, Product=2, SerialNumber=3" },
	{ 10.2, "usb 1-2: Product: Cruzer" },
	{ 10.2, "usb 1-2: SerialNumber: 4C53" },
	{ 1000, "usb 1-2: USB disconnect, device number 2" },
	{ 1001, "usb 1-2: new high-speed USB device number 3 using xhci_hcd" },
	{ 1001.2, "usb 1-2: New USB device found, idVendor=0781, idProduct=5567, bcdDevice= 1.00" },
	{ 1001.2, "usb 1-2: New USB device strings: Mfr=1, Product=2, SerialNumber=3" },
	{ 1001.2, "usb 1-2: Product: Cruzer" },
	{ 1001.2, "usb 1-2: SerialNumber: 4C53" },
	{ 1500, "systemd[1]: something else" },
	{ 2000, "usb 1-2: reset high-speed USB device number 3 using xhci_hcd" },
};

struct ls_instant
instant_of(int64_t boot_real, double seconds)
{
	return (struct ls_instant){
		.mono_us = (uint64_t)(seconds * 1e6),
		.real_us = boot_real + (int64_t)(seconds * 1e6),
	};
}

static void
ignore(const struct ls_record *record, void *user)
{
	(void)record;
	(void)user;
}

void
renew_live(struct bed *bed)
{
	struct ls_engine_config config;

	ls_engine_free(bed->live);
	ls_engine_config_default(&config);
	assert_int_equal(store_next_ids(bed->fixture.store, &config), 0);
	assert_int_equal(ls_engine_new(&config, ignore, NULL, &bed->live), 0);
}

int
bed_setup(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	bed->fixture.dir = sample_dir();
	bed->fixture.store = sample_open(bed->fixture.dir);
	renew_live(bed);
	*state = bed;
	return 0;
}

int
bed_teardown(void **state)
{
	struct bed *bed = *state;

	import_free(bed->import);
	ls_engine_free(bed->live);
	store_close(bed->fixture.store);
	sample_dir_remove(bed->fixture.dir);
	free(bed);
	return 0;
}

int
begin_dry(struct bed *bed, const char *boot_id, bool dry_run)
{
	const struct import_options options = {
		.store = bed->fixture.store,
		.live = bed->live,
		.boot_id = boot_id,
		.now_us = NOW_REAL,
		.dry_run = dry_run,
	};

	import_free(LS_STEAL(&bed->import));
	return import_new(&options, &bed->import);
}

int
begin(struct bed *bed, const char *boot_id)
{
	return begin_dry(bed, boot_id, false);
}

void
feed(struct bed *bed, int64_t boot_real, size_t from, size_t to)
{
	assert_int_equal(import_begin(bed->import, instant_of(boot_real, story[from].seconds)), 0);
	for (size_t i = from; i < to; i++)
		import_line(bed->import, instant_of(boot_real, story[i].seconds), story[i].text,
			    strlen(story[i].text));
	assert_int_equal(import_commit(bed->import), 0);
}

void
import_story(struct bed *bed, const char *boot_id, int64_t boot_real)
{
	assert_int_equal(begin(bed, boot_id), 1);
	feed(bed, boot_real, 0, 5);
	feed(bed, boot_real, 5, STORY_LINES);
	assert_int_equal(import_end(bed->import, instant_of(boot_real, 3000)), 0);
}

static int
add_port(const struct ls_port_report *port, void *user)
{
	struct sums *sums = user;

	sums->n++;
	sums->seconds += port->counts.connected_seconds;
	sums->drops += port->counts.drops;
	sums->resets += port->counts.resets;
	sums->connects += port->counts.connects;
	sums->sessions += port->counts.sessions;
	if (port->counts.has_device)
		snprintf(sums->product, sizeof(sums->product), "%s", port->counts.device.product);
	snprintf(sums->name, sizeof(sums->name), "%s", port->socket.name);
	return 0;
}

struct sums
report(struct bed *bed)
{
	struct sums sums = { 0 };
	const char *unknown;

	assert_int_equal(store_report(bed->fixture.store, &ALL, sample_instant(100), add_port,
				      &sums, &unknown),
			 0);
	return sums;
}

static int
count_imported(const struct ls_gap *gap, void *user)
{
	if (gap->kind == LS_GAP_IMPORTED) {
		assert_false(gap->open);
		assert_true(gap->ended.real_us > gap->began.real_us);
		++*(int *)user;
	}
	return 0;
}

int
n_gaps(struct bed *bed)
{
	int n = 0;

	assert_int_equal(store_gaps(bed->fixture.store, &ALL, count_imported, &n), 0);
	return n;
}

int
n_incidents(struct bed *bed)
{
	struct sample_seen *seen = calloc(1, sizeof(*seen));
	const char *unknown;
	int n;

	assert_int_equal(store_incidents(bed->fixture.store, &ALL, see_incident, seen, &unknown),
			 0);
	n = seen->n;
	free(seen);
	return n;
}
