#include "daemon/store/labels.h"

#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/lookup.h"
#include "daemon/store/row.h"
#include "daemon/store/schema.h"
#include "daemon/store/store.h"

int
store_labels(struct store *store, const struct ls_socket *socket, int64_t session,
	     struct store_labels *ret)
{
	store_rows_auto rows = store_query(
		store,
		"SELECT p.label, c.label, s.cable_assumed FROM ports p"
		" LEFT JOIN sessions s ON s.id = ?2 LEFT JOIN cables c ON c.id = s.cable"
		" WHERE p.id_path = ?1",
		TEXT(socket->id_path), INT(session));
	int r = store_next(&rows);

	*ret = (struct store_labels){ 0 };
	if (r != 1)
		return r;
	store_read_text(&rows, 0, ret->socket, sizeof(ret->socket));
	store_read_text(&rows, 1, ret->cable, sizeof(ret->cable));
	ret->cable_assumed = store_int(&rows, 2) != 0;
	return 0;
}

/* An ID_PATH before a label before a kernel name; that of the latest boot. */
int
store_find_socket(struct store *store, const char *port, struct ls_socket *ret)
{
	store_rows_auto rows = store_query(
		store,
		"SELECT id_path, name FROM ports WHERE id_path = ?1 OR label = ?1 OR name = ?1"
		" ORDER BY id_path = ?1 DESC, ifnull(label, '') = ?1 DESC, boot DESC, id DESC"
		" LIMIT 1",
		TEXT(port));
	int r = store_next(&rows);

	if (r == 1)
		(void)store_read_socket(&rows, 0, ret);
	return r;
}

/* Of each user the newest are kept, as of jobs. Labels themselves stay where they are. */
static int
forget_oldest(struct store *store, int64_t uid)
{
	return store_run(store,
			 "DELETE FROM statements WHERE id IN (SELECT id FROM statements"
			 " WHERE uid IS ?1 ORDER BY id DESC LIMIT ?3 OFFSET ?2)",
			 INT_OR_NULL(uid), INT(STORE_STATEMENTS_KEPT), INT(2 * STORE_KEPT_STEP));
}

static int
put_statement(struct store *store, const struct store_statement *statement, int64_t port)
{
	int64_t id;
	int r = store_insert(
		store, &id,
		"INSERT INTO statements (port, said_real, since_real, uid, about, label,"
		" before) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		INT(port), INT(statement->said_us), INT(statement->since_us),
		INT_OR_NULL(statement->uid), TEXT(store_subject_name(statement->about)),
		TEXT_OR_NULL(statement->label), TEXT_OR_NULL(statement->before));

	return r == 0 && id % STORE_KEPT_STEP == 0 ? forget_oldest(store, statement->uid) : r;
}

static const char *const subjects[] = { STORE_SUBJECTS(LS_ENUM_NAME) };

const char *
store_subject_name(enum store_subject subject)
{
	return ls_name_of(subjects, LS_COUNT(subjects), subject);
}

static enum store_subject
subject_of(const char *text)
{
	int found = text ? ls_name_find(subjects, LS_COUNT(subjects), text) : -1;

	return found < 0 ? STORE_ABOUT_CABLE : (enum store_subject)found;
}

int
store_add_statement(struct store *store, const struct store_statement *statement)
{
	int64_t port = 0;
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = store_put_port(store, &statement->socket, &port);
	if (r == 0)
		r = put_statement(store, statement, port);
	if (r == 0 && statement->about == STORE_ABOUT_SOCKET)
		r = store_run(store, "UPDATE ports SET label = ?2 WHERE id = ?1", INT(port),
			      TEXT_OR_NULL(statement->label));
	return store_end(store, r);
}

int
store_statements(struct store *store, int64_t n, store_statement_fn visit, void *user)
{
	store_rows_auto rows = store_query(
		store,
		"SELECT r.said_real, r.since_real, ifnull(r.uid, -1), r.about, p.id_path, p.name,"
		" r.label, r.before FROM"
		" (SELECT * FROM statements ORDER BY id DESC LIMIT ?1) r" PORT_JOIN
		" ORDER BY r.id",
		INT(n));
	int r;

	while ((r = store_next(&rows)) == 1) {
		struct store_statement statement = {
			.said_us = store_int(&rows, 0),
			.since_us = store_int(&rows, 1),
			.uid = store_int(&rows, 2),
			.about = subject_of(store_text(&rows, 3)),
		};
		int next = store_read_socket(&rows, 4, &statement.socket);

		store_read_text(&rows, next, statement.label, sizeof(statement.label));
		store_read_text(&rows, next + 1, statement.before, sizeof(statement.before));
		r = visit(&statement, user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_socket_labels(struct store *store, store_label_fn visit, void *user)
{
	store_rows_auto rows =
		store_query(store, "SELECT id_path, name, label FROM ports WHERE label IS NOT NULL"
				   " ORDER BY id_path COLLATE port_order");
	int r;

	while ((r = store_next(&rows)) == 1) {
		struct ls_socket socket;

		(void)store_read_socket(&rows, 0, &socket);
		r = visit(&socket, store_text(&rows, 2), user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_cable_labels(struct store *store, store_label_fn visit, void *user)
{
	store_rows_auto rows =
		store_query(store, "SELECT label FROM (SELECT c.label,"
				   "  (SELECT max(began_real) FROM sessions WHERE cable = c.id)"
				   "  AS latest FROM cables c) WHERE latest IS NOT NULL"
				   " ORDER BY latest DESC");
	int r;

	while ((r = store_next(&rows)) == 1) {
		r = visit(NULL, store_text(&rows, 0), user);
		if (r != 0)
			return r;
	}
	return r;
}

/* Sessions whose cables are remembered at a start. */
#define REMEMBERED "r.id > (SELECT max(id) FROM sessions) - 20000"

int
store_visit_cables(struct store *store, ls_session_fn visit, void *user)
{
	store_rows_auto rows =
		store_query(store, SESSION_SELECT
			    " JOIN (SELECT max(r.began_real) AS began, r.port,"
			    "  e.device FROM sessions r JOIN descriptions e ON e.id = r.description"
			    "  WHERE " REMEMBERED " GROUP BY r.port, e.device) l"
			    " ON l.port = r.port AND l.device = d.device AND l.began = r.began_real"
			    " WHERE " REMEMBERED " AND r.cable IS NOT NULL ORDER BY r.began_real");
	struct ls_session session;
	int r;

	while ((r = store_next(&rows)) == 1) {
		store_read_session(&rows, &session);
		visit(&session, user);
	}
	return r;
}
