#pragma once
/*
 * A session as an object of JSON: a line of a table (lib/wire/session_table.h), or one of
 * linkstatd.
 */
#include "lib/wire/session_row.h"
#include "lib/wire/wire.h"

/* Reads all members of @object. 0, or -EBADMSG with @why. */
int ls_session_row_json(struct ls_session_row *row, const json_t *object,
			char why[LS_SESSION_WHY_MAX]);

/* One object with the members of a row, as of a line or of linkstatd's ListSessions. 1: *on_row was
 * called; 0: left out; -EBADMSG with @why, or what on_row gave. */
int ls_session_from_json(const json_t *object, ls_session_row_fn on_row, void *user,
			 char why[LS_SESSION_WHY_MAX]);

/* @trial as such an object; NULL when memory is short. */
json_t *ls_session_json(const struct ls_trial *trial);
