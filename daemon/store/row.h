#pragma once
/* Structs from and to columns, by tables made of fields.h. */
#include "daemon/store/db.h"

struct ls_labels;

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
/* As selected by sql.h; evidence of an incident is read as well. */
void store_read_session(sqlite3_stmt *stmt, struct ls_session *session);
int store_read_incident(struct store *store, sqlite3_stmt *stmt, struct ls_incident *incident,
			struct ls_labels *labels);
