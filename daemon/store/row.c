#include "daemon/store/row.h"

#include <string.h>

#include "daemon/store/db.h"
#include "lib/wire/wire.h"

/*
 * Enums are stored by name, so that a reader of the database needs no header. X(type, the enum and
 * the beginning of its name function, number of members).
 */
#define ENUMS(X)                                                                                   \
	X(CAUSE, ls_cause, LS_N_CAUSES)                                                            \
	X(SIDE, ls_side, LS_N_SIDES)                                                               \
	X(SOURCE, ls_source, LS_N_SOURCES)                                                         \
	X(KIND, ls_event_kind, LS_N_EVENTS)                                                        \
	X(GAP_KIND, ls_gap_kind, LS_N_GAP_KINDS)

#define ENUM_TYPE(type, name, n) TYPE_##type,
#define ENUM_NAME(type, name, n)                                                                   \
	case TYPE_##type:                                                                          \
		return name##_name((enum name)value);
#define ENUM_COUNT(type, name, n)                                                                  \
	case TYPE_##type:                                                                          \
		return n;

enum field_type {
	TYPE_BOOL,
	TYPE_U8,
	TYPE_U16,
	TYPE_U32,
	TYPE_I64, /* and uint64_t: the same bits */
	TYPE_ID,  /* 0 is NULL */
	TYPE_REAL,
	TYPE_TEXT,
	ENUMS(ENUM_TYPE) /* all that are above TYPE_TEXT */
};

struct field {
	enum field_type type;
	size_t offset, size;
};

#define MEMBER(struct_name, type, member)                                                          \
	{ TYPE_##type, offsetof(struct struct_name, member),                                       \
	  sizeof(((struct struct_name *)NULL)->member) },
#define IN_DEVICE(type, column, member)	  MEMBER(ls_device, type, member)
#define IN_SESSION(type, column, member)  MEMBER(ls_session, type, member)
#define IN_INCIDENT(type, column, member) MEMBER(ls_incident, type, member)
#define IN_EVIDENCE(type, column, member) MEMBER(ls_evidence, type, member)
#define IN_EVENT(type, column, member)	  MEMBER(ls_event, type, member)
#define IN_GAP(type, column, member)	  MEMBER(ls_gap, type, member)

static const struct field session_fields[] = { STORE_SESSION_FIELDS(IN_SESSION) };
static const struct field incident_fields[] = { STORE_INCIDENT_FIELDS(IN_INCIDENT) };
static const struct field event_fields[] = { STORE_EVENT_FIELDS(IN_EVENT) };
static const struct field gap_fields[] = { STORE_GAP_FIELDS(IN_GAP) };
static const struct field identity_fields[] = { STORE_IDENTITY_FIELDS(IN_DEVICE) };
static const struct field description_fields[] = { STORE_DESCRIPTION_FIELDS(IN_DEVICE) };
static const struct field evidence_fields[] = { STORE_EVIDENCE_FIELDS(IN_EVIDENCE) };

static const struct {
	const struct field *fields;
	int n;
} rows_of[STORE_N_ROWS] = {
	[STORE_ROW_SESSION] = { session_fields, LS_COUNT(session_fields) },
	[STORE_ROW_INCIDENT] = { incident_fields, LS_COUNT(incident_fields) },
	[STORE_ROW_EVENT] = { event_fields, LS_COUNT(event_fields) },
	[STORE_ROW_GAP] = { gap_fields, LS_COUNT(gap_fields) },
	[STORE_ROW_IDENTITY] = { identity_fields, LS_COUNT(identity_fields) },
	[STORE_ROW_DESCRIPTION] = { description_fields, LS_COUNT(description_fields) },
	[STORE_ROW_EVIDENCE] = { evidence_fields, LS_COUNT(evidence_fields) },
};

static const char *
enum_name(enum field_type type, int value)
{
	switch (type) {
		ENUMS(ENUM_NAME)
	default:
		return ""; /* no enum */
	}
}

/* Number of members of the enum, for the search by name. */
static int
enum_count(enum field_type type)
{
	switch (type) {
		ENUMS(ENUM_COUNT)
	default:
		return 0; /* no enum */
	}
}

/* A name that this version does not know, from a database that was edited, is the first one. */
static int
enum_value(enum field_type type, const char *name)
{
	for (int i = 0; i < enum_count(type); i++) {
		if (strcmp(enum_name(type, i), name) == 0)
			return i;
	}
	return 0;
}

static int64_t
load_integer(const struct field *field, const char *at)
{
	bool b;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	int64_t i64;

	switch (field->type) {
	case TYPE_BOOL:
		return memcpy(&b, at, sizeof(b)), b;
	case TYPE_U8:
		return memcpy(&u8, at, sizeof(u8)), u8;
	case TYPE_U16:
		return memcpy(&u16, at, sizeof(u16)), u16;
	case TYPE_U32:
		return memcpy(&u32, at, sizeof(u32)), u32;
	default:
		return memcpy(&i64, at, sizeof(i64)), i64;
	}
}

static void
save_integer(const struct field *field, int64_t value, char *at)
{
	bool b = value != 0;
	uint8_t u8 = (uint8_t)value;
	uint16_t u16 = (uint16_t)value;
	uint32_t u32 = (uint32_t)value;

	switch (field->type) {
	case TYPE_BOOL:
		memcpy(at, &b, sizeof(b));
		break;
	case TYPE_U8:
		memcpy(at, &u8, sizeof(u8));
		break;
	case TYPE_U16:
		memcpy(at, &u16, sizeof(u16));
		break;
	case TYPE_U32:
		memcpy(at, &u32, sizeof(u32));
		break;
	default:
		memcpy(at, &value, sizeof(value));
	}
}

static void
bind_enum(sqlite3_stmt *stmt, int n, const struct field *field, const char *at)
{
	int value;

	memcpy(&value, at, sizeof(value));
	(void)sqlite3_bind_text(stmt, n, enum_name(field->type, value), -1, SQLITE_STATIC);
}

/* Failures to bind show at the step: a parameter out of range is our bug. */
static void
bind_field(sqlite3_stmt *stmt, int n, const struct field *field, const char *at)
{
	int64_t integer;
	double real;

	if (field->type > TYPE_TEXT) {
		bind_enum(stmt, n, field, at);
		return;
	}
	switch (field->type) {
	case TYPE_REAL:
		memcpy(&real, at, sizeof(real));
		(void)sqlite3_bind_double(stmt, n, real);
		break;
	case TYPE_TEXT:
		(void)sqlite3_bind_text(stmt, n, at, (int)strnlen(at, field->size), SQLITE_STATIC);
		break;
	default:
		integer = load_integer(field, at);
		if (field->type == TYPE_ID && integer == 0)
			(void)sqlite3_bind_null(stmt, n);
		else
			(void)sqlite3_bind_int64(stmt, n, integer);
	}
}

int
store_bind_fields(sqlite3_stmt *stmt, int first, const struct store_value *value)
{
	for (int i = 0; i < rows_of[value->n].n; i++) {
		const struct field *field = &rows_of[value->n].fields[i];

		bind_field(stmt, first + i, field, (const char *)value->data + field->offset);
	}
	return first + rows_of[value->n].n;
}

static void
read_enum(const struct store_rows *rows, int column, const struct field *field, char *at)
{
	const char *name = store_text(rows, column);
	int value = enum_value(field->type, name ? name : "");

	memcpy(at, &value, sizeof(value));
}

static void
read_field(const struct store_rows *rows, int column, const struct field *field, char *at)
{
	double real;

	if (field->type > TYPE_TEXT) {
		read_enum(rows, column, field, at);
		return;
	}
	switch (field->type) {
	case TYPE_REAL:
		real = sqlite3_column_double(rows->stmt, column);
		memcpy(at, &real, sizeof(real));
		break;
	case TYPE_TEXT:
		store_read_text(rows, column, at, field->size);
		break;
	default:
		save_integer(field, store_int(rows, column), at);
	}
}

int
store_read_fields(const struct store_rows *rows, int first, enum store_row row, void *to)
{
	for (int i = 0; i < rows_of[row].n; i++) {
		const struct field *field = &rows_of[row].fields[i];

		read_field(rows, first + i, field, (char *)to + field->offset);
	}
	return first + rows_of[row].n;
}

int
store_read_device(const struct store_rows *rows, int first, struct ls_device *device)
{
	int next = store_read_fields(rows, first, STORE_ROW_IDENTITY, device);

	return store_read_fields(rows, next, STORE_ROW_DESCRIPTION, device);
}

int
store_read_socket(const struct store_rows *rows, int first, struct ls_socket *socket)
{
	store_read_text(rows, first, socket->id_path, sizeof(socket->id_path));
	store_read_text(rows, first + 1, socket->name, sizeof(socket->name));
	return first + 2;
}

void
store_read_session(const struct store_rows *rows, struct ls_session *session)
{
	int next;

	*session = (struct ls_session){ .id = store_int(rows, 0) };
	store_read_text(rows, 1, session->socket.id_path, sizeof(session->socket.id_path));
	next = store_read_device(rows, 4, &session->device);
	next = store_read_fields(rows, next, STORE_ROW_SESSION, session);
	store_read_text(rows, next, session->cable, sizeof(session->cable));
	session->hubs_known = !store_is_null(rows, next + 1);
	store_read_text(rows, next + 1, session->hubs, sizeof(session->hubs));
}

static int
read_evidence(struct store *store, struct ls_incident *incident)
{
	store_rows_auto rows = store_query(store, EVIDENCE_SELECT, INT(incident->id));
	int r;

	while ((r = store_next(&rows)) == 1) {
		int64_t n = store_int(&rows, 0);

		if (n >= 0 && n < LS_EVIDENCE_MAX)
			(void)store_read_fields(&rows, 1, STORE_ROW_EVIDENCE,
						&incident->evidence[n]);
	}
	return r;
}

int
store_read_incident(const struct store_rows *rows, struct ls_incident *incident,
		    struct ls_labels *labels)
{
	int next;

	*incident = (struct ls_incident){
		.id = store_int(rows, 0),
		.has_device = !store_is_null(rows, 3),
	};
	store_read_text(rows, 1, incident->socket.id_path, sizeof(incident->socket.id_path));
	next = store_read_device(rows, 4, &incident->device);
	next = store_read_fields(rows, next, STORE_ROW_INCIDENT, incident);
	*labels = (struct ls_labels){
		.socket = store_text(rows, 2),
		.cable = store_text(rows, next),
		.cable_assumed = store_int(rows, next + 1) != 0,
	};
	return read_evidence(rows->store, incident);
}
