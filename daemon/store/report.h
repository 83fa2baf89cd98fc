#pragma once
/* Numbers of each port in a span. */
#include "lib/base/base.h"

struct ls_port_report;
struct store;
struct store_filter;

typedef int (*store_port_fn)(const struct ls_port_report *report, void *user);

/*
 * Visits the ports that have anything, in the order of their places; of @filter after_id is the id of the
 * port that the last page ended with. 0, the result of @visit that ended it, or -errno as lists.
 */
int store_report(struct store *store, const struct store_filter *filter, struct ls_instant now,
		 store_port_fn visit, void *user, const char **unknown);
