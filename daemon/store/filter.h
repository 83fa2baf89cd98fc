#pragma once
/* The filter that all lists take: span, ports, page. */
#include <stddef.h>
#include <stdint.h>

struct store;

/* Times in real µs, since inclusive, until exclusive; ports: ID_PATH, name or label. */
struct store_filter {
	int64_t since_us, until_us; /* INT64_MIN, INT64_MAX: no limit */
	const char *const *ports;   /* n_ports of them; 0: all */
	size_t n_ports;
	int64_t after_id; /* rows behind this one, in the order of time; 0: from the first */
	size_t limit;	  /* rows at most; 0: all */
};

/* The filter as values of SQL: ?1 since, ?2 until, ?3 behind this id, ?4 ports, ?5 rows at most. */
#define STORE_FILTER(filter, ports)                                                                \
	INT((filter)->since_us), INT((filter)->until_us), INT((filter)->after_id),                 \
		TEXT_OR_NULL(ports), INT(store_filter_limit(filter))
#define ASKED_PORTS "(?4 IS NULL OR r.port IN (SELECT value FROM json_each(?4)))"
/* The order is that of time: ids of what was imported are younger than what they name. Where the
 * row that a page ended with is gone, the page continues with the next one. */
/* clang-format off */
#define CURSOR_TIME(table, time) \
	"ifnull((SELECT " time " FROM " table " WHERE id >= ?3 ORDER BY id LIMIT 1)," \
	" 0x7fffffffffffffff)"
/* clang-format on */

/*
 * The ports of @filter as a JSON array of rows; NULL for all.
 * 0, -ENOENT with *unknown set, or -errno.
 */
int store_ports(struct store *store, const struct store_filter *filter, char **ret,
		const char **unknown);
#define store_ports_auto __attribute__((cleanup(store_ports_free))) char
void store_ports_free(char **ports);
int64_t store_filter_limit(const struct store_filter *filter);
