#pragma once
/*
 * What drops have in common: named patterns, each with its evidence in one sentence and the
 * probability that chance alone makes one as strong. Drops are those of one suspect (a device, a
 * port), oldest first. A pattern is reported if that probability is at most 1 %, divided by the
 * number of patterns that could be looked at (Bonferroni): one of which nothing is known does not
 * count. Nothing here proves a cause.
 */
#include "lib/attribution/trial.h"

#define LS_PATTERN_UNKNOWN (-1.0)

struct ls_pattern_drop {
	int64_t at_us;	    /* CLOCK_REALTIME */
	const char *phase;  /* of a procedure, "" or NULL: in none. Borrowed; clean text */
	double phase_point; /* how far in: 0 … 1 of its bytes or steps, or UNKNOWN */
	double session_s;   /* since the link came up, or UNKNOWN */
	uint64_t port;	    /* any number that names it */
};

/* Of the sessions of the suspect of which it is known: drops, those in which a condition held, and
 * the share of the time in which it does. */
struct ls_pattern_share {
	uint32_t n, of;
	double usual;
};

/* What is known beside the drops. */
struct ls_pattern_context {
	struct ls_pattern_share conditions[LS_N_CONDITIONS]; /* .of 0: nothing */
	double short_sessions; /* of sessions elsewhere, those below LS_PATTERN_SHORT_S; UNKNOWN */
};

#define LS_PATTERN_SHORT_S 60.0

enum ls_pattern_kind {
	/*
	 * The same phase, at about the same point: the device or its firmware. If the point were
	 * uniform, m given drops would lie within a span r with m r^(m-1) - (m-1) r^m (David and
	 * Nagaraja, Order Statistics, section 2.5), so any m of n do with at most C(n, m) times
	 * that; the best m from 3 on counts, times the number of m that were tried. A phase whose
	 * share of the whole is not known is no evidence by itself: give the point in the whole.
	 * Of places without points, like "Updating baseband", m of n drops agree with a binomial
	 * tail against LS_PATTERN_PLACE_SHARE for all but one of them.
	 */
	LS_PATTERN_SAME_POINT,
	/* Sessions shorter than LS_PATTERN_SHORT_S on two or more ports: contact, connector.
	 * Binomial tail against @short_sessions, as all that follow but one. */
	LS_PATTERN_MECHANICAL,
	LS_PATTERN_UNDER_LOAD, /* while data flowed, against the usual share of that */
	LS_PATTERN_IDLE,       /* the other way round: while none flowed */
	/* Even intervals: Greenwood's statistic (the sum of their squared shares, 1946) against
	 * that of a Poisson process, by 20000 draws with a fixed seed. At least 5 intervals, the
	 * last 50 count, and they differ by less than a third of their mean. */
	LS_PATTERN_PERIODIC,
	LS_PATTERN_NEIGHBOUR, /* while data flowed to another device of the bus, against its share */
	LS_N_PATTERNS,
};

struct ls_pattern {
	enum ls_pattern_kind kind;
	uint32_t n, of;	    /* drops that show it, of those that could have */
	double chance;	    /* that nothing but chance makes one at least as strong */
	double period_s;    /* PERIODIC */
	char evidence[256]; /* one plain sentence; clean */
};

/* A step that a program does not count through is taken to be at most so much of the whole. */
#define LS_PATTERN_PLACE_SHARE 0.25

#define LS_PATTERN_CHANCE_MAX 0.01 /* divided by the patterns that could be looked at */

/* "same-point", "mechanical", "under-load", "idle", "periodic", "neighbour". Never NULL. */
const char *ls_pattern_name(enum ls_pattern_kind kind);

/* The patterns that hold, the least accidental first; how many. */
size_t ls_patterns(const struct ls_pattern_drop *drops, size_t n_drops,
		   const struct ls_pattern_context *context, struct ls_pattern ret[LS_N_PATTERNS]);

/* P(X >= @n) of a Binomial(@of, @p). */
double ls_binomial_tail(uint32_t n, uint32_t of, double p);
