#pragma once
/* Gaps of the sources, as a list that is cut says so. */
#include "daemon/server/varlink.h"
#include "daemon/store/query.h"

/* A new reference, or NULL. */
json_t *method_report_gaps(struct store *store, const struct store_filter *filter);
