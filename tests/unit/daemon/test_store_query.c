#include <time.h>

#include "tests/unit/daemon/store_sample.h"
#include "daemon/store/report.h"
#include "lib/wire/port_report.h"

static void
filters_and_pages(void **state)
{
	struct fixture *fixture = *state;
	static const char *const ports[] = { "1-2", "pci-0000:00:14.0-usb-0:3", "left front",
					     "9-9" };
	static const struct {
		int64_t since, until;
		size_t first_port, n_ports, limit;
		int64_t after_id;
		int want, n;
		int64_t first_id, last_id;
	} cases[] = {
		{ 0, 1000, 0, 0, 0, 0, 0, 40, 1, 40 },	{ 0, 1000, 0, 0, 7, 0, 0, 7, 1, 7 },
		{ 0, 1000, 0, 0, 7, 7, 0, 7, 8, 14 },	{ 10, 20, 0, 0, 0, 0, 0, 10, 11, 20 },
		{ 10, 20, 0, 0, 0, 15, 0, 5, 16, 20 },	{ 10, 10, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 500, 600, 0, 0, 0, 0, 0, 0, 0, 0 },	{ 0, 1000, 0, 1, 0, 0, 0, 10, 3, 39 },
		{ 0, 1000, 0, 2, 3, 0, 0, 3, 3, 7 },	{ 0, 1000, 2, 1, 0, 0, 0, 10, 1, 37 },
		{ 20, 1000, 2, 1, 0, 0, 0, 5, 21, 37 }, { 0, 1000, 2, 2, 0, 0, -ENOENT, 0, 0, 0 },
	};

	for (int i = 0; i < 40; i++) {
		struct ls_event event = sample_event((unsigned int)i % 4, LS_EVENT_RESET, i);

		PUT_EVENT(fixture->store, &event);
	}
	sql(fixture, "UPDATE ports SET label = 'left front' WHERE name = '1-0'");
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct store_filter filter = {
			.since_us = sample_instant(cases[i].since).real_us,
			.until_us = sample_instant(cases[i].until).real_us,
			.ports = &ports[cases[i].first_port],
			.n_ports = cases[i].n_ports,
			.limit = cases[i].limit,
			.after_id = cases[i].after_id,
		};
		const char *unknown = NULL;

		print_message("case %zu\n", i);
		memset(&fixture->seen, 0, sizeof(fixture->seen));
		assert_int_equal(
			store_events(fixture->store, &filter, see_event, &fixture->seen, &unknown),
			cases[i].want);
		assert_int_equal(fixture->seen.n, cases[i].n);
		assert_int_equal(fixture->seen.first_id, cases[i].first_id);
		assert_int_equal(fixture->seen.last_id, cases[i].last_id);
		if (cases[i].want == -ENOENT)
			assert_string_equal(unknown, "9-9");
	}
}

/* A presence of @seconds on port @port that began at @began, as the engine reports it. */
static void
put_stay(struct store *store, struct ls_session *session, int64_t began, int64_t seconds)
{
	session->present = true;
	session->present_since = sample_instant(began);
	PUT_SESSION(store, session);
	session->present = false;
	session->ended = sample_instant(began + seconds);
	session->connected_us += (uint64_t)seconds * LS_SEC;
	PUT_SESSION(store, session);
}

static int
keep_report(const struct ls_port_report *report, void *user)
{
	struct ls_port_report *kept = user;

	*kept = *report;
	return 0;
}

static double
connected(struct store *store, int64_t since, int64_t until, int64_t now)
{
	const struct store_filter filter = {
		.since_us = sample_instant(since).real_us,
		.until_us = sample_instant(until).real_us,
	};
	struct ls_port_report report = { 0 };
	const char *unknown;

	assert_int_equal(
		store_report(store, &filter, sample_instant(now), keep_report, &report, &unknown),
		0);
	return report.counts.connected_seconds;
}

static void
measures_exposure(void **state)
{
	struct fixture *fixture = *state;
	struct store *store = fixture->store;
	struct ls_session session = sample_session(1, 1, 0);
	struct ls_gap gap;

	put_stay(store, &session, 0, 100);
	put_stay(store, &session, 200, 100);
	assert_float_equal(connected(store, -1000, 1000, 1000), 200, 1e-6);
	assert_float_equal(connected(store, 50, 1000, 1000), 150, 1e-6);
	assert_float_equal(connected(store, 50, 250, 1000), 100, 1e-6);
	assert_float_equal(connected(store, 110, 190, 1000), 0, 1e-6);

	/* It is there still. */
	session.present = true;
	session.present_since = sample_instant(400);
	PUT_SESSION(store, &session);
	assert_float_equal(connected(store, -1000, 1000, 450), 250, 1e-6);
	assert_float_equal(connected(store, 420, 440, 450), 20, 1e-6);

	/* Time counts while one source is available; a gap counts where both have one. */
	gap = sample_gap(1, LS_SOURCE_KERNEL_LOG, 0, 60);
	PUT_GAP(store, &gap);
	assert_float_equal(connected(store, -1000, 1000, 450), 250, 1e-6);
	gap = sample_gap(2, LS_SOURCE_UDEV, 40, 90);
	PUT_GAP(store, &gap);
	assert_float_equal(connected(store, -1000, 1000, 450), 230, 1e-6);
	gap = sample_gap(3, LS_SOURCE_NONE, 30, 50); /* linkstatd did not run */
	PUT_GAP(store, &gap);
	assert_float_equal(connected(store, -1000, 1000, 450), 220, 1e-6);
	gap = sample_gap(4, LS_SOURCE_KERNEL_LOG, 430, 0);
	gap.open = true;
	PUT_GAP(store, &gap);
	gap = sample_gap(5, LS_SOURCE_UDEV, 440, 0);
	gap.open = true;
	PUT_GAP(store, &gap);
	assert_float_equal(connected(store, -1000, 1000, 450), 210, 1e-6);
}

/* A night of sleep is real time, but the device was connected to nothing that ran. */
static void
spreads_a_stay_over_real_time(void **state)
{
	struct fixture *fixture = *state;
	struct ls_session session = sample_session(1, 1, 0);

	PUT_SESSION(fixture->store, &session);
	session.present = session.open = false;
	session.connected_us = 100 * LS_SEC;
	session.ended = sample_instant(100);
	session.ended.real_us += 900 * (int64_t)LS_SEC;
	PUT_SESSION(fixture->store, &session);
	assert_float_equal(connected(fixture->store, 0, 1000, 2000), 100, 1e-6);
	assert_float_equal(connected(fixture->store, 0, 500, 2000), 50, 1e-6);
}

struct listing {
	char text[512];
	struct ls_port_report last;
};

static int
list_port(const struct ls_port_report *report, void *user)
{
	struct listing *listing = user;
	size_t len = strlen(listing->text);

	listing->last = *report;
	snprintf(listing->text + len, sizeof(listing->text) - len, "%s ", report->socket.name);
	return 0;
}

/* Port 10 gets ten events of each kind, and so on; each port gets one incident, 11 a drop. */
static void
put_ports(struct store *store)
{
	static const unsigned int order[] = { 10, 2, 1, 11, 3 };
	struct ls_incident *incident = calloc(1, sizeof(*incident));

	for (size_t i = 0; i < LS_COUNT(order); i++) {
		for (unsigned int n = 0; n < order[i] * LS_N_EVENTS; n++) {
			struct ls_event event = sample_event(
				order[i], (enum ls_event_kind)(n % LS_N_EVENTS), (int64_t)i);

			PUT_EVENT(store, &event);
		}
		*incident = sample_incident((int64_t)i + 1, order[i], (int64_t)i);
		incident->drop = order[i] == 11;
		PUT_INCIDENT(store, incident);
	}
	free(incident);
}

static int
list_ports(struct fixture *fixture, const struct store_filter *filter, struct listing *listing)
{
	const char *unknown = "";
	int r;

	*listing = (struct listing){ 0 };
	r = store_report(fixture->store, filter, sample_instant(9), list_port, listing, &unknown);
	assert_string_equal(unknown, r == -ENOENT ? "nope" : "");
	return r;
}

static void
reports_counts_in_port_order(void **state)
{
	struct fixture *fixture = *state;
	struct listing listing;

	put_ports(fixture->store);
	assert_int_equal(list_ports(fixture, &ALL, &listing), 0);
	assert_string_equal(listing.text, "1-1 1-2 1-3 1-10 1-11 ");
	assert_int_equal(listing.last.counts.connects, 11);
	assert_int_equal(listing.last.counts.disconnects, 11);
	assert_int_equal(listing.last.counts.resets, 11);
	assert_int_equal(listing.last.counts.enumeration_failures, 11);
	assert_int_equal(listing.last.counts.over_currents, 11);
	assert_int_equal(listing.last.counts.drops, 1);
	assert_int_equal(listing.last.counts.incidents_by_cause[LS_CAUSE_LINK_LOSS], 1);
	assert_int_equal(listing.last.counts.sessions, 0);
	assert_false(listing.last.counts.has_device);
}

static void
reports_what_is_asked_for(void **state)
{
	struct fixture *fixture = *state;
	static const char *const ports[] = { "1-11", "nope" };
	struct store_filter filter = {
		.since_us = sample_instant(2).real_us,
		.until_us = sample_instant(4).real_us,
		.ports = ports,
	};
	struct listing listing;

	put_ports(fixture->store);
	assert_int_equal(list_ports(fixture, &filter, &listing), 0);
	assert_string_equal(listing.text, "1-1 1-11 ");
	filter.n_ports = 1;
	assert_int_equal(list_ports(fixture, &filter, &listing), 0);
	assert_string_equal(listing.text, "1-11 ");
	filter.n_ports = 2;
	assert_int_equal(list_ports(fixture, &filter, &listing), -ENOENT);
}

/* A name is that of the present: after a reboot with other bus numbers it means another port. */
static void
names_follow_the_boot(void **state)
{
	struct fixture *fixture = *state;
	static const char *const ports[] = { "1-1" };
	const struct store_filter filter = {
		.since_us = INT64_MIN,
		.until_us = INT64_MAX,
		.ports = ports,
		.n_ports = 1,
	};
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 0);
	const char *unknown;

	PUT_EVENT(fixture->store, &event);
	reopen(fixture, "boot-2", 100);
	snprintf(event.socket.id_path, sizeof(event.socket.id_path), "pci-other-usb-0:1");
	PUT_EVENT(fixture->store, &event);
	assert_int_equal(store_events(fixture->store, &filter, see_event, &fixture->seen, &unknown),
			 0);
	assert_int_equal(fixture->seen.n, 1);
	assert_string_equal(fixture->seen.event.socket.id_path, "pci-other-usb-0:1");
}

static double
ms_since(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begin->tv_sec) * 1e3 +
	       (double)(now.tv_nsec - begin->tv_nsec) / 1e6;
}

#define MANY 100000

static void
put_many(struct store *store)
{
	for (int i = 0; i < MANY; i++) {
		struct ls_event event =
			sample_event(1 + (unsigned int)i % 20, (enum ls_event_kind)(i % 4), i);
		struct ls_record record = RECORD_OF(EVENT, .event = &event);

		if (i % 100 == 0)
			assert_int_equal(store_begin(store), 0);
		assert_int_equal(store_put(store, &record), 0);
		if (i % 100 == 99)
			assert_int_equal(store_commit(store), 0);
	}
}

static void
page_through(struct fixture *fixture, struct store_filter filter)
{
	const char *unknown;

	filter.limit = 256;
	fixture->seen.n = 0;
	fixture->seen.last_id = 0;
	do {
		filter.after_id = fixture->seen.last_id;
		assert_int_equal(
			store_events(fixture->store, &filter, see_event, &fixture->seen, &unknown),
			0);
	} while (fixture->seen.last_id != filter.after_id);
}

/* Times are printed for people and not asserted: machines differ. */
static void
handles_many_events(void **state)
{
	struct fixture *fixture = *state;
	struct store_filter latest = ALL;
	struct listing listing;
	struct timespec begin;

	latest.since_us = sample_instant(MANY - 1000).real_us;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	put_many(fixture->store);
	print_message("%d events written, 100 a batch: %.0f ms\n", MANY, ms_since(&begin));
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(list_ports(fixture, &ALL, &listing), 0);
	print_message("report of all: %.1f ms\n", ms_since(&begin));
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(list_ports(fixture, &latest, &listing), 0);
	print_message("report of the last hundredth: %.1f ms\n", ms_since(&begin));
	clock_gettime(CLOCK_MONOTONIC, &begin);
	page_through(fixture, latest);
	print_message("pages of the last hundredth: %.1f ms\n", ms_since(&begin));
	assert_int_equal(fixture->seen.n, 1000);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	page_through(fixture, ALL);
	print_message("all pages: %.0f ms\n", ms_since(&begin));
	assert_int_equal(fixture->seen.n, MANY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(filters_and_pages),
		STORE_TEST(measures_exposure),
		STORE_TEST(spreads_a_stay_over_real_time),
		STORE_TEST(reports_counts_in_port_order),
		STORE_TEST(reports_what_is_asked_for),
		STORE_TEST(names_follow_the_boot),
		STORE_TEST(handles_many_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
