#include "daemon/store/query.h"

#include <errno.h>
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/row.h"
#include "lib/wire/wire.h"

static int
append_port(struct store *store, const char *port, sqlite3_str *array)
{
	int r = 0, n = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_PORTS_NAMED, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_text(stmt, 1, port, -1, SQLITE_STATIC);
	for (; (r = store_step(store, stmt)) == 1; n++)
		sqlite3_str_appendf(array, "%s%lld", sqlite3_str_length(array) > 1 ? "," : "",
				    sqlite3_column_int64(stmt, 0));
	return r < 0 ? r : n > 0 ? 0 : -ENOENT;
}

int
store_ports(struct store *store, const struct store_filter *filter, char **ret,
	    const char **unknown)
{
	sqlite3_str *array;
	int r = 0;

	*ret = NULL;
	if (filter->n_ports == 0)
		return 0;
	array = sqlite3_str_new(store->db);
	sqlite3_str_appendchar(array, 1, '[');
	for (size_t i = 0; i < filter->n_ports && r == 0; i++) {
		r = append_port(store, filter->ports[i], array);
		if (r == -ENOENT)
			*unknown = filter->ports[i];
	}
	sqlite3_str_appendchar(array, 1, ']');
	*ret = sqlite3_str_finish(array);
	if (r == 0)
		return *ret ? 0 : -ENOMEM;
	sqlite3_free(*ret);
	*ret = NULL;
	return r;
}

static int64_t
limit_of(const struct store_filter *filter)
{
	return filter->limit && filter->limit < INT64_MAX ? (int64_t)filter->limit : INT64_MAX;
}

sqlite3_stmt *
store_prepare_filtered(struct store *store, enum store_stmt which,
		       const struct store_filter *filter, const char *ports, int *error)
{
	sqlite3_stmt *stmt = store_prepare(store, which, error);

	if (!stmt)
		return NULL;
	(void)sqlite3_bind_int64(stmt, 1, filter->since_us);
	(void)sqlite3_bind_int64(stmt, 2, filter->until_us);
	(void)sqlite3_bind_int64(stmt, 3, filter->after_id);
	if (ports)
		(void)sqlite3_bind_text(stmt, 4, ports, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(stmt, 5, limit_of(filter));
	return stmt;
}

static int
visit_events(struct store *store, sqlite3_stmt *stmt, store_event_fn visit, void *user)
{
	struct ls_event event;
	int r;

	while ((r = store_step(store, stmt)) == 1) {
		memset(&event, 0, sizeof(event));
		store_read_text(stmt, 1, event.socket.id_path, sizeof(event.socket.id_path));
		(void)store_read_row(stmt, 2, STORE_ROW_EVENT, &event);
		r = visit(sqlite3_column_int64(stmt, 0), &event, user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_events(struct store *store, const struct store_filter *filter, store_event_fn visit,
	     void *user, const char **unknown)
{
	char *ports;
	int r = store_ports(store, filter, &ports, unknown);

	if (r == 0) {
		store_stmt_auto *stmt =
			store_prepare_filtered(store, STORE_EVENTS, filter, ports, &r);

		if (stmt)
			r = visit_events(store, stmt, visit, user);
	}
	sqlite3_free(ports);
	return r;
}

/* All rows that @stmt selects. 0, what a visitor returned, or -errno; *n counts the visits. */
static int
visit_incidents(struct store *store, sqlite3_stmt *stmt, store_row_incident_fn visit, void *user,
		int *n)
{
	struct ls_incident incident;
	struct ls_labels labels;
	int r;

	while ((r = store_step(store, stmt)) == 1) {
		r = store_read_incident(store, stmt, &incident, &labels);
		if (r == 0)
			r = visit(&incident, &labels, user);
		if (r != 0)
			return r;
		++*n;
	}
	return r;
}

struct incident_visitor {
	store_row_incident_fn visit;
	void *user;
};

static int
visit_asked(struct store *store, enum store_stmt which, const struct store_filter *filter,
	    const struct incident_visitor *visitor, const char **unknown)
{
	char *ports;
	int n = 0, r = store_ports(store, filter, &ports, unknown);

	if (r == 0) {
		store_stmt_auto *stmt = store_prepare_filtered(store, which, filter, ports, &r);

		if (stmt)
			r = visit_incidents(store, stmt, visitor->visit, visitor->user, &n);
	}
	sqlite3_free(ports);
	return r;
}

int
store_incidents(struct store *store, const struct store_filter *filter, store_row_incident_fn visit,
		void *user, const char **unknown)
{
	return visit_asked(store, STORE_INCIDENTS, filter,
			   &(struct incident_visitor){ visit, user }, unknown);
}

int
store_drops(struct store *store, const struct store_filter *filter, store_row_incident_fn visit,
	    void *user, const char **unknown)
{
	return visit_asked(store, STORE_DROPS, filter, &(struct incident_visitor){ visit, user },
			   unknown);
}

int
store_gaps(struct store *store, const struct store_filter *filter, store_gap_fn visit, void *user)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare_filtered(store, STORE_GAPS, filter, NULL, &r);

	while (stmt && (r = store_step(store, stmt)) == 1) {
		struct ls_gap gap = { .id = sqlite3_column_int64(stmt, 0) };

		(void)store_read_row(stmt, 1, STORE_ROW_GAP, &gap);
		r = visit(&gap, user);
		if (r != 0)
			return r;
	}
	return r;
}

/* 1: visited, 0: there is none. */
static int
visit_one(struct store *store, enum store_stmt which, int64_t id, store_row_incident_fn visit,
	  void *user)
{
	int n = 0, r = 0;
	store_stmt_auto *stmt = store_prepare(store, which, &r);

	if (!stmt)
		return r;
	if (sqlite3_bind_parameter_count(stmt) > 0)
		(void)store_bind_ids(stmt, &id, 1);
	r = visit_incidents(store, stmt, visit, user, &n);
	return r != 0 ? r : n;
}

int
store_incident(struct store *store, int64_t id, store_row_incident_fn visit, void *user)
{
	return visit_one(store, STORE_INCIDENT, id, visit, user);
}

int
store_last_drop(struct store *store, store_row_incident_fn visit, void *user)
{
	return visit_one(store, STORE_LAST_DROP, 0, visit, user);
}

int
store_socket(struct store *store, const char *id_path, int64_t since_us, int64_t *n_drops,
	     char label[LS_STRING_MAX])
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_SOCKET, &r);

	*n_drops = 0;
	label[0] = '\0';
	if (!stmt)
		return r;
	(void)sqlite3_bind_int64(stmt, 1, since_us);
	(void)sqlite3_bind_text(stmt, 2, id_path, -1, SQLITE_STATIC);
	r = store_step(store, stmt);
	if (r == 1) {
		*n_drops = sqlite3_column_int64(stmt, 0);
		store_read_text(stmt, 1, label, LS_STRING_MAX);
	}
	return r < 0 ? r : 0;
}
