/* The exposure of a session, cut where it dropped. */
#include "daemon/store/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Drops closer than this are one: what made the first makes the next. */
#define SAME_DROP_US (60 * (int64_t)LS_SEC)

struct stay {
	struct store_span span;
	int64_t connected_us;
};

struct walk {
	struct store_exposure asked; /* of the piece that is being made; borrows its blind spans */
	int64_t until;		     /* of the whole question */
	struct stay *stays;	     /* oldest first */
	size_t n_stays, size;
	size_t first; /* all before it have ended */
	store_piece_fn visit;
	void *user;
};

static int
add_stay(struct walk *walk, const struct stay *stay)
{
	if (walk->n_stays == walk->size) {
		size_t size = 2 * walk->size + 16;
		struct stay *stays = reallocarray(walk->stays, size, sizeof(*stays));

		if (!stays)
			return -ENOMEM;
		walk->stays = stays;
		walk->size = size;
	}
	walk->stays[walk->n_stays++] = *stay;
	return 0;
}

static int
read_stays(struct walk *walk, int64_t session)
{
	const struct store_exposure *asked = &walk->asked;
	const int64_t ids[] = { session, asked->since, asked->until, (int64_t)asked->now.mono_us,
				asked->now.real_us };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_SESSION_STAYS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1) {
		const struct stay stay = {
			.span = { sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1) },
			.connected_us = sqlite3_column_int64(stmt, 2),
		};

		r = add_stay(walk, &stay);
		if (r < 0)
			return r;
	}
	return r;
}

/* A stay that took no real time, the clock was set back, belongs where it began. */
static bool
is_elsewhere(const struct walk *walk, const struct stay *stay)
{
	return stay->span.to <= stay->span.from &&
	       (stay->span.from < walk->asked.since || stay->span.from >= walk->asked.until);
}

/* From walk->asked.since until @until. */
static int
deliver(struct walk *walk, int64_t until, bool dropped, enum ls_side side)
{
	struct store_piece piece = { .from_us = until, .dropped = dropped, .side = side };
	bool began = false;

	walk->asked.until = until;
	for (size_t i = walk->first; i < walk->n_stays; i++) {
		const struct stay *stay = &walk->stays[i];

		if (stay->span.from >= until)
			break;
		if (is_elsewhere(walk, stay))
			continue;
		piece.us += store_exposure_us(&walk->asked, stay->span, stay->connected_us);
		if (!began)
			piece.from_us = stay->span.from > walk->asked.since ? stay->span.from
									    : walk->asked.since;
		began = true;
	}
	while (walk->first < walk->n_stays && walk->stays[walk->first].span.to < until)
		walk->first++;
	walk->asked.since = until;
	return piece.us > 0 || dropped ? walk->visit(&piece, walk->user) : 0;
}

static enum ls_side
side_of(const char *name)
{
	for (int i = 0; name && i < LS_N_SIDES; i++) {
		if (strcmp(name, ls_side_name((enum ls_side)i)) == 0)
			return (enum ls_side)i;
	}
	return LS_SIDE_UNKNOWN;
}

static int
deliver_drops(struct walk *walk, int64_t session)
{
	const int64_t ids[] = { session, walk->asked.since, walk->until };
	int64_t counted_until = INT64_MIN;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(walk->asked.store, STORE_SESSION_DROPS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(walk->asked.store, stmt)) == 1) {
		int64_t at = sqlite3_column_int64(stmt, 0);

		if (at < counted_until)
			continue;
		counted_until = at + SAME_DROP_US;
		r = deliver(walk, at, true, side_of((const char *)sqlite3_column_text(stmt, 1)));
		if (r != 0)
			return r;
	}
	return r;
}

int
store_pieces(const struct store_exposure *asked, int64_t session, store_piece_fn visit, void *user)
{
	struct walk walk = { .asked = *asked, .until = asked->until, .visit = visit, .user = user };
	int r = read_stays(&walk, session);

	if (r == 0)
		r = deliver_drops(&walk, session);
	if (r == 0)
		r = deliver(&walk, walk.until, false, LS_SIDE_UNKNOWN);
	free(walk.stays);
	return r;
}
