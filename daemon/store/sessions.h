#pragma once
/* Lists of sessions, each or summed. */
#include "lib/attribution/trial.h"
#include "lib/model/record.h"

struct store;
struct store_filter;

/* A session with what counts of it in the asked span. */
struct store_session {
	struct ls_session session;
	const char *label; /* of the socket, NULL: none */
	double connected_seconds;
	/* One that follows a counted one within a minute is the same drop. */
	int64_t drops, drops_by_side[LS_N_SIDES];
	/* Of these, those in which each condition held; known if usbmon watched all the time, or
	 * nearly. A sum knows LS_CONDITION_LOAD alone. */
	struct store_condition {
		bool known;
		double seconds;
		int64_t drops;
	} conditions[LS_N_CONDITIONS];
	int64_t n, n_dropping; /* of a sum: so many sessions, and those of them with drops */
};

typedef int (*store_session_fn)(const struct store_session *session, void *user);

/* Those that touch the span. */
int store_sessions(struct store *store, const struct store_filter *filter, struct ls_instant now,
		   store_session_fn visit, void *user, const char **unknown);
/*
 * Sessions summed by port, device, cable and hubs. Of the whole history, those that ended some days
 * ago come as sums of sessions that are alike: as many drops, about as long, begun in the same days;
 * n of them, with the time when the first one began, and ids below STORE_SUM_IDS. All others come
 * one by one, with n = 1 and ids behind STORE_SUM_IDS.
 */
#define STORE_SUM_IDS (INT64_C(1) << 40)
int store_session_sums(struct store *store, const struct store_filter *filter,
		       struct ls_instant now, store_session_fn visit, void *user,
		       const char **unknown);
