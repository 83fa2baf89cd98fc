#include "daemon/store/schema.h"

#include <stdio.h>

#include "daemon/store/db.h"

/*
 * Each list leads from one version to the next; one that was released is never changed. A column
 * x_mono is CLOCK_MONOTONIC in its boot, x_real is microseconds since 1970. Ids of sessions,
 * incidents and gaps are the engine's; what they point to may come later in the same batch or be
 * gone, so they are no foreign keys.
 */
static const char *const to_1[] = {
	"CREATE TABLE boots ("
	" id INTEGER PRIMARY KEY,"
	" boot_id TEXT NOT NULL UNIQUE,"
	" kmsg_seq INTEGER," /* last kernel log record taken; NULL: none yet */
	" first_seen_mono INTEGER NOT NULL, first_seen_real INTEGER NOT NULL,"
	" last_seen_mono INTEGER NOT NULL, last_seen_real INTEGER NOT NULL,"
	" version TEXT NOT NULL" /* of the linkstatd that ran first */
	") STRICT",

	"CREATE TABLE ports ("
	" id INTEGER PRIMARY KEY,"
	" id_path TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL," /* the latest kernel name, and the boot in which it was that */
	" boot INTEGER NOT NULL REFERENCES boots,"
	" label TEXT"
	") STRICT",
	"CREATE INDEX ports_name ON ports (name)",
	"CREATE INDEX ports_label ON ports (label) WHERE label IS NOT NULL",

	/* A physical thing. Without a serial number it is only known by where it is plugged. */
	"CREATE TABLE devices ("
	" id INTEGER PRIMARY KEY,"
	" vid INTEGER NOT NULL, pid INTEGER NOT NULL, serial TEXT NOT NULL,"
	" port INTEGER NOT NULL," /* 0 where the serial number identifies the specimen */
	" UNIQUE (vid, pid, serial, port)"
	") STRICT",

	/* One way in which a device described itself; it may have several, one for each mode. */
	"CREATE TABLE descriptions ("
	" id INTEGER PRIMARY KEY,"
	" device INTEGER NOT NULL REFERENCES devices,"
	" bcd_device INTEGER NOT NULL, class INTEGER NOT NULL, n_configurations INTEGER NOT NULL,"
	" i_manufacturer INTEGER NOT NULL, i_product INTEGER NOT NULL, i_serial INTEGER NOT NULL,"
	" n_endpoints INTEGER NOT NULL, n_ports INTEGER NOT NULL, max_power_ma INTEGER NOT NULL,"
	" speed INTEGER NOT NULL," /* enum ls_speed */
	" remote_wakeup INTEGER NOT NULL, product TEXT NOT NULL, manufacturer TEXT NOT NULL"
	") STRICT",
	"CREATE INDEX descriptions_device ON descriptions (device)",

	"CREATE TABLE cables ("
	" id INTEGER PRIMARY KEY,"
	" label TEXT NOT NULL UNIQUE"
	") STRICT",

	"CREATE TABLE sessions ("
	" id INTEGER PRIMARY KEY,"
	" boot INTEGER NOT NULL REFERENCES boots,"
	" port INTEGER REFERENCES ports,"
	" description INTEGER NOT NULL REFERENCES descriptions,"
	" cable INTEGER REFERENCES cables,"
	" name TEXT NOT NULL, link TEXT NOT NULL, devnum INTEGER NOT NULL,"
	" began_mono INTEGER NOT NULL, began_real INTEGER NOT NULL,"
	" ended_mono INTEGER NOT NULL, ended_real INTEGER NOT NULL,"
	" connected_us INTEGER NOT NULL,"
	" present_since_mono INTEGER NOT NULL, present_since_real INTEGER NOT NULL,"
	" open INTEGER NOT NULL, present INTEGER NOT NULL"
	") STRICT",
	"CREATE INDEX sessions_port ON sessions (port)",
	"CREATE INDEX sessions_open ON sessions (boot) WHERE open = 1",

	/* Spans of presence within a session: exposure. connected_us is monotonic time. */
	"CREATE TABLE stays ("
	" id INTEGER PRIMARY KEY,"
	" session INTEGER NOT NULL,"
	" began_mono INTEGER NOT NULL, began_real INTEGER NOT NULL,"
	" ended_real INTEGER," /* NULL while it lasts */
	" connected_us INTEGER NOT NULL"
	") STRICT",
	"CREATE INDEX stays_session ON stays (session)",
	"CREATE INDEX stays_open ON stays (session) WHERE ended_real IS NULL",

	"CREATE TABLE incidents ("
	" id INTEGER PRIMARY KEY,"
	" boot INTEGER NOT NULL REFERENCES boots,"
	" port INTEGER REFERENCES ports,"
	" description INTEGER REFERENCES descriptions,"
	" name TEXT NOT NULL, session INTEGER,"
	" opened_mono INTEGER NOT NULL, opened_real INTEGER NOT NULL,"
	" closed_mono INTEGER NOT NULL, closed_real INTEGER NOT NULL,"
	" open INTEGER NOT NULL, settled INTEGER NOT NULL,"
	" cause TEXT NOT NULL, side TEXT NOT NULL,"
	" is_drop INTEGER NOT NULL, confidence REAL NOT NULL, why TEXT NOT NULL,"
	" back INTEGER NOT NULL, back_after_us INTEGER NOT NULL,"
	" n_disconnects INTEGER NOT NULL, n_resets INTEGER NOT NULL,"
	" n_enum_failures INTEGER NOT NULL, n_over_currents INTEGER NOT NULL,"
	" n_children INTEGER NOT NULL,"
	" sources INTEGER NOT NULL," /* bits 1 << enum ls_source */
	" facts INTEGER NOT NULL,"   /* bits of enum ls_fact */
	" n_evidence INTEGER NOT NULL"
	") STRICT",
	"CREATE INDEX incidents_opened ON incidents (opened_real)",
	"CREATE INDEX incidents_port ON incidents (port, opened_real)",
	"CREATE INDEX incidents_open ON incidents (boot) WHERE open = 1",

	"CREATE TABLE evidence ("
	" incident INTEGER NOT NULL,"
	" n INTEGER NOT NULL," /* place in ls_incident.evidence */
	" at_mono INTEGER NOT NULL, at_real INTEGER NOT NULL,"
	" source TEXT NOT NULL, what TEXT NOT NULL,"
	" PRIMARY KEY (incident, n)"
	") STRICT, WITHOUT ROWID",

	"CREATE TABLE events ("
	" id INTEGER PRIMARY KEY,"
	" boot INTEGER NOT NULL REFERENCES boots,"
	" port INTEGER REFERENCES ports,"
	" at_mono INTEGER NOT NULL, at_real INTEGER NOT NULL,"
	" name TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL,"
	" incident INTEGER, what TEXT NOT NULL"
	") STRICT",
	"CREATE INDEX events_at ON events (at_real)",
	"CREATE INDEX events_port ON events (port, at_real, kind)",
	"CREATE INDEX events_incident ON events (incident) WHERE incident IS NOT NULL",

	"CREATE TABLE gaps ("
	" id INTEGER PRIMARY KEY,"
	" boot INTEGER NOT NULL REFERENCES boots,"
	" source TEXT NOT NULL,"
	" began_mono INTEGER NOT NULL, began_real INTEGER NOT NULL,"
	" ended_mono INTEGER NOT NULL, ended_real INTEGER NOT NULL,"
	" open INTEGER NOT NULL, n_lost INTEGER NOT NULL, reason TEXT NOT NULL"
	") STRICT",
	"CREATE INDEX gaps_began ON gaps (began_real)",
	"CREATE INDEX gaps_open ON gaps (boot) WHERE open = 1",

	/* Traffic of a session in the span_us from minute_us (real) on: a minute, or an hour once
	 * store_roll_up() has merged them; then minute_us is when the hour began. */
	"CREATE TABLE traffic ("
	" session INTEGER NOT NULL, minute_us INTEGER NOT NULL, span_us INTEGER NOT NULL,"
	" transfers INTEGER NOT NULL," /* completed ones */
	" bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,"
	" submit_errors INTEGER NOT NULL,"
	" PRIMARY KEY (session, minute_us)"
	") STRICT, WITHOUT ROWID",
	"CREATE INDEX traffic_minutes ON traffic (minute_us) WHERE span_us < 3600000000",

	/* Completions that are not of class ok. endpoint: bit 7 is IN; status 0: any other. */
	"CREATE TABLE traffic_errors ("
	" session INTEGER NOT NULL, minute_us INTEGER NOT NULL,"
	" endpoint INTEGER NOT NULL, status INTEGER NOT NULL, class TEXT NOT NULL,"
	" n INTEGER NOT NULL,"
	" PRIMARY KEY (session, minute_us, endpoint, status, class)"
	") STRICT, WITHOUT ROWID",

	/* Of an hour p99_us is that of its worst minute and p50_us is unknown: quantiles cannot be
	 * merged, and a mean of them would be none. */
	"CREATE TABLE traffic_latency ("
	" session INTEGER NOT NULL, minute_us INTEGER NOT NULL, type TEXT NOT NULL,"
	" n INTEGER NOT NULL, p50_us INTEGER, p99_us INTEGER NOT NULL, max_us INTEGER NOT NULL,"
	" PRIMARY KEY (session, minute_us, type)"
	") STRICT, WITHOUT ROWID",

	/* The last transfers before an incident: struct ls_flight_record, oldest first. */
	"CREATE TABLE tails ("
	" incident INTEGER PRIMARY KEY,"
	" records BLOB NOT NULL"
	") STRICT",
};

#define MONTH_OF(time)	  STORE_MONTH_OF(time)
#define ONE_MORE_INCIDENT " ON CONFLICT DO UPDATE SET n = n + 1, drops = drops + excluded.drops"
#define ADD_INCIDENT                                                                               \
	"INSERT INTO incident_sums VALUES (NEW.port, " MONTH_OF(                                   \
		"NEW.opened_real") ", NEW.cause,"                                                  \
				   " 1, NEW.is_drop)" ONE_MORE_INCIDENT
#define TAKE_INCIDENT                                                                              \
	"UPDATE incident_sums SET n = n - 1, drops = drops - OLD.is_drop WHERE port = OLD.port"    \
	" AND month_real = " MONTH_OF("OLD.opened_real") " AND cause = OLD.cause"

/* Labels, jobs, imports, modes of device families, and sums. */
static const char *const to_2[] = {
	/* 0: linkstatd watched it; 1: the import of its past is under way; 2: it was imported;
	 * 3: its import never ended and is undone; 4: is being undone. But for 0, boot_id ends in " imported", and ids
	 * are below zero, in the order of time. */
	"ALTER TABLE boots ADD COLUMN imported INTEGER NOT NULL DEFAULT 0",

	"ALTER TABLE sessions ADD COLUMN mode TEXT NOT NULL DEFAULT ''",
	"ALTER TABLE incidents ADD COLUMN mode TEXT NOT NULL DEFAULT ''",
	"ALTER TABLE incidents ADD COLUMN in_mode_us INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE incidents ADD COLUMN mode_after TEXT NOT NULL DEFAULT ''",
	"ALTER TABLE incidents ADD COLUMN gone_mono INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE incidents ADD COLUMN gone_real INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE sessions ADD COLUMN cable_assumed INTEGER NOT NULL DEFAULT 0",

	/* The hubs of a session, as in ls_session.hubs; of an older session NULL. */
	"CREATE TABLE chains ("
	" id INTEGER PRIMARY KEY,"
	" hubs TEXT NOT NULL UNIQUE"
	") STRICT",
	"ALTER TABLE sessions ADD COLUMN chain INTEGER REFERENCES chains",
	"CREATE INDEX sessions_began ON sessions (began_real)",
	"CREATE INDEX sessions_ended ON sessions (ended_real)",
	"CREATE INDEX incidents_session ON incidents (session, opened_real) WHERE is_drop = 1",

	/* Every label that was ever set; the current ones are in sessions and ports. */
	"CREATE TABLE statements ("
	" id INTEGER PRIMARY KEY,"
	" said_real INTEGER NOT NULL,"
	" uid INTEGER," /* of the user who set it */
	" port INTEGER NOT NULL REFERENCES ports,"
	" about TEXT NOT NULL,"		/* cable, socket */
	" since_real INTEGER NOT NULL," /* from when on it is so */
	" label TEXT,"			/* NULL: none, or forgotten */
	" before TEXT"			/* the label until then */
	") STRICT",
	"CREATE INDEX statements_port ON statements (port, about, since_real)",

	"CREATE TABLE jobs ("
	" id INTEGER PRIMARY KEY,"
	" boot INTEGER NOT NULL REFERENCES boots,"
	" uid INTEGER,"
	" began_mono INTEGER NOT NULL, began_real INTEGER NOT NULL,"
	" ended_real INTEGER NOT NULL,"
	" outcome TEXT NOT NULL," /* running, exited, killed, lost */
	" code INTEGER,"	  /* exit status or signal */
	" port INTEGER REFERENCES ports,"
	" cable TEXT, command TEXT NOT NULL, note TEXT, place TEXT"
	") STRICT",
	"CREATE INDEX jobs_began ON jobs (began_real)",
	"CREATE INDEX jobs_running ON jobs (boot) WHERE outcome = 'running'",

	/* Traffic of a port from the beginning of the minute in which a job began: until it began
	 * (sign -1) and until it ended (sign 1). Their sum is the traffic of the job. */
	"CREATE TABLE job_traffic ("
	" job INTEGER NOT NULL REFERENCES jobs,"
	" port INTEGER NOT NULL REFERENCES ports,"
	" sign INTEGER NOT NULL,"
	" transfers INTEGER NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,"
	" errors INTEGER NOT NULL," /* of the classes that speak of the link */
	" PRIMARY KEY (job, port, sign)"
	") STRICT, WITHOUT ROWID",

	/* What sessions that ended long ago add up to, by all that took part; 0 is unknown. What a
	 * session gave is kept in it, so that it can be subtracted again. */
	"CREATE TABLE session_sums ("
	" id INTEGER PRIMARY KEY,"
	" port INTEGER NOT NULL, description INTEGER NOT NULL,"
	" cable INTEGER NOT NULL, chain INTEGER NOT NULL,"
	" dropping INTEGER NOT NULL," /* 1: of those with drops */
	" n INTEGER NOT NULL, connected_us INTEGER NOT NULL,"
	" drops INTEGER NOT NULL," /* within a minute of each other: one */
	" by_power INTEGER NOT NULL, by_host INTEGER NOT NULL,"
	" by_hub INTEGER NOT NULL, by_device INTEGER NOT NULL,"
	" first_real INTEGER NOT NULL," /* when the first one began */
	" UNIQUE (port, description, cable, chain, dropping)"
	") STRICT",
	"ALTER TABLE sessions ADD COLUMN sum INTEGER", /* row of session_sums, NULL: not yet */
	"ALTER TABLE sessions ADD COLUMN sum_us INTEGER",
	"ALTER TABLE sessions ADD COLUMN sum_drops INTEGER",
	"ALTER TABLE sessions ADD COLUMN sum_power INTEGER",
	"ALTER TABLE sessions ADD COLUMN sum_host INTEGER",
	"ALTER TABLE sessions ADD COLUMN sum_hub INTEGER",
	"ALTER TABLE sessions ADD COLUMN sum_device INTEGER",
	/* 1: is in the sums of its port, where it stays whatever cable it gets later. */
	"ALTER TABLE sessions ADD COLUMN counted INTEGER NOT NULL DEFAULT 0",
	"CREATE INDEX incidents_dropped ON incidents (opened_real) WHERE is_drop = 1",
	"CREATE INDEX sessions_port_ended ON sessions (port, ended_real)",
	"CREATE INDEX sessions_not_summed ON sessions (ended_real) WHERE sum IS NULL",
	"CREATE INDEX sessions_port_not_summed ON sessions (port) WHERE sum IS NULL",
	"CREATE INDEX sessions_not_counted ON sessions (port) WHERE counted = 0",
	"CREATE TRIGGER sessions_changed AFTER UPDATE OF port, description, cable, chain, open,"
	" connected_us, began_real, ended_real ON sessions WHEN OLD.sum IS NOT NULL BEGIN"
	" UPDATE session_sums SET n = n - 1, connected_us = connected_us - OLD.sum_us,"
	"  drops = drops - OLD.sum_drops, by_power = by_power - OLD.sum_power,"
	"  by_host = by_host - OLD.sum_host, by_hub = by_hub - OLD.sum_hub,"
	"  by_device = by_device - OLD.sum_device WHERE id = OLD.sum;"
	" DELETE FROM session_sums WHERE id = OLD.sum AND n = 0;"
	" UPDATE sessions SET sum = NULL WHERE id = NEW.id;"
	" END",

	/* Of a port: the sessions that began in a week, with their longest time without a drop. */
	"CREATE TABLE port_weeks ("
	" port INTEGER NOT NULL, week_real INTEGER NOT NULL,"
	" from_real INTEGER NOT NULL," /* the first one began */
	" n INTEGER NOT NULL, drops INTEGER NOT NULL,"
	" connected_us INTEGER NOT NULL, head_us INTEGER NOT NULL,"
	" tail_us INTEGER NOT NULL, best_us INTEGER NOT NULL,"
	" PRIMARY KEY (port, week_real)"
	") STRICT, WITHOUT ROWID",
	"CREATE TABLE port_traffic ("
	" port INTEGER PRIMARY KEY, transfers INTEGER NOT NULL,"
	" bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL, submit_errors INTEGER NOT NULL"
	") STRICT",
	"CREATE TABLE port_errors ("
	" port INTEGER NOT NULL, endpoint INTEGER NOT NULL, status INTEGER NOT NULL,"
	" class TEXT NOT NULL, n INTEGER NOT NULL,"
	" PRIMARY KEY (port, endpoint, status, class)"
	") STRICT, WITHOUT ROWID",
	"CREATE TABLE port_latency ("
	" port INTEGER NOT NULL, type TEXT NOT NULL, n INTEGER NOT NULL,"
	" p99_us INTEGER NOT NULL, max_us INTEGER NOT NULL,"
	" PRIMARY KEY (port, type)"
	") STRICT, WITHOUT ROWID",

	/* Events and incidents of a port in 30 days. They outlive the events. */
	"CREATE TABLE event_sums ("
	" port INTEGER NOT NULL, month_real INTEGER NOT NULL, kind TEXT NOT NULL,"
	" n INTEGER NOT NULL,"
	" PRIMARY KEY (port, month_real, kind)"
	") STRICT, WITHOUT ROWID",
	"CREATE TABLE incident_sums ("
	" port INTEGER NOT NULL, month_real INTEGER NOT NULL, cause TEXT NOT NULL,"
	" n INTEGER NOT NULL, drops INTEGER NOT NULL,"
	" PRIMARY KEY (port, month_real, cause)"
	") STRICT, WITHOUT ROWID",
	"INSERT INTO event_sums SELECT port, " MONTH_OF(
		"at_real") ", kind, count(*) FROM events"
			   " WHERE port IS NOT NULL GROUP BY 1, 2, 3",
	"INSERT INTO incident_sums SELECT port, " MONTH_OF(
		"opened_real") ", cause, count(*),"
			       " sum(is_drop) FROM incidents WHERE port IS NOT NULL GROUP BY 1, 2, "
			       "3",
	"CREATE TRIGGER events_added AFTER INSERT ON events WHEN NEW.port IS NOT NULL BEGIN"
	" INSERT INTO event_sums VALUES (NEW.port, " MONTH_OF(
		"NEW.at_real") ", NEW.kind, 1)"
			       "  ON CONFLICT DO UPDATE SET n = n + 1;"
			       " END",
	"CREATE TRIGGER incidents_added AFTER INSERT ON incidents WHEN NEW.port IS NOT NULL "
	"BEGIN " ADD_INCIDENT "; END",
	"CREATE TRIGGER incidents_gone AFTER DELETE ON incidents WHEN OLD.port IS NOT NULL "
	"BEGIN " TAKE_INCIDENT "; END",
	"CREATE TRIGGER incidents_changed AFTER UPDATE OF port, opened_real, cause, is_drop"
	" ON incidents WHEN OLD.port IS NOT NEW.port OR OLD.opened_real <> NEW.opened_real"
	" OR OLD.cause <> NEW.cause OR OLD.is_drop <> NEW.is_drop BEGIN " TAKE_INCIDENT
	" AND OLD.port IS NOT NULL; "
	"INSERT INTO incident_sums SELECT NEW.port, " MONTH_OF(
		"NEW.opened_real") ", NEW.cause, 1,"
				   " NEW.is_drop WHERE NEW.port IS NOT NULL" ONE_MORE_INCIDENT
				   "; END",
};

/* What programs decide by is in columns of its own, and no more in texts for people. */
static const char *const to_3[] = {
	"ALTER TABLE incidents ADD COLUMN mode_resting INTEGER NOT NULL DEFAULT 0",
	"UPDATE incidents SET mode_resting = 1 WHERE mode = 'normal use'",
	"ALTER TABLE gaps ADD COLUMN kind TEXT NOT NULL DEFAULT 'outage'",
	"UPDATE gaps SET kind = 'imported' WHERE reason ="
	" 'imported from the journal: transfers of that time are not known'",
	"ALTER TABLE jobs ADD COLUMN place_percent INTEGER",
	"ALTER TABLE jobs ADD COLUMN place_phase TEXT",
	/* "at 37 % of the file system, 212 s into restore mode" */
	"UPDATE jobs SET place_percent = CAST(substr(place, 4) AS INTEGER), place_phase ="
	" 'file system' WHERE place GLOB 'at [0-9]* % of the file system*'",
};

/* Sums of sessions that are alike: attribution needs to know how long each was, and when. Sessions
 * are summed up again bit by bit. */
static const char *const to_4[] = {
	"DROP TABLE session_sums",
	"CREATE TABLE session_sums ("
	" id INTEGER PRIMARY KEY,"
	" port INTEGER NOT NULL, description INTEGER NOT NULL,"
	" cable INTEGER NOT NULL, chain INTEGER NOT NULL,"
	" each INTEGER NOT NULL,"   /* drops of each session; within a minute of each other: one */
	" length INTEGER NOT NULL," /* connected, by ls_trial_length() */
	" slice INTEGER NOT NULL,"  /* when they began, in 2^19 s */
	" n INTEGER NOT NULL, connected_us INTEGER NOT NULL,"
	" drops INTEGER NOT NULL,"
	" by_power INTEGER NOT NULL, by_host INTEGER NOT NULL,"
	" by_hub INTEGER NOT NULL, by_device INTEGER NOT NULL,"
	" first_real INTEGER NOT NULL," /* when the first one began */
	" UNIQUE (port, description, cable, chain, each, length, slice)"
	") STRICT",
	"UPDATE sessions SET sum = NULL WHERE sum IS NOT NULL",
};

#define WEEK_OF(time) "(" time " - " time " % " STORE_WEEK_TEXT ")"

/* Transfers of a port by weeks, so that a question about a year reads 52 of them. */
static const char *const to_5[] = {
	"CREATE TABLE week_traffic ("
	" port INTEGER NOT NULL, week_real INTEGER NOT NULL,"
	" transfers INTEGER NOT NULL,"
	" bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL, submit_errors INTEGER NOT NULL,"
	" PRIMARY KEY (port, week_real)"
	") STRICT, WITHOUT ROWID",
	"CREATE TABLE week_errors ("
	" port INTEGER NOT NULL, week_real INTEGER NOT NULL,"
	" endpoint INTEGER NOT NULL, status INTEGER NOT NULL,"
	" class TEXT NOT NULL, n INTEGER NOT NULL,"
	" PRIMARY KEY (port, week_real, endpoint, status, class)"
	") STRICT, WITHOUT ROWID",
	"CREATE TABLE week_latency ("
	" port INTEGER NOT NULL, week_real INTEGER NOT NULL, type TEXT NOT NULL,"
	" n INTEGER NOT NULL, p99_us INTEGER NOT NULL, max_us INTEGER NOT NULL,"
	" PRIMARY KEY (port, week_real, type)"
	") STRICT, WITHOUT ROWID",
	"INSERT INTO week_traffic SELECT s.port, " WEEK_OF(
		"s.began_real") ", sum(t.transfers),"
				" sum(t.bytes_in), sum(t.bytes_out), sum(t.submit_errors) FROM "
				"traffic t"
				" JOIN sessions s ON s.id = t.session WHERE s.counted = 1 AND "
				"s.port IS NOT NULL"
				" GROUP BY 1, 2",
	"INSERT INTO week_errors SELECT s.port, " WEEK_OF(
		"s.began_real") ", t.endpoint, t.status,"
				" t.class, sum(t.n) FROM traffic_errors t JOIN sessions s ON s.id "
				"= t.session"
				" WHERE s.counted = 1 AND s.port IS NOT NULL GROUP BY 1, 2, 3, 4, "
				"5",
	"INSERT INTO week_latency SELECT s.port, " WEEK_OF(
		"s.began_real") ", t.type, sum(t.n),"
				" max(t.p99_us), max(t.max_us) FROM traffic_latency t JOIN "
				"sessions s ON s.id = t.session"
				" WHERE s.counted = 1 AND s.port IS NOT NULL GROUP BY 1, 2, 3",
	"DROP TABLE port_traffic",
	"DROP TABLE port_errors",
	"DROP TABLE port_latency",
	/* The latest session of a port, and which sessions touch a span, by the index alone. */
	"DROP INDEX sessions_port",
	"CREATE INDEX sessions_port ON sessions (port, began_real)",
	"DROP INDEX sessions_port_ended",
	"CREATE INDEX sessions_port_ended ON sessions (port, ended_real, began_real)",
	"DROP INDEX sessions_ended",
	"CREATE INDEX sessions_ended ON sessions (ended_real, began_real)",
	"CREATE INDEX sessions_cable ON sessions (cable, began_real) WHERE cable IS NOT NULL",
	"DROP INDEX sessions_port_not_summed",
	"CREATE INDEX sessions_port_not_summed ON sessions (port, began_real) WHERE sum IS NULL",
	"CREATE INDEX sessions_not_summed_began ON sessions (began_real) WHERE sum IS NULL",
};

/*
 * How long data flowed while sessions were connected; sums of before stay as they are. And the history
 * of a port for the interval of its rate, in spans of STORE_HISTORY_SLICES slices:
 * what took part in the sessions makes no difference there, so ten years are a few thousand rows.
 */
static const char *const to_6[] = {
	"ALTER TABLE sessions ADD COLUMN metered_us INTEGER NOT NULL DEFAULT 0", /* usbmon watched */
	"ALTER TABLE sessions ADD COLUMN flowing_us INTEGER NOT NULL DEFAULT 0", /* … data flowed */
	/* … to another device of the bus */
	"ALTER TABLE sessions ADD COLUMN neighbour_us INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE sessions ADD COLUMN sum_flowing_us INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE sessions ADD COLUMN sum_drops_flowing INTEGER NOT NULL DEFAULT 0",
	"DROP TRIGGER sessions_changed",
	"ALTER TABLE session_sums RENAME TO earlier_sums",
	"CREATE TABLE session_sums ("
	" id INTEGER PRIMARY KEY,"
	" port INTEGER NOT NULL, description INTEGER NOT NULL,"
	" cable INTEGER NOT NULL, chain INTEGER NOT NULL,"
	" each INTEGER NOT NULL,"    /* drops of each session; within a minute of each other: one */
	" length INTEGER NOT NULL,"  /* connected, by ls_trial_length() */
	" slice INTEGER NOT NULL,"   /* when they began, in 2^19 s */
	" metered INTEGER NOT NULL," /* 1: usbmon watched them; else the flowing are 0 */
	" n INTEGER NOT NULL, connected_us INTEGER NOT NULL,"
	" drops INTEGER NOT NULL,"
	" by_power INTEGER NOT NULL, by_host INTEGER NOT NULL,"
	" by_hub INTEGER NOT NULL, by_device INTEGER NOT NULL,"
	" first_real INTEGER NOT NULL," /* when the first one began */
	" flowing_us INTEGER NOT NULL, drops_flowing INTEGER NOT NULL,"
	" UNIQUE (port, description, cable, chain, each, length, slice, metered)"
	") STRICT",
	"INSERT INTO session_sums (id, port, description, cable, chain, each, length, slice,"
	" metered, n, connected_us, drops, by_power, by_host, by_hub, by_device, first_real,"
	" flowing_us, drops_flowing) SELECT id, port, description, cable, chain, each, length,"
	" slice, 0, n, connected_us, drops, by_power, by_host, by_hub, by_device, first_real, 0, 0"
	" FROM earlier_sums",
	"DROP TABLE earlier_sums",
	"CREATE TRIGGER sessions_changed AFTER UPDATE OF port, description, cable, chain, open,"
	" connected_us, began_real, ended_real ON sessions WHEN OLD.sum IS NOT NULL BEGIN"
	" UPDATE session_sums SET n = n - 1, connected_us = connected_us - OLD.sum_us,"
	"  drops = drops - OLD.sum_drops, by_power = by_power - OLD.sum_power,"
	"  by_host = by_host - OLD.sum_host, by_hub = by_hub - OLD.sum_hub,"
	"  by_device = by_device - OLD.sum_device,"
	"  flowing_us = flowing_us - OLD.sum_flowing_us,"
	"  drops_flowing = drops_flowing - OLD.sum_drops_flowing WHERE id = OLD.sum;"
	" DELETE FROM session_sums WHERE id = OLD.sum AND n = 0;"
	" UPDATE sessions SET sum = NULL WHERE id = NEW.id;"
	" END",
	"CREATE TABLE history_sums ("
	" port INTEGER NOT NULL, span INTEGER NOT NULL,"
	" each INTEGER NOT NULL, length INTEGER NOT NULL," /* as in session_sums */
	" n INTEGER NOT NULL, drops INTEGER NOT NULL, connected_us INTEGER NOT NULL,"
	" PRIMARY KEY (port, span, each, length)"
	") STRICT, WITHOUT ROWID",
	"INSERT INTO history_sums SELECT port, slice / " STORE_HISTORY_SLICES_TEXT ", each, length,"
	" sum(n), sum(drops), sum(connected_us) FROM session_sums GROUP BY 1, 2, 3, 4",
	"CREATE TRIGGER session_sums_came AFTER INSERT ON session_sums BEGIN"
	" INSERT INTO history_sums VALUES (NEW.port, NEW.slice / " STORE_HISTORY_SLICES_TEXT
	", NEW.each,"
	"  NEW.length, NEW.n, NEW.drops, NEW.connected_us) ON CONFLICT DO UPDATE SET"
	"  n = n + excluded.n, drops = drops + excluded.drops,"
	"  connected_us = connected_us + excluded.connected_us;"
	" END",
	"CREATE TRIGGER session_sums_changed AFTER UPDATE OF n ON session_sums BEGIN"
	" UPDATE history_sums SET n = n + NEW.n - OLD.n, drops = drops + NEW.drops - OLD.drops,"
	"  connected_us = connected_us + NEW.connected_us - OLD.connected_us"
	"  WHERE port = NEW.port AND span = NEW.slice / " STORE_HISTORY_SLICES_TEXT
	"  AND each = NEW.each AND length = NEW.length;"
	" END",
	"CREATE INDEX jobs_user ON jobs (uid, began_real)",
	"CREATE INDEX statements_user ON statements (uid)",
	"CREATE INDEX session_sums_slice ON session_sums (port, slice, cable)",
};

static const struct {
	const char *const *steps;
	size_t n;
} migrations[] = {
	{ to_1, LS_COUNT(to_1) }, { to_2, LS_COUNT(to_2) }, { to_3, LS_COUNT(to_3) },
	{ to_4, LS_COUNT(to_4) }, { to_5, LS_COUNT(to_5) }, { to_6, LS_COUNT(to_6) },
};

int
store_schema_version(void)
{
	return (int)LS_COUNT(migrations);
}

static int
migrate_all(struct store *store, int from_version)
{
	char finish[96];
	int r = 0;

	for (int v = from_version; v < store_schema_version(); v++) {
		for (size_t i = 0; i < migrations[v].n && r == 0; i++)
			r = store_exec(store, migrations[v].steps[i]);
	}
	snprintf(finish, sizeof(finish), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 STORE_APPLICATION_ID, store_schema_version());
	return r < 0 ? r : store_exec(store, finish);
}

int
store_migrate(struct store *store, int from_version)
{
	int r;

	if (from_version == store_schema_version())
		return 0;
	r = store_exec(store, "BEGIN IMMEDIATE");
	if (r < 0)
		return r;
	r = migrate_all(store, from_version);
	if (r == 0)
		r = store_exec(store, "COMMIT");
	if (r < 0)
		(void)store_exec(store, "ROLLBACK");
	return r;
}
