#pragma once
/* One row of a session table (lib/wire/session_table.h) while it is read. */
#include "lib/attribution/trial.h"
#include "lib/base/cursor.h"

#define LS_SESSION_WHY_MAX 480

/* @trial and its names live during the call. Less than 0 ends the reading. */
typedef int (*ls_session_row_fn)(const struct ls_trial *trial, void *user);

enum ls_session_column {
	LS_SESSION_START,
	LS_SESSION_HOST,
	LS_SESSION_CONTROLLER,
	LS_SESSION_PORT,
	LS_SESSION_HUBS,
	LS_SESSION_CABLE,
	LS_SESSION_DEVICE,
	LS_SESSION_HOURS,
	LS_SESSION_DROPS,
	LS_SESSION_MODEL,
	LS_SESSION_DROPS_BY_POWER,
	LS_SESSION_DROPS_BY_HOST,
	LS_SESSION_DROPS_BY_HUB,
	LS_SESSION_DROPS_BY_DEVICE,
	LS_SESSION_LOADED_HOURS,
	LS_SESSION_DROPS_UNDER_LOAD,
	LS_SESSION_NEIGHBOUR_HOURS,
	LS_SESSION_DROPS_WITH_NEIGHBOUR,
	LS_SESSION_N_COLUMNS,
};

extern const char *const ls_session_columns[LS_SESSION_N_COLUMNS];

/*
 * Would a spreadsheet take a field for a formula? In a table such a text stands behind an apostrophe; of one
 * that has it already, this is true, too, so that it is the same text when it is read back.
 */
bool ls_session_is_formula(const char *text, size_t len);

/* The component that a column names, or -1. */
int ls_session_kind(enum ls_session_column column);

struct ls_session_row {
	struct ls_trial trial; /* points into this row */
	bool has_hours, has_drops, has_anything;
	char names[LS_N_COMPONENT_KINDS][LS_COMPONENT_NAME_MAX];
	char hubs[LS_TRIAL_HUBS_MAX][LS_COMPONENT_NAME_MAX];
};

void ls_session_row_clear(struct ls_session_row *row);

/* 0, or -EBADMSG with @why; empty text is unknown. */
int ls_session_row_text(struct ls_session_row *row, enum ls_session_column column,
			struct ls_cursor text, char why[LS_SESSION_WHY_MAX]);
/* One more behind those that are there; empty text is none. */
int ls_session_row_add_hub(struct ls_session_row *row, struct ls_cursor text,
			   char why[LS_SESSION_WHY_MAX]);
int ls_session_row_number(struct ls_session_row *row, enum ls_session_column column, double number,
			  char why[LS_SESSION_WHY_MAX]);

/*
 * Passes a complete row on. 1, 0 if it is empty or incomplete, -EBADMSG, or the result of
 * on_row.
 */
int ls_session_row_deliver(struct ls_session_row *row, ls_session_row_fn on_row, void *user,
			   char why[LS_SESSION_WHY_MAX]);

/* Decimal with a point, also 1e-3; no blanks. What the table allows as a number, in any locale. */
bool ls_session_number(struct ls_cursor text, double *ret);
