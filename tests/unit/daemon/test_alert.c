#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "daemon/alert.h"

#define ENTRY_MAX 2048

static char entries[600][ENTRY_MAX]; /* fields, one a line */
static size_t n_entries;
static bool journal_runs;
static struct alert *alert;

/* In place of libsystemd's. */
int
sd_journal_sendv(const struct iovec *iov, int n)
{
	char *entry = entries[n_entries++];
	size_t len = 0;

	entry[0] = '\0';
	for (int i = 0; i < n; i++)
		len += (size_t)snprintf(entry + len, ENTRY_MAX - len, "%.*s\n", (int)iov[i].iov_len,
					(const char *)iov[i].iov_base);
	assert_true(len < ENTRY_MAX);
	return 0;
}

int
access(const char *path, int mode)
{
	(void)mode;
	assert_string_equal(path, "/run/systemd/journal/socket");
	return journal_runs ? 0 : -1;
}

static int
set_up(void **state)
{
	(void)state;
	n_entries = 0;
	journal_runs = true;
	return alert_new(&alert);
}

static int
tear_down(void **state)
{
	(void)state;
	alert_free(alert);
	return 0;
}

/* The value in a static buffer; "" if there is none. */
static const char *
field(size_t entry, const char *name)
{
	static char value[ENTRY_MAX];
	const char *at = strstr(entries[entry], name);

	snprintf(value, sizeof(value), "%s", at ? at + strlen(name) + 1 : "");
	value[strcspn(value, "\n")] = '\0';
	return value;
}

static struct ls_incident
link_loss(void)
{
	struct ls_incident incident = {
		.id = 41,
		.socket = { .id_path = "pci-0000:00:14.0-usb-0:1", .name = "1-1" },
		.has_device = true,
		.device = { .vid = 0x05ac, .pid = 0x12a8, .serial = "F4G", .product = "iPhone" },
		.opened = { .mono_us = 100 * LS_SEC },
		.open = true,
		.settled = true,
		.cause = LS_CAUSE_LINK_LOSS,
		.drop = true,
		.confidence = 0.926,
		.back = true,
		.back_after_us = 1310 * LS_MS,
		.n_disconnects = 1,
	};

	return incident;
}

static void
record_incident(const struct ls_incident *incident)
{
	struct ls_record record = { .kind = LS_RECORD_INCIDENT, .incident = incident };

	alert_record(alert, &record);
}

static void
record_gap(const struct ls_gap *gap)
{
	struct ls_record record = { .kind = LS_RECORD_GAP, .gap = gap };

	alert_record(alert, &record);
}

static void
has_all_fields(void **state)
{
	struct ls_incident incident = link_loss();

	(void)state;
	record_incident(&incident);
	assert_string_equal(entries[0],
			    "MESSAGE=port 1-1: iPhone (05ac:12a8) lost its link and was back after "
			    "1.3 s (incident 41)\n"
			    "MESSAGE_ID=819fffffcfd449548d851682ed0ecd34\n"
			    "PRIORITY=4\n"
			    "LINKSTAT_PORT=pci-0000:00:14.0-usb-0:1\n"
			    "LINKSTAT_NAME=1-1\n"
			    "LINKSTAT_INCIDENT=41\n"
			    "LINKSTAT_CAUSE=link-loss\n"
			    "LINKSTAT_CONFIDENCE=0.93\n"
			    "LINKSTAT_DEVICE=05ac:12a8:F4G\n");
}

static void
has_a_sentence_for_each_cause(void **state)
{
	static const struct {
		enum ls_cause cause;
		bool drop, back;
		const char *priority, *message;
	} cases[] = {
		{ LS_CAUSE_UNPLUGGED, false, false, "5",
		  "port 1-1: iPhone (05ac:12a8) was unplugged" },
		{ LS_CAUSE_ENUMERATION_FAILED, true, false, "4",
		  "port 1-1: iPhone (05ac:12a8) was noticed but could not be talked to" },
		{ LS_CAUSE_ENUMERATION_FAILED, false, false, "5",
		  "port 1-1: iPhone (05ac:12a8) came up only after failed tries" },
		{ LS_CAUSE_HOST_RESET, false, false, "5",
		  "port 1-1: iPhone (05ac:12a8) was reset by this computer 3 times" },
		{ LS_CAUSE_UPSTREAM_LOSS, true, true, "4",
		  "port 1-1: iPhone (05ac:12a8) went away with all that is behind it (2 devices) "
		  "and was back after 1.3 s" },
		{ LS_CAUSE_MODE_SWITCH, false, true, "6",
		  "port 1-1: iPhone (05ac:12a8) changed its mode as expected and was back after "
		  "1.3 s" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_incident incident = link_loss();
		char want[256];

		incident.id = (int64_t)i + 1;
		incident.cause = cases[i].cause;
		incident.drop = cases[i].drop;
		incident.back = cases[i].back;
		incident.n_resets = 3;
		incident.n_children = 2;
		record_incident(&incident);
		snprintf(want, sizeof(want), "%s (incident %zu)", cases[i].message, i + 1);
		assert_string_equal(field(i, "MESSAGE"), want);
		assert_string_equal(field(i, "PRIORITY"), cases[i].priority);
	}
}

static void
names_a_controller_and_unknown_devices(void **state)
{
	struct ls_incident incident = link_loss();

	(void)state;
	incident.has_device = false;
	record_incident(&incident);
	assert_non_null(strstr(entries[0], "port 1-1: a device lost its link"));

	incident.id = 42;
	incident.cause = LS_CAUSE_CONTROLLER_DIED;
	incident.n_disconnects = 0;
	incident.socket = (struct ls_socket){ .id_path = "pci-0000:00:14.0", .name = "usb1" };
	record_incident(&incident);
	assert_string_equal(field(1, "MESSAGE"), "bus usb1: the USB controller died (incident 42)");
}

static void
waits_until_an_incident_settles(void **state)
{
	struct ls_incident incident = link_loss();

	(void)state;
	incident.settled = false;
	record_incident(&incident);
	assert_int_equal(n_entries, 0);
	incident.settled = true;
	record_incident(&incident);
	assert_int_equal(n_entries, 1);
	incident.n_resets++;
	record_incident(&incident);
	incident.open = false;
	record_incident(&incident);
	assert_int_equal(n_entries, 1);
}

static void
leaves_an_absence_open_at_first(void **state)
{
	struct ls_incident incident = link_loss();

	(void)state;
	incident.cause = LS_CAUSE_UNKNOWN;
	incident.back = false;
	incident.drop = false;
	record_incident(&incident);
	assert_string_equal(
		field(0, "MESSAGE"),
		"port 1-1: iPhone (05ac:12a8) left; if it is back within 10 s this is a "
		"lost link (incident 41)");
	assert_string_equal(field(0, "PRIORITY"), "6");
	record_incident(&incident);
	assert_int_equal(n_entries, 1);

	incident.cause = LS_CAUSE_LINK_LOSS;
	incident.back = true;
	incident.drop = true;
	record_incident(&incident);
	assert_int_equal(n_entries, 2);
	assert_string_equal(field(1, "PRIORITY"), "4");
}

static void
counts_in_powers_of_two(void **state)
{
	struct ls_incident incident = link_loss();

	(void)state;
	for (incident.n_disconnects = 1; incident.n_disconnects <= 10000; incident.n_disconnects++)
		record_incident(&incident);
	incident.n_disconnects--;
	assert_int_equal(n_entries, 14); /* 1, 2, 4 … 8192 */
	assert_string_equal(field(2, "MESSAGE"),
			    "port 1-1: iPhone (05ac:12a8) lost its link 4 times (incident 41)");
	incident.open = false;
	incident.closed.mono_us = incident.opened.mono_us + 3600 * LS_SEC;
	record_incident(&incident);
	assert_int_equal(n_entries, 15);
	assert_string_equal(field(14, "MESSAGE"),
			    "port 1-1: iPhone (05ac:12a8) lost its link 10000 times within 60 min; "
			    "it is quiet now (incident 41)");
}

static void
keeps_a_bounded_number(void **state)
{
	struct ls_incident incident = link_loss();

	(void)state;
	for (incident.id = 1; incident.id <= 256; incident.id++)
		record_incident(&incident);
	assert_int_equal(n_entries, 256);
	for (incident.id = 1; incident.id <= 256; incident.id++)
		record_incident(&incident);
	assert_int_equal(n_entries, 256);

	incident.id = 100; /* its place is the one that can be spared */
	incident.open = false;
	record_incident(&incident);
	incident.open = true;
	incident.id = 257;
	record_incident(&incident);
	for (incident.id = 1; incident.id <= 256; incident.id++) {
		if (incident.id != 100)
			record_incident(&incident);
	}
	assert_int_equal(n_entries, 257);
}

static void
reports_unavailable_sources(void **state)
{
	struct ls_gap gap = {
		.id = 7,
		.source = LS_SOURCE_KERNEL_LOG,
		.began = { .mono_us = LS_SEC },
		.open = true,
		.reason = "permission denied",
	};

	(void)state;
	record_gap(&gap);
	record_gap(&gap);
	assert_int_equal(n_entries, 1);
	assert_string_equal(entries[0], "MESSAGE=kernel-log sees nothing: permission denied\n"
					"MESSAGE_ID=faaafb96e6174628aae084d5fd4d78a5\n"
					"PRIORITY=5\n"
					"LINKSTAT_SOURCE=kernel-log\n");
	gap.open = false;
	gap.ended.mono_us = 91 * LS_SEC;
	record_gap(&gap);
	record_gap(&gap);
	assert_int_equal(n_entries, 2);
	assert_string_equal(field(1, "MESSAGE"),
			    "kernel-log saw nothing for 90 s: permission denied");
	assert_string_equal(field(1, "MESSAGE_ID"), alert_message_id(ALERT_AVAILABLE));
}

static void
sums_up_losses(void **state)
{
	struct ls_gap gap = { .source = LS_SOURCE_UDEV, .n_lost = 1, .reason = "buffer full" };

	(void)state;
	for (gap.id = 1; gap.id <= 100; gap.id++) {
		gap.began.mono_us += LS_SEC;
		record_gap(&gap);
	}
	assert_int_equal(n_entries, 2);
	assert_string_equal(field(0, "MESSAGE"), "udev lost 1 record: buffer full");
	assert_string_equal(field(1, "MESSAGE"), "udev lost 60 records: buffer full");
	gap.began.mono_us += 100 * LS_SEC;
	gap.n_lost = UINT32_MAX;
	record_gap(&gap);
	assert_string_equal(field(2, "MESSAGE"), "udev lost more than 39 records: buffer full");
}

static void
writes_to_stderr_without_a_journal(void **state)
{
	struct ls_incident incident = link_loss();
	char line[256] = "";
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);

	(void)state;
	journal_runs = false;
	dup2(fileno(file), STDERR_FILENO);
	record_incident(&incident);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	assert_non_null(fgets(line, sizeof(line), file));
	assert_string_equal(line, "linkstatd: port 1-1: iPhone (05ac:12a8) lost its link and was "
				  "back after 1.3 s (incident 41)\n");
	assert_null(fgets(line, sizeof(line), file));
	assert_int_equal(n_entries, 0);
	fclose(file);
}

static void
names_a_mode_except_normal_use(void **state)
{
	struct ls_incident incident = link_loss();

	(void)state;
	snprintf(incident.mode, sizeof(incident.mode), "restore mode");
	record_incident(&incident);
	assert_non_null(strstr(field(0, "MESSAGE"), " lost its link in restore mode and"));
	incident.id = 42;
	incident.mode_resting = true;
	record_incident(&incident);
	assert_non_null(strstr(field(1, "MESSAGE"), " lost its link and"));
}

static void
reports_assumed_labels(void **state)
{
	struct ls_event event = {
		.socket = { .id_path = "pci-0000:00:14.0-usb-0:1", .name = "1-1" },
		.kind = LS_EVENT_CABLE,
		.what = "assuming cable \"white\" as before",
	};
	const struct ls_record record = { .kind = LS_RECORD_EVENT, .event = &event };

	(void)state;
	alert_record(alert, &record);
	assert_int_equal(n_entries, 0);
	event.assumed = true;
	alert_record(alert, &record);
	assert_int_equal(n_entries, 1);
	assert_string_equal(field(0, "MESSAGE"), "port 1-1: assuming cable \"white\" as before");
}

static void
matches_the_catalog(void **state)
{
	size_t n_described[ALERT_N_KINDS + 1] = { 0 };
	char line[256];
	FILE *file;

	(void)state;
	snprintf(line, sizeof(line), "%s/systemd/linkstat.catalog", getenv("BUILD_DIR"));
	file = fopen(line, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		int kind = 0;

		if (strncmp(line, "-- ", 3) != 0)
			continue;
		while (kind < ALERT_N_KINDS && strncmp(line + 3, alert_message_id(kind), 32) != 0)
			kind++;
		n_described[kind]++;
	}
	fclose(file);
	for (int i = 0; i <= ALERT_N_KINDS; i++)
		assert_int_equal(n_described[i], i < ALERT_N_KINDS);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(has_all_fields),
		TEST(has_a_sentence_for_each_cause),
		TEST(names_a_controller_and_unknown_devices),
		TEST(waits_until_an_incident_settles),
		TEST(leaves_an_absence_open_at_first),
		TEST(counts_in_powers_of_two),
		TEST(keeps_a_bounded_number),
		TEST(reports_unavailable_sources),
		TEST(sums_up_losses),
		TEST(writes_to_stderr_without_a_journal),
		TEST(names_a_mode_except_normal_use),
		TEST(reports_assumed_labels),
		TEST(matches_the_catalog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
