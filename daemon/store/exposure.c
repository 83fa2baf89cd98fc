#include "daemon/store/exposure.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/store/db.h"
#include "daemon/store/filter.h"
#include "lib/engine/facts.h"

static int
add_span(struct store_spans *spans, struct store_span span)
{
	if (span.to <= span.from)
		return 0;
	if (spans->n > 0 && span.from <= spans->at[spans->n - 1].to) {
		if (span.to > spans->at[spans->n - 1].to)
			spans->at[spans->n - 1].to = span.to;
		return 0;
	}
	if (spans->n == spans->size) {
		size_t size = 2 * spans->size + 16;
		struct store_span *at = reallocarray(spans->at, size, sizeof(*at));

		if (!at)
			return -ENOMEM;
		spans->at = at;
		spans->size = size;
	}
	spans->at[spans->n++] = span;
	return 0;
}

/* When @source was not available. The kernel log also covers the time without linkstatd. */
static int
unavailable_spans(const struct store_exposure *asked, enum ls_source source,
		  struct store_spans *spans)
{
	bool kernel_log = source == LS_SOURCE_KERNEL_LOG;
	store_rows_auto rows =
		store_query(asked->store,
			    "SELECT began_real, iif(open, ?3, ended_real) FROM gaps"
			    " WHERE n_lost = 0 AND source IN (?4, ?5) AND began_real < ?2"
			    " AND (open = 1 OR ended_real > ?1) ORDER BY began_real",
			    INT(asked->since), INT(asked->until), INT(asked->now.real_us),
			    TEXT(ls_source_name(source)),
			    TEXT_OR_NULL(kernel_log ? NULL : ls_source_name(LS_SOURCE_NONE)));
	int r;

	while ((r = store_next(&rows)) == 1) {
		struct store_span span = { store_int(&rows, 0), store_int(&rows, 1) };

		r = add_span(spans, span);
		if (r < 0)
			return r;
	}
	return r;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int
intersect(const struct store_spans *a, const struct store_spans *b, struct store_spans *both)
{
	int r = 0;

	for (size_t i = 0, j = 0; i < a->n && j < b->n && r == 0;) {
		struct store_span span = { later(a->at[i].from, b->at[j].from),
					   earlier(a->at[i].to, b->at[j].to) };

		r = add_span(both, span);
		if (a->at[i].to < b->at[j].to)
			i++;
		else
			j++;
	}
	return r;
}

static int
find_unavailable(struct store_exposure *asked)
{
	struct store_spans kernel_log = { 0 }, udev = { 0 };
	int r = unavailable_spans(asked, LS_SOURCE_KERNEL_LOG, &kernel_log);

	if (r == 0)
		r = unavailable_spans(asked, LS_SOURCE_UDEV, &udev);
	if (r == 0)
		r = intersect(&kernel_log, &udev, &asked->unavailable);
	free(kernel_log.at);
	free(udev.at);
	return r;
}

/* The first span that does not end before @from. */
static size_t
first_unavailable(const struct store_spans *spans, int64_t from)
{
	size_t low = 0, high = spans->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spans->at[middle].to <= from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

double
store_exposure_us(const struct store_exposure *asked, struct store_span stay, int64_t connected_us)
{
	int64_t from = later(stay.from, asked->since), to = earlier(stay.to, asked->until);
	double visible_us;

	if (stay.to <= stay.from)
		return stay.from >= asked->since ? (double)connected_us : 0;
	if (to <= from)
		return 0;
	visible_us = (double)(to - from);
	for (size_t i = first_unavailable(&asked->unavailable, from);
	     i < asked->unavailable.n && asked->unavailable.at[i].from < to; i++) {
		int64_t gap_from = later(from, asked->unavailable.at[i].from);
		int64_t gap_to = earlier(to, asked->unavailable.at[i].to);

		if (gap_to > gap_from)
			visible_us -= (double)(gap_to - gap_from);
	}
	return (double)connected_us * (visible_us / (double)(stay.to - stay.from));
}

int
store_exposure_init(struct store_exposure *asked, struct store *store,
		    const struct store_filter *filter, struct ls_instant now)
{
	*asked = (struct store_exposure){
		.store = store,
		.since = filter->since_us,
		.until = filter->until_us,
		.now = now,
	};
	return find_unavailable(asked);
}

void
store_exposure_done(struct store_exposure *asked)
{
	free(asked->unavailable.at);
}

/* Drops closer than this are one: what made the first makes the next. */
#define SAME_DROP_US (60 * (int64_t)LS_SEC)

struct stay {
	struct store_span span;
	int64_t connected_us;
};

struct walk {
	struct store_exposure asked; /* of the current piece; the spans are borrowed */
	int64_t until;		     /* of the whole span */
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
	store_rows_auto rows = store_query(
		asked->store,
		"SELECT t.began_real, ifnull(t.ended_real, ?5),"
		" iif(t.ended_real IS NULL, max(0, ?4 - t.began_mono), t.connected_us)"
		" FROM stays t WHERE t.session = ?1"
		" AND t.began_real < ?3 AND ifnull(t.ended_real, ?5) >= ?2 ORDER BY t.began_real",
		INT(session), INT(asked->since), INT(asked->until), INT(asked->now.mono_us),
		INT(asked->now.real_us));
	int r;

	while ((r = store_next(&rows)) == 1) {
		const struct stay stay = {
			.span = { store_int(&rows, 0), store_int(&rows, 1) },
			.connected_us = store_int(&rows, 2),
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
deliver(struct walk *walk, int64_t until, const struct store_piece *end)
{
	struct store_piece piece = *end;
	bool began = false;

	piece.from_us = until;

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
	return piece.us > 0 || piece.dropped ? walk->visit(&piece, walk->user) : 0;
}

static int
deliver_drops(struct walk *walk, int64_t session)
{
	store_rows_auto rows = store_query(
		walk->asked.store,
		"SELECT opened_real, side, facts FROM incidents WHERE session = ?1 AND is_drop = 1"
		" AND opened_real >= ?2 AND opened_real < ?3 ORDER BY opened_real, id",
		INT(session), INT(walk->asked.since), INT(walk->until));
	int64_t counted_until = INT64_MIN;
	int r;

	while ((r = store_next(&rows)) == 1) {
		int64_t at = store_int(&rows, 0);
		const char *name = store_text(&rows, 1);
		uint64_t facts = (uint64_t)store_int(&rows, 2);
		struct store_piece end = { .dropped = true, .side = LS_SIDE_UNKNOWN };

		if (at < counted_until)
			continue;
		counted_until = at + SAME_DROP_US;
		if (name)
			(void)ls_side_from_name(name, &end.side);
		end.in_condition[LS_CONDITION_LOAD] = facts & LS_FACT_FLOWING;
		end.in_condition[LS_CONDITION_NEIGHBOUR] = facts & LS_FACT_NEIGHBOUR;
		r = deliver(walk, at, &end);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_pieces(const struct store_exposure *asked, int64_t session, store_piece_fn visit, void *user)
{
	struct walk walk = { .asked = *asked, .until = asked->until, .visit = visit, .user = user };
	const struct store_piece end = { .side = LS_SIDE_UNKNOWN };
	int r = read_stays(&walk, session);

	if (r == 0)
		r = deliver_drops(&walk, session);
	if (r == 0)
		r = deliver(&walk, walk.until, &end);
	free(walk.stays);
	return r;
}
