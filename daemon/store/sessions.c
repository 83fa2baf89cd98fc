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
	for (size_t i = 0; i < LS_N_CONDITIONS; i++)
		row->conditions[i].drops += piece->in_condition[i];
	return 0;
}

/* A condition is taken to have held in the asked span as often as in the whole session. */
static void
spread_conditions(struct store_session *row)
{
	const struct ls_session *session = &row->session;
	const uint64_t us[LS_N_CONDITIONS] = {
		[LS_CONDITION_LOAD] = session->flowing_us,
		[LS_CONDITION_NEIGHBOUR] = session->neighbour_us,
	};

	for (size_t i = 0; i < LS_N_CONDITIONS && store_is_metered(session); i++) {
		row->conditions[i].known = true;
		row->conditions[i].seconds =
			row->connected_seconds * (double)us[i] / (double)session->metered_us;
	}
}

struct session_visit {
	store_session_fn visit;
	void *user;
};

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
		spread_conditions(&row);
		if (r == 0)
			r = visit(&row, user);
		if (r != 0)
			return r;
	}
	return r;
}

/* Behind the row that the last page ended with, which began at ?6; ?6 is the least of all times at first. */
#define BEHIND_SESSION "(began_real > ?6 OR (began_real = ?6 AND id > ?3))"
#define ASKED_PORT     "(?4 IS NULL OR port IN (SELECT value FROM json_each(?4)))"

/*
 * The sessions that touch the span, in the order in which they began; from ?7 on only those without a
 * sum. Each part reads no more than a page of the index that it names, but for the first: which sessions
 * had begun before the span can only be found by their ends. Those come on the first page.
 */
static const char select_sessions[] = SESSION_SELECT
	" WHERE r.id IN"
	" (SELECT id FROM sessions INDEXED BY sessions_ended WHERE ?6 < ?1 AND ended_real >= ?1"
	"   AND began_real < ?1 AND " BEHIND_SESSION
	"  UNION ALL SELECT id FROM sessions INDEXED BY sessions_open WHERE open = 1"
	"   AND began_real < min(?1, ?2) AND " BEHIND_SESSION
	"  UNION ALL SELECT id FROM (SELECT id FROM sessions INDEXED BY sessions_began"
	"   WHERE began_real >= max(?1, ?6) AND " BEHIND_SESSION " AND began_real < min(?2, ?7)"
	"   AND (open = 1 OR ended_real >= ?1) AND " ASKED_PORT
	"   ORDER BY began_real, id LIMIT ?5)"
	"  UNION ALL SELECT id FROM (SELECT id FROM sessions INDEXED BY sessions_not_summed_began"
	"   WHERE sum IS NULL AND began_real >= max(?7, ?6) AND " BEHIND_SESSION
	"   AND began_real < ?2 AND (open = 1 OR ended_real >= ?1) AND " ASKED_PORT
	"   ORDER BY began_real, id LIMIT ?5))"
	" AND " ASKED_PORTS " ORDER BY r.began_real, r.id LIMIT ?5";
static const char select_sums[] =
	"SELECT r.id, p.id_path, p.name, p.label, c.label, h.hubs, r.n, r.each,"
	" r.connected_us, r.drops, r.by_power, r.by_host, r.by_hub, r.by_device,"
	" r.first_real, r.metered, r.flowing_us, r.drops_flowing" DEVICE_COLUMNS
	" FROM session_sums r" PORT_JOIN DEVICE_JOIN
	" LEFT JOIN cables c ON c.id = r.cable LEFT JOIN chains h ON h.id = r.chain"
	" WHERE r.id > ?3 AND r.slice >= ?6 AND " ASKED_PORTS " AND ?1 < ?2 ORDER BY r.id LIMIT ?5";

/* When the session began that a page ended with; where it is gone, the next one. */
static int
find_cursor(struct store *store, int64_t after_id, int64_t *began_us)
{
	int r;

	*began_us = INT64_MIN;
	if (after_id == 0)
		return 0;
	*began_us = INT64_MAX;
	r = store_get(store, began_us,
		      "SELECT began_real FROM sessions WHERE id >= ?1 ORDER BY id LIMIT 1",
		      INT(after_id));
	return r < 0 ? r : 0;
}

/* Those that began from @sums_us on have sums, which are left out. */
static int
list_sessions(const struct store_exposure *asked, const struct store_filter *filter,
	      const char *ports, int64_t sums_us, const struct session_visit *it)
{
	int64_t behind_us;
	int r = find_cursor(asked->store, filter->after_id, &behind_us);

	if (r < 0)
		return r;
	store_rows_auto rows =
		store_query(asked->store, select_sessions, STORE_FILTER(filter, ports),
			    INT(behind_us), INT(sums_us));

	return visit_sessions(asked, &rows, it->visit, it->user);
}

int
store_sessions(struct store *store, const struct store_filter *filter, struct ls_instant now,
	       store_session_fn visit, void *user, const char **unknown)
{
	const struct session_visit it = { visit, user };
	struct store_exposure asked = { 0 };
	store_ports_auto *ports = NULL;
	int r = store_ports(store, filter, &ports, unknown);

	if (r == 0)
		r = store_exposure_init(&asked, store, filter, now);
	if (r == 0)
		r = list_sessions(&asked, filter, ports, INT64_MAX, &it);
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
	row->conditions[LS_CONDITION_LOAD] = (struct store_condition){
		.known = store_int(rows, 15) != 0,
		.seconds = (double)store_int(rows, 16) / 1e6,
		.drops = store_int(rows, 17),
	};
	(void)store_read_device(rows, 18, &session->device);
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
		store_query(it->asked.store, select_sums, STORE_FILTER(filter, it->ports),
			    INT(store_exposure_slices(&it->asked)));
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

static bool
is_full(const struct sums_visit *it, const struct store_filter *filter)
{
	return filter->limit && it->n >= filter->limit;
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
	const struct session_visit behind = { on_session_behind, it };
	struct store_filter rest = *filter;

	rest.limit = filter->limit ? filter->limit - it->n : 0;
	rest.after_id = filter->after_id > STORE_SUM_IDS ? filter->after_id - STORE_SUM_IDS : 0;
	return list_sessions(&it->asked, &rest, it->ports,
			     store_exposure_sums(&it->asked, STORE_SLICE_US), &behind);
}

int
store_session_sums(struct store *store, const struct store_filter *filter, struct ls_instant now,
		   store_session_fn visit, void *user, const char **unknown)
{
	struct sums_visit it = { .visit = visit, .user = user };
	store_ports_auto *ports = NULL;
	int r = store_ports(store, filter, &ports, unknown);

	it.ports = ports;
	it.asked.store = store;
	it.asked.since = filter->since_us;
	it.asked.until = filter->until_us;
	if (r == 0 && filter->after_id < STORE_SUM_IDS)
		r = visit_sums(&it, filter);
	/* When was nobody watching? Sums have that in them already. */
	if (r == 0 && !is_full(&it, filter))
		r = store_exposure_init(&it.asked, store, filter, now);
	if (r == 0 && !is_full(&it, filter))
		r = visit_rest(&it, filter);
	store_exposure_done(&it.asked);
	return r;
}
