#pragma once
/* Structs from and to columns, by tables made of fields.h. */
#include "daemon/store/fields.h"
#include "lib/model/record.h"

struct ls_labels;
struct sqlite3_stmt;
struct store_rows;
struct store_value;

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

/* The fields of a struct as values of a statement. */
#define FIELDS(row, from)                                                                          \
	((struct store_value){                                                                     \
		.type = STORE_FIELDS, .n = (row), .data = (from), .bind = store_bind_fields })
int store_bind_fields(struct sqlite3_stmt *stmt, int first, const struct store_value *value);

/* Reads the fields of @row from column @first on; the next one. */
int store_read_fields(const struct store_rows *rows, int first, enum store_row row, void *to);
/* As SESSION_SELECT selects it. */
void store_read_session(const struct store_rows *rows, struct ls_session *session);
/* As INCIDENT_SELECT selects it; its evidence is read as well. @labels as store_text(). */
int store_read_incident(const struct store_rows *rows, struct ls_incident *incident,
			struct ls_labels *labels);
/* As DEVICE_COLUMNS selects it; the next column. */
int store_read_device(const struct store_rows *rows, int first, struct ls_device *device);
/* As "id_path, name" select it; the next column. */
int store_read_socket(const struct store_rows *rows, int first, struct ls_socket *socket);

/* Rows of the evidence of incident ?1: the place of each, then its fields. */
#define EVIDENCE_SELECT "SELECT n" EVIDENCE_COLUMNS " FROM evidence WHERE incident = ?1 ORDER BY n"

/* Of a row r with a port and a description. */
#define PORT_JOIN " LEFT JOIN ports p ON p.id = r.port"
#define DEVICE_JOIN                                                                                \
	" LEFT JOIN descriptions d ON d.id = r.description LEFT JOIN devices v ON v.id = d.device"

#define SESSION_SELECT                                                                             \
	"SELECT r.id, p.id_path, p.label, r.description" DEVICE_COLUMNS SESSION_OF_R               \
	", c.label, h.hubs FROM sessions r" PORT_JOIN DEVICE_JOIN                                  \
	" LEFT JOIN cables c ON c.id = r.cable LEFT JOIN chains h ON h.id = r.chain"
#define INCIDENT_SELECT                                                                            \
	"SELECT r.id, p.id_path, p.label, r.description" DEVICE_COLUMNS INCIDENT_OF_R              \
	", c.label, s.cable_assumed FROM incidents r" PORT_JOIN DEVICE_JOIN                        \
	" LEFT JOIN sessions s ON s.id = r.session LEFT JOIN cables c ON c.id = s.cable"
