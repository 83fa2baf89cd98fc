#pragma once
/*
 * The history: one SQLite database (WAL, one writer, STRICT tables) in the state directory.
 * Everything that belongs together is written in one transaction, together with the position in
 * the kernel log that it was concluded from, so that a kill between any two steps loses nothing
 * and counts nothing twice.
 */
#include "lib/base/base.h"
#include "lib/engine/engine.h"
#include "lib/model/record.h"
#include "lib/attribution/trend.h"
#include "lib/wire/wire.h"

struct store;

struct store_options {
	const char *dir;     /* exists; the database is DIR/linkstat.db */
	const char *boot_id; /* of this boot, as in /proc/sys/kernel/random/boot_id */
	struct ls_instant now;
	const char *version; /* of linkstatd */
};

/*
 * Opens or makes the database and marks this boot. A file that is no database, or is damaged, is
 * kept aside under a new name and a new one begun. Where nothing can be written (no permission,
 * full disk, read-only), the history of this run is kept in memory. store_trouble() tells.
 * What an earlier boot left open is closed at the time that boot was last seen; gaps that an
 * earlier run of this boot left open are closed now. 0, -EBUSY if another linkstatd has @dir open,
 * or -errno when not even memory works.
 */
int store_open(const struct store_options *options, struct store **ret);
void store_close(struct store *store);
/* Alias for ls_auto. */
#define store_free store_close
LS_DEFINE_AUTO(store)

/* A sentence for people: "" if all is well, else what is wrong and what was done instead. */
const char *store_trouble(const struct store *store);
/* Path of the database, or "" if in memory. */
const char *store_path(const struct store *store);

/* Where this boot was left: last kernel-log sequence number taken. 1, or 0 at its first run. */
int store_kmsg_seq(struct store *store, uint64_t *seq);
/* When a linkstatd was last alive, and whether in this boot. 1, or 0 at the very first run. */
int store_last_alive(struct store *store, struct ls_instant *at, bool *same_boot);
/* Fills next_*_id. 0 or -errno. */
int store_next_ids(struct store *store, struct ls_engine_config *config);
/* Open sessions and incidents of this boot, oldest first. 0 or -errno. */
typedef void (*store_incident_fn)(const struct ls_incident *incident, void *user);
int store_visit_open(struct store *store, ls_session_fn on_session, store_incident_fn on_incident,
		     void *user);

/*
 * Writing: begin, put…, commit. 0 or -errno; after an error nothing of the batch is there, and what
 * is put until commit or rollback is refused. A file that turned out to be damaged is kept aside at
 * the next begin, and a new one begun.
 */
int store_begin(struct store *store);
/*
 * Before begin: does the batch have to survive a power cut? Counters need not: without, a commit
 * does not wait for the disk, and a crash of linkstatd alone loses nothing either way.
 */
void store_set_durable(struct store *store, bool durable);
int store_put(struct store *store, const struct ls_record *record);
int store_set_kmsg_seq(struct store *store, uint64_t seq);
int store_set_alive(struct store *store, struct ls_instant now);
int store_commit(struct store *store);
void store_rollback(struct store *store);

/*
 * Merges the minutes of traffic that are older than 48 hours into whole hours, in a transaction of
 * its own; what is merged already stays as it is. Counts are added, the longest time is that of
 * all; of the 99th percentiles the largest is kept and the medians are dropped, because quantiles
 * of minutes do not add up to one of the hour. Not within a batch. 0 or -errno, nothing done.
 */
int store_roll_up(struct store *store, struct ls_instant now);

/* How much history is kept. */
struct store_limits {
	unsigned int days; /* of transfers minute by minute, and of tails */
	int64_t bytes;	   /* of the database */
};
#define STORE_KEEP_DAYS 90
#define STORE_KEEP_MIB	512

/*
 * Deletes a piece of what is beyond @limits, in a transaction of its own: tails and minutes of
 * traffic that are too old; where the database is too large, of the oldest day that has any tails,
 * minutes and events, but none of the last 24 hours. Sessions, incidents with their evidence, gaps
 * and whole hours of traffic stay. Pages that get free are used again, and given back little by
 * little. 1: call again soon, 0: nothing is left to do, or -errno. Not within a batch.
 */
int store_retain(struct store *store, const struct store_limits *limits, struct ls_instant now);

/*
 * Adds sessions that ended some days ago to the sums that long questions are answered from, a piece
 * in a transaction of its own. Gaps that are told later than that do not change them. 1: call again
 * soon, 0: nothing is left to do, or -errno. Not within a batch.
 */
int store_sum_up(struct store *store, struct ls_instant now);

/* Reading. Times in real µs, since inclusive, until exclusive; ports: ID_PATH, name or label. */
struct store_filter {
	int64_t since_us, until_us; /* INT64_MIN, INT64_MAX: no limit */
	const char *const *ports;   /* n_ports of them; 0: all */
	size_t n_ports;
	int64_t after_id; /* rows behind this one, in the order of time; 0: from the first */
	size_t limit;	  /* rows at most; 0: all */
};

#define STORE_REPORT_STATUSES 32

struct store_status_count {
	int status; /* 0: one that is not counted by itself (lib/usbmon/usbmon.h) */
	int64_t n;
};

/* Failures of one endpoint; none: n_statuses is 0. */
struct store_endpoint_errors {
	int64_t by_class[LS_N_TRANSFER_CLASSES];
	size_t n_statuses;
	struct store_status_count by_status[STORE_REPORT_STATUSES];
};

/* Traffic is counted where its minute, or after two days its hour, began in the asked span. */
struct store_port_report {
	struct ls_socket socket;
	const char *label;  /* NULL: none */
	const char *cables; /* labels, each ended by a newline; NULL: none. Borrowed */
	double connected_seconds;
	int64_t sessions, connects, disconnects, drops, resets;
	int64_t enumeration_failures, over_currents;
	int64_t incidents_by_cause[LS_N_CAUSES];
	int64_t transfers; /* completed */
	int64_t bytes_in, bytes_out, submit_errors;
	int64_t errors_by_class[LS_N_TRANSFER_CLASSES]; /* 0 at LS_TRANSFER_OK */
	size_t n_statuses; /* failures by status; what there is no room for is by class only */
	struct store_status_count errors_by_status[STORE_REPORT_STATUSES];
	/* By enum ls_xfer. n 0: none ended. Quantiles are those of the worst minute or hour. */
	struct store_latency {
		int64_t n, p50_us, p99_us, max_us;
		bool has_p50; /* not where an hour is in the span, see store_roll_up() */
	} latency[LS_N_XFERS];
	struct store_endpoint_errors endpoints[LS_N_ENDPOINTS]; /* index: as in traffic.h */
	/* Of the connected time, the longest without a drop. Drops within a minute are one. */
	double longest_clean_seconds;
	bool has_trend; /* a change that is told (lib/attribution/trend.h); since_us is real time */
	struct ls_trend trend;
	const char *came_kind; /* "cable", "hub", "device": new there at that time; or NULL */
	char came[LS_STRING_MAX];
	bool has_device; /* the latest one there */
	struct ls_device device;
};

/* A session with what counts of it in the asked span. */
struct store_session {
	struct ls_session session;
	const char *label; /* of the socket, NULL: none */
	double connected_seconds;
	/* One that follows a counted one within a minute is the same drop. */
	int64_t drops, drops_by_side[LS_N_SIDES];
	int64_t n, n_dropping; /* of a sum: so many sessions, and those of them with drops */
};

/* Visitors return 0 to go on, anything else ends the visit and is returned. */
typedef int (*store_event_fn)(int64_t id, const struct ls_event *event, void *user);
typedef int (*store_row_incident_fn)(const struct ls_incident *incident,
				     const struct ls_labels *labels, void *user);
typedef int (*store_session_fn)(const struct store_session *session, void *user);
typedef int (*store_gap_fn)(const struct ls_gap *gap, void *user);
typedef int (*store_port_fn)(const struct store_port_report *report, void *user);

/* 0 or -errno; -ENOENT with @unknown set to the first port of the filter that nobody knows. */
int store_events(struct store *store, const struct store_filter *filter, store_event_fn visit,
		 void *user, const char **unknown);
int store_incidents(struct store *store, const struct store_filter *filter,
		    store_row_incident_fn visit, void *user, const char **unknown);
/* Only those that are drops. */
int store_drops(struct store *store, const struct store_filter *filter, store_row_incident_fn visit,
		void *user, const char **unknown);
/* Those that touch the span. */
int store_sessions(struct store *store, const struct store_filter *filter, struct ls_instant now,
		   store_session_fn visit, void *user, const char **unknown);
/*
 * The same summed by what took part: of the whole history, sessions that ended some days ago come as
 * sums (n of them, all with drops or none with any, no times, an id of its own kind); all others one
 * by one, with n = 1 and behind STORE_SUM_IDS.
 */
#define STORE_SUM_IDS (INT64_C(1) << 40)
int store_session_sums(struct store *store, const struct store_filter *filter,
		       struct ls_instant now, store_session_fn visit, void *user,
		       const char **unknown);
int store_report(struct store *store, const struct store_filter *filter, struct ls_instant now,
		 store_port_fn visit, void *user, const char **unknown);
int store_gaps(struct store *store, const struct store_filter *filter, store_gap_fn visit,
	       void *user);
/* 1: visited, 0: there is none. */
int store_incident(struct store *store, int64_t id, store_row_incident_fn visit, void *user);
/* The transfers before an incident. 1; 0: none were kept, or none that can be read. */
int store_tail(struct store *store, int64_t incident, struct ls_tail *ret);
int store_last_drop(struct store *store, store_row_incident_fn visit, void *user);
/* What a person calls a socket, and the cable of a session; "" where there is no label. 0 or -errno,
 * then all are "". */
struct store_labels {
	char socket[LS_LABEL_MAX], cable[LS_LABEL_MAX];
	bool cable_assumed;
};
int store_labels(struct store *store, const struct ls_socket *socket, int64_t session,
		 struct store_labels *ret);
/* Labels. */

/* The socket that @port names by its ID_PATH, label or kernel name. 1, or 0. */
int store_find_socket(struct store *store, const char *port, struct ls_socket *ret);

/* Something that a person said. */
struct store_statement {
	int64_t said_us, since_us;
	int64_t uid;	   /* -1 unknown */
	const char *about; /* "cable", "socket" */
	struct ls_socket socket;
	char label[LS_LABEL_MAX], before[LS_LABEL_MAX]; /* "": none */
};
typedef int (*store_statement_fn)(const struct store_statement *statement, void *user);
typedef int (*store_label_fn)(const struct ls_socket *socket, const char *label, void *user);

/* Keeps what was said; of a socket, sets its label. Not within a batch, as all of these. */
int store_say(struct store *store, const struct store_statement *statement);
/* The last @n, oldest first. */
int store_statements(struct store *store, int64_t n, store_statement_fn visit, void *user);
int store_socket_labels(struct store *store, store_label_fn visit, void *user);
/* @socket is NULL. The one used last comes first. */
int store_cable_labels(struct store *store, store_label_fn visit, void *user);
/*
 * Sessions with the cable that was last said of their device on their socket, in the order in which
 * they began: what ls_engine_restore_cable() wants. Only those of the last some thousand sessions.
 */
int store_visit_cables(struct store *store, ls_session_fn visit, void *user);

/* A cable that was there since a time that has passed. */
struct store_relabelling {
	struct ls_socket socket;
	bool from_begin; /* of the session that is open or was the last one, and not at @since_us */
	int64_t since_us;  /* set from the session with @from_begin */
	const char *cable; /* "": unknown */
	int64_t spare_id;  /* for a session that has to be made */
	/* Set by store_relabel(). */
	int64_t split;	 /* the session that ends at @since_us, 0: none */
	int64_t session; /* the one that begins then, or has the label as a whole */
	char before[LS_LABEL_MAX];
};

/* 1; 0: there was nothing on the socket then; or -errno, and nothing was changed. */
int store_relabel(struct store *store, struct store_relabelling *relabelling);
/* The session on a socket that began last. 1 or 0. */
int store_latest_session(struct store *store, const char *id_path, struct ls_session *ret);

/* Jobs. */

struct store_job {
	int64_t id;
	struct ls_instant began;
	int64_t ended_us;	 /* meaningful unless running */
	const char *outcome;	 /* "running", "exited", "killed", "lost" */
	int64_t code;		 /* exit status or signal, -1 none */
	int64_t uid;		 /* -1 unknown */
	struct ls_socket socket; /* "": none was named */
	char cable[LS_LABEL_MAX];
	char command[LS_TEXT_MAX], note[LS_TEXT_MAX], place[LS_TEXT_MAX];
	int64_t incidents, drops; /* on any port while it ran; only when read */
};

struct store_job_port {
	struct ls_socket socket;
	const char *label;
	int64_t transfers, bytes_in, bytes_out, errors;
};

/* An incident that opens this long after a command has ended belongs to its end. */
#define STORE_JOB_AFTER_US (1 * (int64_t)LS_SEC)

typedef int (*store_job_fn)(const struct store_job *job, void *user);
typedef int (*store_job_port_fn)(const struct store_job_port *port, void *user);

/* What moved until now is in the store. @job->id is set. */
int store_job_begin(struct store *store, struct store_job *job);
/* Sets the outcome, code, place and @ended_us of @job->id. */
int store_job_end(struct store *store, const struct store_job *job);
int store_job_place(struct store *store, int64_t id, const char *place);
/* 1 or 0. */
int store_job(struct store *store, int64_t id, store_job_fn visit, void *user);
/* Those that began in the span; ports of the filter are not looked at. */
int store_jobs(struct store *store, const struct store_filter *filter, store_job_fn visit,
	       void *user);
int store_job_ports(struct store *store, int64_t id, store_job_port_fn visit, void *user);

/* Imports: the past of a boot out of another log. */

/* The time in which linkstatd itself watched a boot. */
struct store_watched {
	struct ls_instant first, last;
	bool still; /* it is this boot: @last says nothing */
};
struct store_import_summary {
	int64_t boots;
	int64_t since_us, until_us;
};

/* 1, or 0 if linkstatd never watched it. */
int store_watched(struct store *store, const char *boot_id, struct store_watched *ret);
/* 1 if the past of the boot was imported to its end, or 0. */
int store_is_imported(struct store *store, const char *boot_id);
int store_imports(struct store *store, struct store_import_summary *ret);
/*
 * One boot at a time. What an import that never ended left is dropped, also at the next
 * store_open(): a boot is imported as a whole or not at all. Not within a batch.
 */
int store_import_begin(struct store *store, const char *boot_id, struct ls_instant first);
int store_import_drop(struct store *store);
/* As store_begin(); what is put belongs to the import of @boot_id until the batch ends. -ENOENT if
 * that was not begun, or with a history that is gone. */
int store_begin_import(struct store *store, const char *boot_id);
/* Within such a batch: all that it left open ended at @last; with @complete it is done. */
int store_import_close(struct store *store, struct ls_instant last, bool complete);

/* Drops since @since_us on one socket, and its label ("" if none). 0 or -errno. */
int store_socket(struct store *store, const char *id_path, int64_t since_us, int64_t *n_drops,
		 char label[LS_STRING_MAX]);
