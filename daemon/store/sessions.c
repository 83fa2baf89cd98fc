#include "daemon/store/sessions.h"

#include "daemon/store/db.h"
#include "daemon/store/exposure.h"
#include "daemon/store/filter.h"
#include "daemon/store/row.h"

static int
on_piece(const struct store_piece *piece, void *user)
{
	struct store_session *row = user;

	row->connected_seconds += piece->us / 1e6;
	row->drops += piece->dropped;
	row->drops_by_side[piece->side] += piece->dropped;
	return 0;
}

static int
visit_sessions(const struct store_exposure *asked, struct store_rows *rows, store_session_fn visit,
	       void *user)
{
	int r;

	while ((r = store_next(rows)) == 1) {
		struct store_session row = { .label = store_text(rows, 2) };

		store_read_session(rows, &row.session);
		row.n = 1;
		r = store_pieces(asked, row.session.id, on_piece, &row);
		row.n_dropping = row.drops > 0;
		if (r == 0)
			r = visit(&row, user);
		if (r != 0)
			return r;
	}
	return r;
}

#define BEHIND_SESSION                                                                             \
	"(?3 = 0 OR (r.began_real, r.id) > (" CURSOR_TIME("sessions", "began_real") ", ?3))"

/* Closed ones by their end, open ones by an index of their own. */
static const char select_sessions[] = SESSION_SELECT
	" WHERE r.id >= ifnull("
	"(SELECT min(id) FROM sessions INDEXED BY sessions_ended WHERE ended_real >= ?1),"
	" 0x7fffffffffffffff) AND " BEHIND_SESSION " AND r.open = 0"
	" AND r.ended_real >= ?1 AND r.began_real < ?2 AND " ASKED_PORTS
	" UNION ALL " SESSION_SELECT " WHERE r.id IN (SELECT id FROM sessions"
	"  INDEXED BY sessions_open WHERE open = 1) AND " BEHIND_SESSION
	" AND r.began_real < ?2 AND " ASKED_PORTS " ORDER BY began_real, 1 LIMIT ?5";
/* These two are of the whole history, ?1 … ?2. */
static const char select_not_summed[] = SESSION_SELECT
	" WHERE r.id IN (SELECT id FROM sessions"
	"  INDEXED BY sessions_port_not_summed WHERE sum IS NULL AND id > ?3) AND " ASKED_PORTS
	" AND ?1 < ?2 ORDER BY r.id LIMIT ?5";
static const char select_sums[] =
	"SELECT r.id, p.id_path, p.name, p.label, c.label, h.hubs, r.n, r.each,"
	" r.connected_us, r.drops, r.by_power, r.by_host, r.by_hub, r.by_device,"
	" r.first_real" DEVICE_COLUMNS " FROM session_sums r" PORT_JOIN DEVICE_JOIN
	" LEFT JOIN cables c ON c.id = r.cable LEFT JOIN chains h ON h.id = r.chain"
	" WHERE r.id > ?3 AND " ASKED_PORTS " AND ?1 < ?2 ORDER BY r.id LIMIT ?5";

int
store_sessions(struct store *store, const struct store_filter *filter, struct ls_instant now,
	       store_session_fn visit, void *user, const char **unknown)
{
	struct store_exposure asked = { 0 };
	store_ports_auto *ports = NULL;
	int r = store_ports(store, filter, &ports, unknown);

	if (r == 0)
		r = store_exposure_init(&asked, store, filter, now);
	if (r == 0) {
		store_rows_auto rows =
			store_query(store, select_sessions, STORE_FILTER(filter, ports));

		r = visit_sessions(&asked, &rows, visit, user);
	}
	store_exposure_done(&asked);
	return r;
}

static void
read_sum(const struct store_rows *rows, struct store_session *row)
{
	struct ls_session *session = &row->session;

	*row = (struct store_session){
		.session = { .id = store_int(rows, 0),
			     .began = { .real_us = store_int(rows, 14) } },
		.label = store_text(rows, 3),
		.n = store_int(rows, 6),
		.n_dropping = store_int(rows, 7) ? store_int(rows, 6) : 0,
		.connected_seconds = (double)store_int(rows, 8) / 1e6,
		.drops = store_int(rows, 9),
		.drops_by_side = {
			[LS_SIDE_POWER] = store_int(rows, 10),
			[LS_SIDE_HOST] = store_int(rows, 11),
			[LS_SIDE_HUB] = store_int(rows, 12),
			[LS_SIDE_DEVICE] = store_int(rows, 13),
		},
	};
	(void)store_read_socket(rows, 1, &session->socket);
	store_read_text(rows, 4, session->cable, sizeof(session->cable));
	session->hubs_known = !store_is_null(rows, 5);
	store_read_text(rows, 5, session->hubs, sizeof(session->hubs));
	(void)store_read_device(rows, 15, &session->device);
}

struct sums_visit {
	struct store_exposure asked;
	const char *ports;
	size_t n; /* sums so far */
	store_session_fn visit;
	void *user;
};

static int
visit_sums(struct sums_visit *it, const struct store_filter *filter)
{
	store_rows_auto rows =
		store_query(it->asked.store, select_sums, STORE_FILTER(filter, it->ports));
	struct store_session row;
	int r;

	for (; (r = store_next(&rows)) == 1; it->n++) {
		read_sum(&rows, &row);
		r = it->visit(&row, it->user);
		if (r != 0)
			return r;
	}
	return r;
}

static int
on_session_behind(const struct store_session *row, void *user)
{
	const struct sums_visit *it = user;
	struct store_session shifted = *row;

	shifted.session.id += STORE_SUM_IDS;
	return it->visit(&shifted, it->user);
}

/* Ids of sums are small, those of sessions come behind them. */
static int
visit_rest(struct sums_visit *it, const struct store_filter *filter)
{
	bool whole = store_exposure_is_whole(&it->asked);
	struct store_filter rest = *filter;

	if (filter->limit && it->n >= filter->limit)
		return 0;
	rest.limit = filter->limit ? filter->limit - it->n : 0;
	rest.after_id = filter->after_id > STORE_SUM_IDS ? filter->after_id - STORE_SUM_IDS : 0;
	store_rows_auto rows =
		store_query(it->asked.store, whole ? select_not_summed : select_sessions,
			    STORE_FILTER(&rest, it->ports));

	return visit_sessions(&it->asked, &rows, on_session_behind, it);
}

int
store_session_sums(struct store *store, const struct store_filter *filter, struct ls_instant now,
		   store_session_fn visit, void *user, const char **unknown)
{
	struct sums_visit it = { .visit = visit, .user = user };
	store_ports_auto *ports = NULL;
	int r = store_ports(store, filter, &ports, unknown);

	it.ports = ports;
	if (r == 0)
		r = store_exposure_init(&it.asked, store, filter, now);
	if (r == 0 && store_exposure_is_whole(&it.asked) && filter->after_id < STORE_SUM_IDS)
		r = visit_sums(&it, filter);
	if (r == 0)
		r = visit_rest(&it, filter);
	store_exposure_done(&it.asked);
	return r;
}
