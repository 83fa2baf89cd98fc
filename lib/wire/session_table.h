#pragma once
/*
 * Tables of sessions: what linkstat export --sessions writes and linkstat diagnose --sessions
 * reads, also from several computers and typed by hand. A row is one stay of one device with one
 * cable on one port: a trial (lib/attribution/trials.h). Bytes in, trials out; memory does not
 * grow.
 *
 * CSV (RFC 4180, in UTF-8) whose first row names the columns, in any order and either case:
 *   start            RFC 3339; 2026-11-22; 2026-11-22 14:00 (UTC unless it names a zone); seconds
 *                    since 1970
 *   host, controller, port, cable, device, model     names; cables, devices, models and hubs of one
 *                    name are the same thing everywhere, ports and controllers only on one host
 *   hubs             names from the root outward, joined by ";"; a ";" within a name is \x3b
 *   connected_hours  decimal point, 0 … 1 000 000
 *   drops            whole number; those within one minute of each other count once
 *   drops_by_power, drops_by_host, drops_by_hub, drops_by_device    of these drops, those whose own
 *                    cause names a side
 *   loaded_hours, drops_under_load           of these hours those in which data flowed to or from the
 *                    device, and the drops that came meanwhile
 *   neighbour_hours, drops_with_neighbour    … to another device of the same bus
 * connected_hours and drops must be there, other columns are ignored. An empty field is unknown, as
 * is a column that is missing. Blanks around values, blank lines, lines that begin with "#", CRLF
 * and a byte order mark do no harm.
 *
 * Or JSON lines: an object a line with these members, hubs a list, null what is unknown (started_at
 * is another name of start, as in linkstatd's ListSessions). Which of both it is shows the first
 * line that has something.
 */
#include "lib/wire/session_row.h"

struct ls_session_table;

struct ls_session_counts {
	uint64_t n_rows;     /* given to on_row */
	uint64_t n_left_out; /* connected_hours or drops unknown: no evidence */
};

/* 0 or -ENOMEM. */
int ls_session_table_new(ls_session_row_fn on_row, void *user, struct ls_session_table **ret);
void ls_session_table_free(struct ls_session_table *table); /* NULL is fine */
LS_DEFINE_AUTO(ls_session_table)

/* The next bytes, and the end of them. 0, -EBADMSG with a reason below, -ENOMEM or what on_row
 * gave; nothing is read after an error. */
int ls_session_table_feed(struct ls_session_table *table, const char *data, size_t len);
int ls_session_table_end(struct ls_session_table *table);

/* What is wrong and what is allowed, a sentence without its end; in which line (from 1). */
const char *ls_session_table_why(const struct ls_session_table *table);
uint64_t ls_session_table_line(const struct ls_session_table *table);
/* Names in the header that mean nothing here, "" if there are none. */
const char *ls_session_table_ignored(const struct ls_session_table *table);
struct ls_session_counts ls_session_table_counts(const struct ls_session_table *table);
