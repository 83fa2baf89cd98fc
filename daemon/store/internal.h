#pragma once
/*
 * Inside of the store: its state, its statements, and what its files offer each other. The only
 * file that includes SQLite. Functions return 0 (or what they say) or -errno.
 */
#include <limits.h>
#include <sqlite3.h>

#include "daemon/store/store.h"

#define STORE_FILE_NAME	  "linkstat.db"
#define STORE_LOCK_NAME	  "linkstat.lock"
#define STORE_TROUBLE_MAX 480
/* Sums of events and incidents are of 30 days, those of sessions of 7. */
#define STORE_MONTH_TEXT "2592000000000"
#define STORE_MONTH_US	 INT64_C(2592000000000)
#define STORE_WEEK_US	 INT64_C(604800000000)

/* Keep the order of store_sql.c's table. */
enum store_stmt {
	STORE_BEGIN,
	STORE_COMMIT,
	STORE_ROLLBACK,
	STORE_BOOT_FIND,
	STORE_BOOT_ADD,
	STORE_BOOT_LAST,
	STORE_BOOT_SEQ,
	STORE_BOOT_SET_SEQ,
	STORE_BOOT_SET_ALIVE,
	STORE_CLOSE_STAYS,
	STORE_CLOSE_SESSIONS,
	STORE_CLOSE_INCIDENTS,
	STORE_CLOSE_GAPS,
	STORE_CLOSE_OWN_GAPS,
	STORE_IMPORT_WATCHED,
	STORE_IMPORT_FIND,
	STORE_IMPORT_ADD,
	STORE_IMPORT_SET,
	STORE_IMPORT_UNFINISHED,
	STORE_IMPORT_CUT_EVIDENCE,
	STORE_IMPORT_CUT_STAYS,
	STORE_IMPORT_CUT_INCIDENTS,
	STORE_IMPORT_CUT_SESSIONS,
	STORE_IMPORT_CUT_EVENTS,
	STORE_IMPORT_CUT_GAPS,
	STORE_IMPORT_UNDONE,
	STORE_IMPORT_SUMMARY,
	STORE_NEXT_IDS,
	STORE_OPEN_SESSIONS,
	STORE_OPEN_INCIDENTS,
	STORE_PORT_FIND,
	STORE_PORT_PUT,
	STORE_DEVICE_FIND,
	STORE_DEVICE_ADD,
	STORE_DESCRIPTION_FIND,
	STORE_DESCRIPTION_ADD,
	STORE_CABLE_FIND,
	STORE_CABLE_ADD,
	STORE_CHAIN_FIND,
	STORE_CHAIN_ADD,
	STORE_EVENT_PUT,
	STORE_SESSION_CONNECTED,
	STORE_SESSION_PUT,
	STORE_STAY_OPEN,
	STORE_STAY_ADD,
	STORE_STAY_END,
	STORE_INCIDENT_PUT,
	STORE_EVIDENCE_GET,
	STORE_EVIDENCE_PUT,
	STORE_EVIDENCE_CUT,
	STORE_ABSORB_EVENTS,
	STORE_ABSORB_INCIDENT,
	STORE_GAP_PUT,
	STORE_TRAFFIC_CUT,
	STORE_TRAFFIC_ERRORS_CUT,
	STORE_TRAFFIC_LATENCY_CUT,
	STORE_TRAFFIC_PUT,
	STORE_TRAFFIC_ERROR_PUT,
	STORE_TRAFFIC_LATENCY_PUT,
	STORE_TAIL_PUT,
	STORE_TAIL_GET,
	STORE_ABSORB_TAIL,
	STORE_TAIL_CUT,
	STORE_MERGE_ERRORS,
	STORE_MERGED_ERRORS_CUT,
	STORE_MERGE_LATENCY,
	STORE_MERGED_LATENCY_CUT,
	STORE_MERGED_LATENCY_MARK,
	STORE_MERGE_TRAFFIC,
	STORE_MERGED_TRAFFIC_CUT,
	STORE_MERGED_TRAFFIC_MARK,
	STORE_PAGES,
	STORE_FREE_PAGES,
	STORE_PAGE_SIZE,
	STORE_OLDEST_RAW,
	STORE_OLD_TAILS_CUT,
	STORE_OLD_ERRORS_CUT,
	STORE_OLD_LATENCY_CUT,
	STORE_OLD_MINUTES_CUT,
	STORE_OLD_EVENTS_CUT,
	STORE_PORTS_NAMED,
	STORE_EVENTS,
	STORE_INCIDENTS,
	STORE_GAPS,
	STORE_SESSIONS,
	STORE_SESSION_STAYS,
	STORE_SESSION_DROPS,
	STORE_INCIDENT,
	STORE_LAST_DROP,
	STORE_SOCKET,
	STORE_LABELS,
	STORE_FIND_SOCKET,
	STORE_STATEMENT_PUT,
	STORE_STATEMENTS,
	STORE_SOCKET_LABEL_SET,
	STORE_SOCKET_LABELS,
	STORE_CABLE_LABELS,
	STORE_LAST_CABLES,
	STORE_LATEST_SESSION,
	STORE_SESSION_AT,
	STORE_SPLIT_SESSION,
	STORE_SPLIT_STAY,
	STORE_SPLIT_STAY_END,
	STORE_SPLIT_STAYS,
	STORE_SPLIT_ENDED,
	STORE_SPLIT_SUM,
	STORE_SPLIT_INCIDENTS,
	STORE_SPLIT_TRAFFIC,
	STORE_SPLIT_ERRORS,
	STORE_SPLIT_LATENCY,
	STORE_RELABEL_SESSION,
	STORE_RELABEL_LATER,
	STORE_CLOSE_JOBS,
	STORE_JOB_BEGIN,
	STORE_JOB_END,
	STORE_JOB_PLACE,
	STORE_JOB,
	STORE_JOBS,
	STORE_JOB_TRAFFIC_CUT,
	STORE_JOB_TRAFFIC,
	STORE_JOB_ERRORS,
	STORE_JOB_PORTS,
	STORE_REPORT_PORTS,
	STORE_REPORT_EVENTS,
	STORE_REPORT_INCIDENTS,
	STORE_REPORT_STAYS,
	STORE_REPORT_DEVICE,
	STORE_REPORT_TRAFFIC,
	STORE_REPORT_ERRORS,
	STORE_REPORT_CABLES,
	STORE_REPORT_LATENCY,
	STORE_REPORT_BLIND,
	STORE_REPORT_WEEKS,
	STORE_PENDING_SESSIONS,
	STORE_SUM_ADD,
	STORE_SUM_MARK,
	STORE_WEEK_GET,
	STORE_WEEK_PUT,
	STORE_COUNT_TRAFFIC,
	STORE_COUNT_ERRORS,
	STORE_COUNT_LATENCY,
	STORE_SESSION_SUMS,
	STORE_SESSIONS_NOT_SUMMED,
	STORE_SERIES_WEEKS,
	STORE_SERIES_SESSIONS,
	STORE_SERIES_WEEK,
	STORE_SERIES_CAME,
	STORE_DROPS,
	STORE_N_STMTS,
};

/* Text of a statement, for store_prepare() only. */
const char *store_sql(enum store_stmt which);

struct store {
	sqlite3 *db;
	sqlite3_stmt *stmts[STORE_N_STMTS];
	int lock_fd;	   /* held for the life of the store, -1: nothing to hold */
	int64_t boot;	   /* what is put belongs to it */
	int64_t live_boot; /* the same, but while what was imported is put */
	bool has_last_alive, last_alive_same_boot;
	struct ls_instant last_alive;
	struct ls_instant now; /* of the last thing that told the time */
	bool in_batch;
	bool hasty;	 /* the connection does not wait for the disk, see store_set_durable() */
	int batch_error; /* of what failed first in this batch, which is rolled back already */
	bool damaged;	 /* seen while running: the next batch begins a new file */
	char *boot_id, *version;
	char dir[PATH_MAX];
	char path[PATH_MAX];		      /* "": in memory */
	char open_trouble[STORE_TROUBLE_MAX]; /* what store_open() found */
	char run_trouble[STORE_TROUBLE_MAX];  /* what the last batch met; "" if it was written */
};

/* store_stmt.c */

/* A prepared statement, ready to bind; NULL with *error set. Kept by the store. */
sqlite3_stmt *store_prepare(struct store *store, enum store_stmt which, int *error);
/* Ends what the statement reads, so that it holds no old snapshot; for `store_stmt_auto`. */
void store_stmt_reset(sqlite3_stmt **stmt);
#define store_stmt_auto __attribute__((cleanup(store_stmt_reset))) sqlite3_stmt
/* 1: there is a row, 0: no more, or -errno. */
int store_step(struct store *store, sqlite3_stmt *stmt);
/* Binds @ids from 1 on and runs a statement to its end. 0 or -errno. */
int store_run(struct store *store, enum store_stmt which, const int64_t *ids, int n_ids);
/* As store_run(), for the first column of the one row. 1, 0: no row (*ret stays), or -errno. */
int store_ask(struct store *store, enum store_stmt which, const int64_t *ids, int n_ids,
	      int64_t *ret);
int store_bind_ids(sqlite3_stmt *stmt, const int64_t *ids, int n_ids);
/* -errno for a result code of SQLite; a damaged file is remembered. */
int store_error(struct store *store, int code);
/* Finalizes all statements and closes the database. */
void store_disconnect(struct store *store);

/* store_row.c: structs from and to columns, by tables made of store_fields.h. */

enum store_row {
	STORE_ROW_SESSION,
	STORE_ROW_INCIDENT,
	STORE_ROW_EVENT,
	STORE_ROW_GAP,
	STORE_ROW_IDENTITY,
	STORE_ROW_DESCRIPTION,
	STORE_ROW_EVIDENCE,
	STORE_N_ROWS
};

/* Binds or reads the fields of @row from parameter or column @first on; the next free one. */
int store_bind_row(sqlite3_stmt *stmt, int first, enum store_row row, const void *from);
int store_read_row(sqlite3_stmt *stmt, int first, enum store_row row, void *to);
/* vid, pid, serial and the description. */
int store_read_device(sqlite3_stmt *stmt, int first, struct ls_device *device);
/* A text column, cut at a whole character where it does not fit; NULL gives "". */
void store_read_text(sqlite3_stmt *stmt, int column, char *dst, size_t size);
/* As selected by store_sql.c; evidence of an incident is read as well. */
void store_read_session(sqlite3_stmt *stmt, struct ls_session *session);
int store_read_incident(struct store *store, sqlite3_stmt *stmt, struct ls_incident *incident,
			struct ls_labels *labels);

/* store_file.c */

/*
 * Opens DIR/linkstat.db, keeping aside what is none or is damaged, and marks this boot. Where that
 * cannot be, a database in memory. store->open_trouble tells. 0, or -errno if neither works.
 */
int store_file_open(struct store *store);
/* Writes a clean sentence. */
void store_tell(char trouble[STORE_TROUBLE_MAX], const char *format, ...) LS_PRINTF(2, 3);
/* Why a file cannot be written, and what to do about it. */
const char *store_advice(int error);

/* store_schema.c */
#define STORE_APPLICATION_ID 0x4c4b5354 /* "LKST" */
/* Brings the database to this version. 0, or -errno. */
int store_migrate(struct store *store, int from_version);
int store_schema_version(void);

/* store_boot.c */

/* Finds or adds this boot and closes what earlier ones left open, in one transaction. */
int store_boot_mark(struct store *store);

/* What boots other than this one left open ends when they were last seen. In a transaction. */
int store_boot_close_others(struct store *store);

/* store_import.c: what a run before left half imported is dropped. In a transaction. 0 or -errno. */
int store_import_clean(struct store *store);

/* store_put.c */

/* Writes one record within a transaction. 0 or -errno. */
int store_put_record(struct store *store, const struct ls_record *record);

/* store_traffic.c: a minute of a session; the transfers before an incident. 0 or -errno. */
int store_put_traffic(struct store *store, const struct ls_traffic_row *row);
int store_put_tail(struct store *store, const struct ls_tail *tail);

/* store_labels.c: row of a text that is kept once (a cable, a chain of hubs). 0 or -errno. */
int store_text_row(struct store *store, enum store_stmt find, const char *text, int64_t *ret);

/* store_exposure.c */

/* Spans of real time, sorted and apart from each other. */
struct store_spans {
	struct store_span {
		int64_t from, to;
	} * at;
	size_t n, size;
};

/* What is asked of the time in which devices were connected. */
struct store_exposure {
	struct store *store;
	int64_t since, until;
	struct ls_instant now;
	struct store_spans blind; /* neither the kernel log nor udev saw */
};

/* Everything ever: that is what sums are of. */
static inline bool
store_exposure_is_whole(const struct store_exposure *asked)
{
	return asked->since == INT64_MIN && asked->until == INT64_MAX;
}

/* From when on the sums of weeks lie in the span, INT64_MAX: none does. What began then has ended. */
static inline int64_t
store_exposure_weeks(const struct store_exposure *asked)
{
	if (asked->until != INT64_MAX)
		return INT64_MAX;
	if (asked->since <= 0 || asked->since % STORE_WEEK_US == 0)
		return asked->since;
	return asked->since - asked->since % STORE_WEEK_US + STORE_WEEK_US;
}

/* What a statement about sessions of a port in the asked span takes as ?1 … ?7. */
#define STORE_PORT_N_IDS 7
#define STORE_PORT_IDS(asked, port)                                                                \
	{                                                                                          \
		(port), (asked)->since, (asked)->until, (int64_t)(asked)->now.mono_us,             \
			(asked)->now.real_us, store_exposure_is_whole(asked),                      \
			store_exposure_weeks(asked)                                                \
	}

/* store_exposure_done() in any case. 0 or -errno. */
int store_exposure_init(struct store_exposure *asked, struct store *store,
			const struct store_filter *filter, struct ls_instant now);
void store_exposure_done(struct store_exposure *asked);
/*
 * How much of a stay that lasted @connected_us lies in the asked span and was watched. The stay is
 * spread evenly over its real time: with a clock that jumped or a night asleep that is the best
 * guess, else it is exact.
 */
double store_exposure_us(const struct store_exposure *asked, struct store_span stay,
			 int64_t connected_us);

/* store_put.c: row of a port, 0 for the machine as a whole. 0 or -errno. */
int store_put_port(struct store *store, const struct ls_socket *socket, int64_t *ret);

/* store_query.c */

/*
 * The ports of @filter as a JSON array of rows, to be freed with sqlite3_free(); NULL for all.
 * 0, -ENOENT with *unknown set, or -errno.
 */
int store_ports(struct store *store, const struct store_filter *filter, char **ret,
		const char **unknown);
/* A statement that takes a filter as ?1 … ?5; @ports must live as long as it is read. */
sqlite3_stmt *store_prepare_filtered(struct store *store, enum store_stmt which,
				     const struct store_filter *filter, const char *ports,
				     int *error);

/* store_latency.c: fills @report->latency; @ids are STORE_PORT_IDS(). */
int store_report_latency(struct store *store, const int64_t ids[STORE_PORT_N_IDS],
			 struct store_port_report *report);

/* store_pieces.c */

/* Of a session: time up to a drop, or up to its end. Drops within a minute are one. */
struct store_piece {
	int64_t from_us; /* real */
	double us;	 /* of exposure */
	bool dropped;	 /* at its end */
	enum ls_side side;
};
typedef int (*store_piece_fn)(const struct store_piece *piece, void *user);

/* Oldest first, of what lies in the asked span; none where there is neither time nor a drop. 0, what
 * @visit gave, or -errno. */
int store_pieces(const struct store_exposure *asked, int64_t session, store_piece_fn visit,
		 void *user);

/* store_series.c: the longest time without a drop on a port, and its trend. 0 or -errno. */
int store_report_series(const struct store_exposure *asked, int64_t port,
			struct store_port_report *report);

/* store_sums.c */

/* Adds up to @n sessions that ended before @before to the sums. Within a transaction. How many, or
 * -errno. */
int store_sum_sessions(struct store *store, int64_t before, int n, struct ls_instant now);
