#pragma once
/* Gaps as a list, in a report and of a job. */
#include "daemon/server/varlink.h"
#include "daemon/store/query.h"

/* A new reference, or NULL. */
json_t *method_report_gaps(struct store *store, const struct store_filter *filter);
