#include "daemon/store/query.h"

#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/filter.h"
#include "daemon/store/row.h"
#include "lib/wire/wire.h"

/* clang-format off */
#define BEHIND(table, time) \
	"r." time " >= max(?1, iif(?3 = 0, ?1, " CURSOR_TIME(table, time) "))" \
	" AND (?3 = 0 OR r.id > ?3 OR r." time " > " CURSOR_TIME(table, time) ")"
/* clang-format on */
#define EVENTS_BEHIND	 BEHIND("events", "at_real")
#define INCIDENTS_BEHIND BEHIND("incidents", "opened_real")

static const char select_events[] =
	"SELECT r.id, p.id_path" EVENT_OF_R " FROM events r" PORT_JOIN " WHERE " EVENTS_BEHIND
	" AND r.at_real < ?2 AND " ASKED_PORTS " ORDER BY r.at_real, r.id LIMIT ?5";
static const char select_incidents[] =
	INCIDENT_SELECT " WHERE " INCIDENTS_BEHIND " AND r.opened_real < ?2 AND " ASKED_PORTS
			" ORDER BY r.opened_real, r.id LIMIT ?5";
static const char select_drops[] =
	INCIDENT_SELECT " WHERE r.id IN (SELECT id FROM incidents"
			"  INDEXED BY incidents_dropped WHERE is_drop = 1"
			"  AND opened_real >= ?1 AND opened_real < ?2 AND id > ?3) AND " ASKED_PORTS
			" ORDER BY r.id LIMIT ?5";
/* A span counts where it touches the asked one. */
static const char select_gaps[] =
	"SELECT r.id" GAP_OF_R " FROM gaps r WHERE r.id > ?3"
	" AND (r.open = 1 OR r.ended_real >= ?1) AND r.began_real < ?2 ORDER BY r.id LIMIT ?4";

int
store_events(struct store *store, const struct store_filter *filter, store_event_fn visit,
	     void *user, const char **unknown)
{
	store_ports_auto *ports = NULL;
	struct ls_event event;
	int r = store_ports(store, filter, &ports, unknown);

	if (r < 0)
		return r;
	store_rows_auto rows = store_query(store, select_events, STORE_FILTER(filter, ports));

	while ((r = store_next(&rows)) == 1) {
		memset(&event, 0, sizeof(event));
		store_read_text(&rows, 1, event.socket.id_path, sizeof(event.socket.id_path));
		(void)store_read_fields(&rows, 2, STORE_ROW_EVENT, &event);
		r = visit(store_int(&rows, 0), &event, user);
		if (r != 0)
			return r;
	}
	return r;
}

/* 0, what a visitor returned, or -errno; *n counts the visits. */
static int
visit_incidents(struct store_rows *rows, store_row_incident_fn visit, void *user, int *n)
{
	struct ls_incident incident;
	struct ls_labels labels;
	int r;

	for (*n = 0; (r = store_next(rows)) == 1; ++*n) {
		r = store_read_incident(rows, &incident, &labels);
		if (r == 0)
			r = visit(&incident, &labels, user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_incidents(struct store *store, const struct store_filter *filter, store_row_incident_fn visit,
		void *user, const char **unknown)
{
	store_ports_auto *ports = NULL;
	int n, r = store_ports(store, filter, &ports, unknown);

	if (r < 0)
		return r;
	store_rows_auto rows = store_query(store, select_incidents, STORE_FILTER(filter, ports));

	return visit_incidents(&rows, visit, user, &n);
}

int
store_drops(struct store *store, const struct store_filter *filter, store_row_incident_fn visit,
	    void *user, const char **unknown)
{
	store_ports_auto *ports = NULL;
	int n, r = store_ports(store, filter, &ports, unknown);

	if (r < 0)
		return r;
	store_rows_auto rows = store_query(store, select_drops, STORE_FILTER(filter, ports));

	return visit_incidents(&rows, visit, user, &n);
}

int
store_gaps(struct store *store, const struct store_filter *filter, store_gap_fn visit, void *user)
{
	store_rows_auto rows =
		store_query(store, select_gaps, INT(filter->since_us), INT(filter->until_us),
			    INT(filter->after_id), INT(store_filter_limit(filter)));
	int r;

	while ((r = store_next(&rows)) == 1) {
		struct ls_gap gap = { .id = store_int(&rows, 0) };

		(void)store_read_fields(&rows, 1, STORE_ROW_GAP, &gap);
		r = visit(&gap, user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_incident(struct store *store, int64_t id, store_row_incident_fn visit, void *user)
{
	store_rows_auto rows = store_query(store, INCIDENT_SELECT " WHERE r.id = ?1", INT(id));
	int n, r = visit_incidents(&rows, visit, user, &n);

	return r != 0 ? r : n;
}

int
store_last_drop(struct store *store, int64_t until_us, store_row_incident_fn visit, void *user)
{
	store_rows_auto rows =
		store_query(store,
			    INCIDENT_SELECT " WHERE r.is_drop = 1 AND r.opened_real < ?1"
					    " ORDER BY r.opened_real DESC, r.id DESC LIMIT 1",
			    INT(until_us));
	int n, r = visit_incidents(&rows, visit, user, &n);

	return r != 0 ? r : n;
}

int
store_socket(struct store *store, const char *id_path, const struct store_filter *span,
	     int64_t *n_drops, char label[LS_STRING_MAX])
{
	store_rows_auto rows = store_query(
		store,
		"SELECT (SELECT count(*) FROM incidents WHERE port = p.id AND is_drop = 1"
		"  AND opened_real >= ?1 AND opened_real < ?3), p.label FROM ports p"
		" WHERE p.id_path = ?2",
		INT(span->since_us), TEXT(id_path), INT(span->until_us));
	int r = store_next(&rows);

	*n_drops = 0;
	label[0] = '\0';
	if (r == 1) {
		*n_drops = store_int(&rows, 0);
		store_read_text(&rows, 1, label, LS_STRING_MAX);
	}
	return r < 0 ? r : 0;
}
