#pragma once
/* Reads lists: events, incidents, gaps; and what all lists have in common, their filter. */
#include "lib/model/record.h"

struct ls_labels;
struct store;

/* Reading. Times in real µs, since inclusive, until exclusive; ports: ID_PATH, name or label. */
struct store_filter {
	int64_t since_us, until_us; /* INT64_MIN, INT64_MAX: no limit */
	const char *const *ports;   /* n_ports of them; 0: all */
	size_t n_ports;
	int64_t after_id; /* rows behind this one, in the order of time; 0: from the first */
	size_t limit;	  /* rows at most; 0: all */
};

/* Visitors return 0 to go on, anything else ends the visit and is returned. */
typedef int (*store_event_fn)(int64_t id, const struct ls_event *event, void *user);
typedef int (*store_row_incident_fn)(const struct ls_incident *incident,
				     const struct ls_labels *labels, void *user);
typedef int (*store_gap_fn)(const struct ls_gap *gap, void *user);

/* 0 or -errno; -ENOENT with @unknown set to the first port of the filter that nobody knows. */
int store_events(struct store *store, const struct store_filter *filter, store_event_fn visit,
		 void *user, const char **unknown);
int store_incidents(struct store *store, const struct store_filter *filter,
		    store_row_incident_fn visit, void *user, const char **unknown);
/* Only those that are drops. */
int store_drops(struct store *store, const struct store_filter *filter, store_row_incident_fn visit,
		void *user, const char **unknown);
int store_gaps(struct store *store, const struct store_filter *filter, store_gap_fn visit,
	       void *user);
/* 1: visited, 0: there is none. */
int store_incident(struct store *store, int64_t id, store_row_incident_fn visit, void *user);
int store_last_drop(struct store *store, store_row_incident_fn visit, void *user);
/* Drops since @since_us on one socket, and its label ("" if none). 0 or -errno. */
int store_socket(struct store *store, const char *id_path, int64_t since_us, int64_t *n_drops,
		 char label[LS_STRING_MAX]);

/* Of SQL that takes a filter as ?1 since, ?2 until, ?3 behind this id, ?4 ports, ?5 rows at most. */
#define STORE_FILTER(filter, ports)                                                                \
	INT((filter)->since_us), INT((filter)->until_us), INT((filter)->after_id),                 \
		TEXT_OR_NULL(ports), INT(store_filter_limit(filter))
#define ASKED_PORTS "(?4 IS NULL OR r.port IN (SELECT value FROM json_each(?4)))"
/* The order is that of time: ids of what was imported are younger than what they name. Where the
 * row that a page ended with is gone, the page goes on at the next one. */
/* clang-format off */
#define CURSOR_TIME(table, time) \
	"ifnull((SELECT " time " FROM " table " WHERE id >= ?3 ORDER BY id LIMIT 1)," \
	" 0x7fffffffffffffff)"
/* clang-format on */

/*
 * The ports of @filter as a JSON array of rows; NULL for all.
 * 0, -ENOENT with *unknown set, or -errno.
 */
int store_ports(struct store *store, const struct store_filter *filter, char **ret,
		const char **unknown);
#define store_ports_auto __attribute__((cleanup(store_ports_free))) char
void store_ports_free(char **ports);
int64_t store_filter_limit(const struct store_filter *filter);
