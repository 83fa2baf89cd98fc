#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "cli/offline/capture_watch.h"

#define ROOT 1
#define MAX  64

/* What a watch has observed. */
struct seen {
	struct capture_watch *watch;
	struct ls_observation obs[MAX];
	struct ls_device devices[MAX];
	size_t n;
	unsigned int n_past;
	uint64_t past_bytes;
	uint64_t now_us; /* CLOCK_REALTIME of the next record */
	uint64_t id;
};

static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct seen *seen = user;

	assert_true(seen->n < MAX);
	seen->obs[seen->n] = *obs;
	if (obs->device)
		seen->devices[seen->n] = *obs->device;
	seen->n++;
}

static bool
on_past(const struct ls_enumerated *device, const struct ls_traffic_counts *counts, void *user)
{
	struct seen *seen = user;
	struct ls_traffic_sum sum;

	(void)device;
	ls_traffic_sum(counts, &sum);
	seen->n_past++;
	seen->past_bytes = sum.bytes_in + sum.bytes_out;
	return true;
}

static void
begin(struct seen *seen)
{
	const struct capture_watch_options options = {
		.observe = on_observation,
		.on_past = on_past,
		.user = seen,
	};

	*seen = (struct seen){ .now_us = 1700000000 * LS_SEC };
	assert_int_equal(capture_watch_new(&options, &seen->watch), 0);
}

/* A control transfer: asked, and answered 1 ms later with @status and @len bytes. */
static void
control(struct seen *seen, unsigned int devnum, const char setup[8], int32_t status,
	const void *data, size_t len)
{
	struct ls_usbmon_record record = {
		.id = ++seen->id,
		.type = LS_USBMON_SUBMIT,
		.xfer = LS_XFER_CONTROL,
		.endpoint = (uint8_t)(setup[0] & 0x80),
		.devnum = (uint8_t)devnum,
		.bus = 1,
		.real_sec = (int64_t)(seen->now_us / LS_SEC),
		.real_usec = (int32_t)(seen->now_us % LS_SEC),
		.status = -115,
		.flag_data = '<',
	};

	memcpy(record.setup, setup, sizeof(record.setup));
	capture_watch_add(seen->watch, &record, NULL, 0);
	seen->now_us += LS_MS;
	record.type = LS_USBMON_COMPLETE;
	record.real_sec = (int64_t)(seen->now_us / LS_SEC);
	record.real_usec = (int32_t)(seen->now_us % LS_SEC);
	record.status = status;
	record.length = record.len_cap = (uint32_t)len;
	record.flag_setup = '-';
	record.flag_data = 0;
	memset(record.setup, 0, sizeof(record.setup));
	capture_watch_add(seen->watch, &record, data, len);
}

/* The kernel asks a hub for the status of a port. */
static void
port_status(struct seen *seen, unsigned int hub, unsigned int port, unsigned int status,
	    unsigned int change)
{
	const char setup[8] = { (char)0xa3, 0, 0, 0, (char)port, 0, 4, 0 };
	const uint8_t answer[4] = { (uint8_t)status, (uint8_t)(status >> 8), (uint8_t)change,
				    (uint8_t)(change >> 8) };
	const char ack[8] = { 0x23, 1, 16, 0, (char)port, 0, 0, 0 };

	control(seen, hub, setup, 0, answer, sizeof(answer));
	if (change & 1)
		control(seen, hub, ack, 0, NULL, 0);
}

static void
port_reset(struct seen *seen, unsigned int hub, unsigned int port)
{
	const char setup[8] = { 0x23, 3, 4, 0, (char)port, 0, 0, 0 };

	control(seen, hub, setup, 0, NULL, 0);
}

static void
descriptor(struct seen *seen, unsigned int devnum, unsigned int vid, int32_t status)
{
	static const char setup[8] = { (char)0x80, 6, 0, 1, 0, 0, 18, 0 };
	const uint8_t answer[18] = {
		18,   1,    0, 2, 0, 0, 0, 64, (uint8_t)vid, (uint8_t)(vid >> 8),
		0x34, 0x12, 0, 1, 1, 2, 3, 1
	};

	control(seen, devnum, setup, status, answer, status ? 0 : sizeof(answer));
}

static void
serial(struct seen *seen, unsigned int devnum, const char *text)
{
	static const char setup[8] = { (char)0x80, 6, 3, 3, 9, 4, (char)255, 0 };
	uint8_t answer[64] = { (uint8_t)(2 + 2 * strlen(text)), 3 };

	for (size_t i = 0; text[i]; i++)
		answer[2 + 2 * i] = (uint8_t)text[i];
	control(seen, devnum, setup, 0, answer, answer[0]);
}

static void
set_address(struct seen *seen, unsigned int devnum)
{
	const char setup[8] = { 0, 5, (char)devnum, 0, 0, 0, 0, 0 };

	control(seen, 0, setup, 0, NULL, 0);
}

/* As an EHCI controller's driver does it. */
static void
plug(struct seen *seen, unsigned int hub, unsigned int port, unsigned int devnum, unsigned int vid)
{
	port_status(seen, hub, port, 0x101, 1);
	port_reset(seen, hub, port);
	port_status(seen, hub, port, 0x503, 0x10);
	set_address(seen, devnum);
	descriptor(seen, devnum, vid, 0);
	serial(seen, devnum, "A1");
}

static const struct ls_observation *
find(const struct seen *seen, enum ls_obs_kind kind, unsigned int devnum)
{
	for (size_t i = seen->n; i-- > 0;) {
		if (seen->obs[i].kind == kind && seen->obs[i].devnum == devnum)
			return &seen->obs[i];
	}
	return NULL;
}

static size_t
count(const struct seen *seen, enum ls_obs_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < seen->n; i++)
		n += seen->obs[i].kind == kind;
	return n;
}

static void
reports_arrival_and_removal(void **state)
{
	static struct seen seen;
	const struct ls_observation *obs;
	const struct ls_enumerated *device;

	(void)state;
	begin(&seen);
	plug(&seen, ROOT, 2, 5, 0x05ac);
	obs = find(&seen, LS_OBS_CONNECTED, 5);
	assert_non_null(obs);
	assert_string_equal(obs->port, "1-2");
	assert_false(obs->initial);
	device = ls_enumeration_find(capture_watch_enumeration(seen.watch), 1, 5);
	assert_true(device->placed);
	assert_int_equal(device->device.vid, 0x05ac);
	assert_int_equal(device->device.speed, LS_SPEED_HIGH);
	assert_string_equal(device->device.serial, "A1");
	assert_int_equal(count(&seen, LS_OBS_DISCONNECTED), 0);

	port_status(&seen, ROOT, 2, 0x100, 1);
	obs = find(&seen, LS_OBS_DISCONNECTED, 5);
	assert_non_null(obs);
	assert_string_equal(obs->port, "1-2");
	assert_false(device->present);
	capture_watch_free(seen.watch);
}

static void
names_ports_below_hubs(void **state)
{
	static struct seen seen;

	(void)state;
	begin(&seen);
	plug(&seen, ROOT, 1, 3, 0x1d6b);
	plug(&seen, 3, 4, 9, 0x0403);
	assert_string_equal(find(&seen, LS_OBS_CONNECTED, 9)->port, "1-1.4");
	port_status(&seen, ROOT, 1, 0x100, 1);
	assert_string_equal(find(&seen, LS_OBS_DISCONNECTED, 3)->port, "1-1");
	assert_string_equal(find(&seen, LS_OBS_DISCONNECTED, 9)->port, "1-1.4");
	capture_watch_free(seen.watch);
}

static void
does_not_merge_two_devices_of_one_number(void **state)
{
	static struct seen seen;
	struct ls_traffic_counts counts;
	struct ls_traffic_sum sum;

	(void)state;
	begin(&seen);
	plug(&seen, ROOT, 2, 5, 0x05ac);
	port_status(&seen, ROOT, 2, 0x100, 1);
	assert_int_equal(seen.n_past, 0);
	plug(&seen, ROOT, 3, 5, 0x0403);
	assert_int_equal(seen.n_past, 1);
	assert_int_equal(seen.past_bytes, 18 + 6);
	assert_string_equal(find(&seen, LS_OBS_CONNECTED, 5)->port, "1-3");
	assert_int_equal(ls_traffic_total(capture_watch_traffic(seen.watch), 1, 5, &counts), 1);
	ls_traffic_sum(&counts, &sum);
	assert_int_equal(sum.bytes_in, 18 + 6);
	capture_watch_free(seen.watch);
}

/* A device number is reused although no disconnect was seen. */
static void
ends_devices_whose_removal_was_not_captured(void **state)
{
	static struct seen seen;

	(void)state;
	begin(&seen);
	plug(&seen, ROOT, 2, 5, 0x05ac);
	plug(&seen, ROOT, 2, 6, 0x05ac);
	assert_string_equal(find(&seen, LS_OBS_DISCONNECTED, 5)->port, "1-2");
	assert_string_equal(find(&seen, LS_OBS_CONNECTED, 6)->port, "1-2");
	/* Its connection had changed: it left then, not when the next one got its number. */
	assert_true(find(&seen, LS_OBS_DISCONNECTED, 5)->at.mono_us <
		    find(&seen, LS_OBS_ENUMERATING, 6)->at.mono_us);
	capture_watch_free(seen.watch);
}

static void
observes_a_reset_that_the_device_survives(void **state)
{
	static struct seen seen;

	(void)state;
	begin(&seen);
	plug(&seen, ROOT, 2, 5, 0x05ac);
	assert_int_equal(count(&seen, LS_OBS_RESET), 0);
	seen.now_us += 5 * LS_SEC;
	port_reset(&seen, ROOT, 2);
	set_address(&seen, 5);
	descriptor(&seen, 5, 0x05ac, 0);
	assert_int_equal(count(&seen, LS_OBS_RESET), 1);
	assert_string_equal(find(&seen, LS_OBS_RESET, 5)->port, "1-2");
	assert_int_equal(count(&seen, LS_OBS_DISCONNECTED), 0);
	assert_int_equal(count(&seen, LS_OBS_CONNECTED), 1);
	capture_watch_free(seen.watch);
}

static void
observes_failed_enumerations(void **state)
{
	static struct seen seen;
	const struct ls_observation *obs;

	(void)state;
	begin(&seen);
	port_status(&seen, ROOT, 4, 0x101, 1);
	port_reset(&seen, ROOT, 4);
	descriptor(&seen, 0, 0, -71);
	obs = find(&seen, LS_OBS_ENUM_FAILED, 0);
	assert_non_null(obs);
	assert_string_equal(obs->port, "1-4");
	assert_int_equal(obs->step, LS_STEP_DESCRIPTOR);
	assert_int_equal(obs->status, -71);
	assert_int_equal(count(&seen, LS_OBS_CONNECTED), 0);
	capture_watch_free(seen.watch);
}

static void
names_devices_without_a_known_port(void **state)
{
	static struct seen seen;
	const struct ls_observation *obs;
	char name[LS_ID_PATH_MAX];

	(void)state;
	begin(&seen);
	descriptor(&seen, 8, 0x0403, 0);
	obs = find(&seen, LS_OBS_CONNECTED, 8);
	assert_non_null(obs);
	assert_true(obs->initial);
	ls_enumeration_name(obs->port, name, sizeof(name));
	assert_string_equal(name, "bus 1 device 8");
	ls_enumeration_name("1-136.2", name, sizeof(name));
	assert_string_equal(name, "bus 1 device 8 port 2");
	ls_enumeration_name("1-1.2", name, sizeof(name));
	assert_string_equal(name, "1-1.2");
	capture_watch_free(seen.watch);
}

/* Ports known from another source come before what is first seen. */
static void
takes_ports_from_the_log(void **state)
{
	static struct seen seen;

	(void)state;
	begin(&seen);
	ls_enumeration_place(capture_watch_enumeration(seen.watch), 1, 8, "1-1.3",
			     (struct ls_instant){ 0 });
	descriptor(&seen, 8, 0x0403, 0);
	assert_string_equal(find(&seen, LS_OBS_CONNECTED, 8)->port, "1-1.3");
	assert_int_equal(count(&seen, LS_OBS_CONNECTED), 1);
	ls_enumeration_place(capture_watch_enumeration(seen.watch), 1, 9, "no port",
			     (struct ls_instant){ 0 });
	assert_null(ls_enumeration_find(capture_watch_enumeration(seen.watch), 1, 9));
	capture_watch_free(seen.watch);
}

static void
merges_failures(void **state)
{
	static struct seen seen;
	static const char setup[8] = { (char)0x80, 8, 0, 0, 0, 0, 1, 0 };
	uint64_t n = 0;

	(void)state;
	begin(&seen);
	for (int i = 0; i < 500; i++) /* within a second */
		control(&seen, 8, setup, -71, NULL, 0);
	capture_watch_finish(seen.watch, seen.now_us);
	assert_true(count(&seen, LS_OBS_TRANSFER_ERRORS) < 20);
	for (size_t i = 0; i < seen.n; i++)
		n += seen.obs[i].kind == LS_OBS_TRANSFER_ERRORS ? seen.obs[i].n_failed : 0;
	assert_int_equal(n, 500);
	capture_watch_free(seen.watch);
}

/* A clock that is set makes no time go by, and none go back. */
static void
survives_a_clock_that_is_set(void **state)
{
	static struct seen seen;
	uint64_t last = 0;

	(void)state;
	begin(&seen);
	plug(&seen, ROOT, 2, 5, 0x05ac);
	seen.now_us -= 3600 * LS_SEC;
	port_status(&seen, ROOT, 2, 0x100, 1);
	seen.now_us += UINT64_C(1) << 60;
	plug(&seen, ROOT, 2, 6, 0x05ac);
	for (size_t i = 0; i < seen.n; i++) {
		assert_true(seen.obs[i].at.mono_us + LS_SEC >= last);
		last = seen.obs[i].at.mono_us;
	}
	assert_true(last < 10 * LS_SEC);
	capture_watch_free(seen.watch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_arrival_and_removal),
		cmocka_unit_test(names_ports_below_hubs),
		cmocka_unit_test(does_not_merge_two_devices_of_one_number),
		cmocka_unit_test(ends_devices_whose_removal_was_not_captured),
		cmocka_unit_test(observes_a_reset_that_the_device_survives),
		cmocka_unit_test(observes_failed_enumerations),
		cmocka_unit_test(names_devices_without_a_known_port),
		cmocka_unit_test(takes_ports_from_the_log),
		cmocka_unit_test(merges_failures),
		cmocka_unit_test(survives_a_clock_that_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
