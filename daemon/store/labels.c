#include "daemon/store/labels.h"

#include <errno.h>
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/lookup.h"
#include "daemon/store/row.h"
#include "daemon/store/store.h"

int
store_labels(struct store *store, const struct ls_socket *socket, int64_t session,
	     struct store_labels *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_LABELS, &r);

	*ret = (struct store_labels){ 0 };
	if (!stmt)
		return r;
	(void)sqlite3_bind_text(stmt, 1, socket->id_path, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(stmt, 2, session);
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	store_read_text(stmt, 0, ret->socket, sizeof(ret->socket));
	store_read_text(stmt, 1, ret->cable, sizeof(ret->cable));
	ret->cable_assumed = sqlite3_column_int(stmt, 2) != 0;
	return 0;
}

int
store_find_socket(struct store *store, const char *port, struct ls_socket *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_FIND_SOCKET, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_text(stmt, 1, port, -1, SQLITE_STATIC);
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	store_read_text(stmt, 0, ret->id_path, sizeof(ret->id_path));
	store_read_text(stmt, 1, ret->name, sizeof(ret->name));
	return 1;
}

static void
bind_label(sqlite3_stmt *stmt, int n, const char *label)
{
	if (label[0])
		(void)sqlite3_bind_text(stmt, n, label, -1, SQLITE_STATIC);
}

static int
put_statement(struct store *store, const struct store_statement *statement, int64_t port)
{
	const int64_t ids[] = { port, statement->said_us, statement->since_us };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_STATEMENT_PUT, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	if (statement->uid >= 0)
		(void)sqlite3_bind_int64(stmt, 4, statement->uid);
	(void)sqlite3_bind_text(stmt, 5, statement->about, -1, SQLITE_STATIC);
	bind_label(stmt, 6, statement->label);
	bind_label(stmt, 7, statement->before);
	return store_step(store, stmt);
}

static int
set_socket_label(struct store *store, int64_t port, const char *label)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_SOCKET_LABEL_SET, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_int64(stmt, 1, port);
	bind_label(stmt, 2, label);
	return store_step(store, stmt);
}

int
store_say(struct store *store, const struct store_statement *statement)
{
	int64_t port = 0;
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = store_put_port(store, &statement->socket, &port);
	if (r == 0)
		r = put_statement(store, statement, port);
	if (r == 0 && strcmp(statement->about, "socket") == 0)
		r = set_socket_label(store, port, statement->label);
	if (r == 0)
		return store_commit(store);
	store_rollback(store);
	return r;
}

int
store_statements(struct store *store, int64_t n, store_statement_fn visit, void *user)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_STATEMENTS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, &n, 1);
	while ((r = store_step(store, stmt)) == 1) {
		struct store_statement statement = {
			.said_us = sqlite3_column_int64(stmt, 0),
			.since_us = sqlite3_column_int64(stmt, 1),
			.uid = sqlite3_column_int64(stmt, 2),
			.about = (const char *)sqlite3_column_text(stmt, 3),
		};

		store_read_text(stmt, 4, statement.socket.id_path,
				sizeof(statement.socket.id_path));
		store_read_text(stmt, 5, statement.socket.name, sizeof(statement.socket.name));
		store_read_text(stmt, 6, statement.label, sizeof(statement.label));
		store_read_text(stmt, 7, statement.before, sizeof(statement.before));
		r = visit(&statement, user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_socket_labels(struct store *store, store_label_fn visit, void *user)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_SOCKET_LABELS, &r);

	if (!stmt)
		return r;
	while ((r = store_step(store, stmt)) == 1) {
		struct ls_socket socket;

		store_read_text(stmt, 0, socket.id_path, sizeof(socket.id_path));
		store_read_text(stmt, 1, socket.name, sizeof(socket.name));
		r = visit(&socket, (const char *)sqlite3_column_text(stmt, 2), user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_cable_labels(struct store *store, store_label_fn visit, void *user)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_CABLE_LABELS, &r);

	if (!stmt)
		return r;
	while ((r = store_step(store, stmt)) == 1) {
		r = visit(NULL, (const char *)sqlite3_column_text(stmt, 0), user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_visit_cables(struct store *store, ls_session_fn visit, void *user)
{
	struct ls_session session;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_LAST_CABLES, &r);

	if (!stmt)
		return r;
	while ((r = store_step(store, stmt)) == 1) {
		store_read_session(stmt, &session);
		visit(&session, user);
	}
	return r;
}
