#pragma once
/* How long devices were connected and watched; the time of a session, cut where it dropped. */
#include "daemon/store/schema.h"
#include "lib/attribution/trial.h"
#include "lib/model/record.h"

struct store;
struct store_filter;

/* Spans of real time, sorted and apart from each other. */
struct store_spans {
	struct store_span {
		int64_t from, to;
	} * at;
	size_t n, size;
};

/* The span in which connected time is measured. */
struct store_exposure {
	struct store *store;
	int64_t since, until;
	struct ls_instant now;
	struct store_spans unavailable; /* neither the kernel log nor udev was available */
};

/* The whole history: sums cover only that. */
static inline bool
store_exposure_is_whole(const struct store_exposure *asked)
{
	return asked->since == INT64_MIN && asked->until == INT64_MAX;
}

/* The first whole span of @length_us from which sums can be used; INT64_MAX: none. */
static inline int64_t
store_exposure_sums(const struct store_exposure *asked, int64_t length_us)
{
	if (asked->until != INT64_MAX)
		return INT64_MAX;
	if (asked->since <= 0 || asked->since % length_us == 0)
		return asked->since;
	return asked->since - asked->since % length_us + length_us;
}

/* … week, in µs. */
static inline int64_t
store_exposure_weeks(const struct store_exposure *asked)
{
	return store_exposure_sums(asked, STORE_WEEK_US);
}

/* … slice, in slices: as session_sums count. */
static inline int64_t
store_exposure_slices(const struct store_exposure *asked)
{
	int64_t from = store_exposure_sums(asked, STORE_SLICE_US);

	return from == INT64_MAX ? from : from / STORE_SLICE_US;
}

/* Of SQL about sessions of a port in the asked span, ?1 … ?7. */
#define STORE_PORT_SPAN(asked, port)                                                               \
	INT(port), INT((asked)->since), INT((asked)->until), INT((asked)->now.mono_us),            \
		INT((asked)->now.real_us), INT(store_exposure_is_whole(asked)),                    \
		INT(store_exposure_weeks(asked))
/*
 * Of port ?1 the sessions that may touch the span from ?2 on, but for those of whole weeks from ?7 on,
 * or of whole slices from ?8 on, that have sums.
 */
#define SESSIONS_OUTSIDE_WEEKS                                                                     \
	"(SELECT id FROM sessions WHERE ?6 = 0 AND port = ?1 AND ended_real >= ?2"                 \
	" AND began_real < ?7 UNION SELECT id FROM sessions WHERE port = ?1 AND counted = 0"       \
	" AND (open = 1 OR ended_real >= ?2))"
#define SESSIONS_OUTSIDE_SLICES                                                                    \
	"(SELECT id FROM sessions WHERE ?6 = 0 AND port = ?1 AND ended_real >= ?2"                 \
	" AND ?7 IS NOT NULL AND began_real / " STORE_SLICE_TEXT " < ?8"                           \
	" UNION SELECT id FROM sessions WHERE port = ?1 AND sum IS NULL"                           \
	" AND (open = 1 OR ended_real >= ?2))"

/* store_exposure_done() in any case. 0 or -errno. */
int store_exposure_init(struct store_exposure *asked, struct store *store,
			const struct store_filter *filter, struct ls_instant now);
void store_exposure_done(struct store_exposure *asked);
/*
 * How much of a stay that lasted @connected_us lies in the asked span and was watched. The stay is
 * spread evenly over its real time: with a clock that jumped or a night asleep that is the best
 * guess, else it is exact.
 */
double store_exposure_us(const struct store_exposure *asked, struct store_span stay,
			 int64_t connected_us);

/* Did usbmon watch it all the time, or nearly? Then it is known when data flowed. */
static inline bool
store_is_metered(const struct ls_session *session)
{
	return session->metered_us > 0 && session->metered_us >= session->connected_us / 10 * 9;
}

/* Of a session: time up to a drop, or up to its end. Drops within a minute are one. */
struct store_piece {
	int64_t from_us; /* real */
	double us;	 /* of exposure */
	bool dropped;	 /* at its end */
	enum ls_side side;
	bool in_condition[LS_N_CONDITIONS]; /* it dropped while that held */
};
typedef int (*store_piece_fn)(const struct store_piece *piece, void *user);

/* Visits the pieces in the asked span that have time or a drop, oldest first. 0, the result of @visit
 * that ended it, or -errno. */
int store_pieces(const struct store_exposure *asked, int64_t session, store_piece_fn visit,
		 void *user);
