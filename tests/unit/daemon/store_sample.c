#include "tests/unit/daemon/store_sample.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *
sample_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = NULL;

	assert_true(asprintf(&dir, "%s/linkstat-store-XXXXXX", tmp && *tmp ? tmp : "/tmp") > 0);
	assert_non_null(mkdtemp(dir));
	return dir;
}

void
sample_dir_remove(char *dir)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;

	while (stream && (entry = readdir(stream)))
		(void)unlinkat(dirfd(stream), entry->d_name, 0);
	if (stream)
		closedir(stream);
	(void)rmdir(dir);
	free(dir);
}

struct ls_instant
sample_instant(int64_t seconds)
{
	return (struct ls_instant){
		.mono_us = (uint64_t)(1000000 + seconds) * LS_SEC,
		.real_us = NOW_REAL + seconds * (int64_t)LS_SEC,
	};
}

struct store *
sample_open_boot(const char *dir, const char *boot_id, struct ls_instant now)
{
	const struct store_options options = {
		.dir = dir,
		.boot_id = boot_id,
		.now = now,
		.version = "test",
	};
	struct store *store = NULL;

	assert_int_equal(store_open(&options, &store), 0);
	return store;
}

struct store *
sample_open(const char *dir)
{
	return sample_open_boot(dir, "boot-1", sample_instant(0));
}

struct ls_device
sample_device(unsigned int n)
{
	struct ls_device device = {
		.vid = (uint16_t)(0xff00 + n),
		.pid = 0xfffe,
		.bcd_device = 0xfffd,
		.device_class = 0xfc,
		.n_configurations = 0xfb,
		.i_manufacturer = 0xfa,
		.i_product = 0xf9,
		.i_serial = 0xf8,
		.n_endpoints = 0xf7,
		.n_ports = 0xf6,
		.max_power_ma = 0xfff5,
		.speed = LS_SPEED_SUPER_PLUS,
		.remote_wakeup = true,
	};

	/* The longest that fits, with every printable byte and quotes. */
	for (size_t i = 0; i < sizeof(device.product) - 1; i++)
		device.product[i] = (char)(' ' + i % 95);
	snprintf(device.serial, sizeof(device.serial), "se'r\"ial; -- %u ü…", n);
	snprintf(device.manufacturer, sizeof(device.manufacturer), "%%s\\x00 \\");
	return device;
}

struct ls_socket
sample_socket(unsigned int n)
{
	struct ls_socket socket = { 0 };

	snprintf(socket.id_path, sizeof(socket.id_path), "pci-0000:00:14.0-usb-0:%u", n);
	snprintf(socket.name, sizeof(socket.name), "1-%u", n);
	return socket;
}

struct ls_session
sample_session(int64_t id, unsigned int port, int64_t began)
{
	struct ls_session session = {
		.id = id,
		.socket = sample_socket(port),
		.device = sample_device(port),
		.devnum = 0xffff,
		.link = "2-15.255.255.255.255.255",
		.began = sample_instant(began),
		.present_since = sample_instant(began),
		.open = true,
		.present = true,
		.cable = "the \"white\" one; 2 m, ü",
		.cable_assumed = true,
		.hubs = "05e3:0610:s'e\"r;1d6b:0002 at pci-0000:00:14.0-usb-0:1",
		.hubs_known = true,
	};

	return session;
}

struct ls_incident
sample_incident(int64_t id, unsigned int port, int64_t opened)
{
	struct ls_incident incident = {
		.id = id,
		.socket = sample_socket(port),
		.session = INT64_MAX,
		.has_device = true,
		.device = sample_device(port),
		.opened = sample_instant(opened),
		.closed = sample_instant(opened + 3),
		.settled = true,
		.cause = LS_CAUSE_LINK_LOSS,
		.side = LS_SIDE_POWER,
		.drop = true,
		.confidence = 0.1 + 0.2, /* no short decimal */
		.why = "it's so",
		.back = true,
		.back_after_us = 0x7ffffffffffffffe,
		.n_disconnects = UINT32_MAX,
		.n_resets = UINT32_MAX - 1,
		.n_enum_failures = UINT32_MAX - 2,
		.n_over_currents = UINT32_MAX - 3,
		.n_children = UINT32_MAX - 4,
		.sources = UINT32_MAX - 5,
		.facts = INT64_MAX - 6,
		.n_evidence = LS_EVIDENCE_MAX + 5,
		.mode = "restore mode",
		.in_mode_us = 0x7ffffffffffffffd,
		.mode_after = "recovery mode",
		.gone = { 0x7ffffffffffffffc, -5 },
	};

	for (size_t i = 0; i < LS_EVIDENCE_MAX; i++) {
		struct ls_evidence *evidence = &incident.evidence[i];

		evidence->at = (struct ls_instant){ i * 7, -(int64_t)i };
		evidence->source = (enum ls_source)(i % LS_N_SOURCES);
		snprintf(evidence->what, sizeof(evidence->what), "line %zu of %lld", i,
			 (long long)id);
	}
	return incident;
}

struct ls_event
sample_event(unsigned int port, enum ls_event_kind kind, int64_t at)
{
	struct ls_event event = {
		.at = sample_instant(at),
		.socket = sample_socket(port),
		.kind = kind,
		.source = LS_SOURCE_LIBUSB,
		.incident = 0x7fffffffffffff,
		.what = "what's \"it\"",
	};

	return event;
}

struct ls_gap
sample_gap(int64_t id, enum ls_source source, int64_t began, int64_t ended)
{
	return (struct ls_gap){
		.id = id,
		.source = source,
		.began = sample_instant(began),
		.ended = sample_instant(ended),
		.reason = "it's blind",
	};
}

void
sample_traffic(struct ls_traffic_row *row, int64_t session, int64_t minute_us)
{
	memset(row, 0, sizeof(*row));
	row->session = session;
	row->minute_us = minute_us;
	row->counts.endpoints[1].bytes = 100;
	row->counts.endpoints[1].by_status[ls_status_find(-71)] = 1;
	row->counts.endpoints[17].bytes = 200;
	row->counts.endpoints[17].n_refused = 7;
	row->counts.endpoints[17].by_status[LS_STATUS_ROW_OK] = 10;
	row->counts.endpoints[17].by_status[ls_status_find(-121)] = 4;
	row->counts.endpoints[17].by_status[ls_status_find(-71)] = 2;
	row->counts.endpoints[17].by_status[ls_status_find(-2)] = 1;
	row->counts.endpoints[17].by_status[LS_STATUS_ROW_TIMEOUT] = 2;
	row->counts.endpoints[0].by_status[LS_STATUS_ROW_OTHER] = 5;
	for (unsigned int us = 1; us <= 20; us++)
		ls_latency_add(&row->counts.latency[LS_XFER_BULK], us);
}

void
sample_tail(struct ls_tail *tail, int64_t incident, uint32_t n)
{
	memset(tail, 0, sizeof(*tail));
	tail->incident = incident;
	tail->n = n;
	for (uint32_t i = 0; i < n; i++) {
		tail->records[i] = (struct ls_flight_record){
			.id = (uint64_t)incident << 32 | i,
			.type = i % 2 ? LS_USBMON_COMPLETE : LS_USBMON_SUBMIT,
			.xfer = i < 2 ? LS_XFER_CONTROL : LS_XFER_BULK,
			.endpoint = 0x80,
			.flag_setup = i == 0 ? 0 : '-',
			.real_us = (uint64_t)NOW_REAL + i,
			.status = i % 2 ? -71 : -115,
			.setup = { 0x80, 6, 0, 1, 0, 0, 18, 0 },
		};
	}
}

void
sample_put(struct store *store, struct ls_record record)
{
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(store_put(store, &record), 0);
	assert_int_equal(store_commit(store), 0);
}

int
see_event(int64_t id, const struct ls_event *event, void *user)
{
	struct sample_seen *seen = user;

	seen->first_id = seen->n++ ? seen->first_id : id;
	seen->last_id = id;
	seen->event = *event;
	return 0;
}

int
see_incident(const struct ls_incident *incident, const struct ls_labels *labels, void *user)
{
	struct sample_seen *seen = user;

	seen->first_id = seen->n++ ? seen->first_id : incident->id;
	seen->last_id = incident->id;
	seen->incident = *incident;
	snprintf(seen->label, sizeof(seen->label), "%s",
		 labels->socket ? labels->socket : "(none)");
	return 0;
}

int
see_gap(const struct ls_gap *gap, void *user)
{
	struct sample_seen *seen = user;

	seen->n++;
	seen->gap = *gap;
	return 0;
}

int
count_all_events(struct store *store)
{
	struct sample_seen *seen = calloc(1, sizeof(*seen));
	const char *unknown;
	int n;

	assert_non_null(seen);
	assert_int_equal(store_events(store, &ALL, see_event, seen, &unknown), 0);
	n = seen->n;
	free(seen);
	return n;
}

int
setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->dir = sample_dir();
	fixture->store = sample_open(fixture->dir);
	assert_string_equal(store_problem(fixture->store), "");
	*state = fixture;
	return 0;
}

int
teardown(void **state)
{
	struct fixture *fixture = *state;

	store_close(fixture->store);
	sample_dir_remove(fixture->dir);
	free(fixture);
	return 0;
}

void
reopen(struct fixture *fixture, const char *boot_id, int64_t now)
{
	store_close(fixture->store);
	fixture->store = sample_open_boot(fixture->dir, boot_id, sample_instant(now));
	assert_string_equal(store_problem(fixture->store), "");
}

void
sql(struct fixture *fixture, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_path(fixture->store), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

void
sample_back_to_5(struct fixture *fixture, int version)
{
	static const char *const steps[] = {
		"DROP TRIGGER session_sums_came",
		"DROP TRIGGER session_sums_changed",
		"DROP TABLE history_sums",
		"DROP INDEX session_sums_slice",
		"DROP INDEX jobs_user",
		"DROP INDEX statements_user",
		"DROP TRIGGER sessions_changed",
		"ALTER TABLE sessions DROP COLUMN metered_us",
		"ALTER TABLE sessions DROP COLUMN flowing_us",
		"ALTER TABLE sessions DROP COLUMN neighbour_us",
		"ALTER TABLE sessions DROP COLUMN sum_flowing_us",
		"ALTER TABLE sessions DROP COLUMN sum_drops_flowing",
		("CREATE TRIGGER sessions_changed AFTER UPDATE OF port ON sessions"
		 " BEGIN SELECT 1; END"),
	};
	char pragma[64];

	for (size_t i = 0; i < LS_COUNT(steps); i++)
		sql(fixture, steps[i]);
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", version);
	sql(fixture, pragma);
}

int64_t
sql_number(struct fixture *fixture, const char *query)
{
	sqlite3_stmt *stmt = NULL;
	int64_t number;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_path(fixture->store), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, query, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}
