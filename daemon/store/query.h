#pragma once
/* Lists of events, incidents and gaps, and one incident. */
#include "lib/model/record.h"

struct ls_labels;
struct store;
struct store_filter;

/* Visitors return 0 to go on, anything else ends the visit and is returned. */
typedef int (*store_event_fn)(int64_t id, const struct ls_event *event, void *user);
typedef int (*store_row_incident_fn)(const struct ls_incident *incident,
				     const struct ls_labels *labels, void *user);
typedef int (*store_gap_fn)(const struct ls_gap *gap, void *user);

/* 0 or -errno; -ENOENT with @unknown set to the first unknown port of the filter. */
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
/* Of those before @until_us: a clock that was ahead left others. */
int store_last_drop(struct store *store, int64_t until_us, store_row_incident_fn visit, void *user);
/* Drops in @span on one socket, and its label ("" if none). 0 or -errno. */
int store_socket(struct store *store, const char *id_path, const struct store_filter *span,
		 int64_t *n_drops, char label[LS_STRING_MAX]);
