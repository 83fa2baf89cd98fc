#include <string.h>

#include "daemon/store/internal.h"

static struct store_latency *
latency_of(struct store_port_report *report, const char *type)
{
	for (unsigned int i = 0; type && i < LS_N_XFERS; i++) {
		if (strcmp(type, ls_xfer_name(i)) == 0)
			return &report->latency[i];
	}
	return NULL;
}

int
store_report_latency(struct store *store, const int64_t ids[STORE_PORT_N_IDS],
		     struct store_port_report *report)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_REPORT_LATENCY, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, STORE_PORT_N_IDS);
	while ((r = store_step(store, stmt)) == 1) {
		const char *type = (const char *)sqlite3_column_text(stmt, 0);
		struct store_latency *latency = latency_of(report, type);

		if (!latency)
			continue;
		latency->n = sqlite3_column_int64(stmt, 1);
		latency->has_p50 = sqlite3_column_type(stmt, 2) != SQLITE_NULL;
		latency->p50_us = sqlite3_column_int64(stmt, 2);
		latency->p99_us = sqlite3_column_int64(stmt, 3);
		latency->max_us = sqlite3_column_int64(stmt, 4);
	}
	return r;
}
