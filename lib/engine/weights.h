#pragma once
/*
 * What each fact says for and against each cause, as one table. A weight is a log-odds: how much
 * more often the fact is seen when that was the cause than when it was something else, as a natural
 * logarithm. Weights add up (causes.c), so that the order of rows means nothing.
 */
#include "lib/model/record.h"

/* The fact and the cause cannot both be true. */
#define WEIGHT_EXCLUDES (-1000.0)

#define WEIGHTS_MAX 128 /* rows */

/* Rows that say the same thing twice are a group: for each cause the strongest of them counts. */
enum weight_group {
	GROUP_NONE,
	GROUP_RETURN,	    /* what came after it left */
	GROUP_LINK_UP,	    /* the link stood while the device was taken off */
	GROUP_RESET_FAILED, /* a reset failed */
	GROUP_ENUMERATION,  /* it could not be talked to */
	GROUP_TRANSFERS,    /* what its transfers were like before */
	GROUP_USE,	    /* it was in use */
	N_GROUPS,
};

struct weights {
	/* The row holds if the incident has all of @all and none of @none: one fact, mostly. */
	uint64_t all, none;
	/* … and, if not 0, if one of these has evidence of the incident: it would have seen more. */
	ls_source_set seeing;
	enum weight_group group;
	const char *why;       /* for people: what was seen; NULL: nothing to say */
	const char *rules_out; /* what this rules out, for people; NULL: nothing */
	double cause[LS_N_CAUSES];
	double side[LS_N_SIDES];
};

struct weight_table {
	const struct weights *rows;
	size_t n;
};

extern const struct weight_table weight_table;

/* Does the row hold for the incident? */
bool weights_hold(const struct weights *row, const struct ls_incident *incident);
