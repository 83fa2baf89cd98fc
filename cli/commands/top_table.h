#pragma once
/* What moves now as a table. Replies went through ask_accept(). */
#include "cli/base/cli.h"

/* By what the rows are ordered, largest first; but names as they are read. */
enum top_order {
	TOP_BY_THROUGHPUT,
	TOP_BY_TRANSFERS,
	TOP_BY_ERRORS,
	TOP_BY_STALLS,
	TOP_BY_LATENCY,
	TOP_BY_PORT,
	TOP_N_ORDERS,
};
/* "throughput", for "sorted by …". */
const char *top_order_name(enum top_order order);

/* Prints @reply on @style: what there is in one sentence, why it may be wrong, and the table. Gives
 * an enum cli_exit. */
int top_put(const struct output_style *style, const json_t *reply, enum top_order order);
