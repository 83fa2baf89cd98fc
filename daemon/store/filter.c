#include "daemon/store/filter.h"

#include <errno.h>

#include "daemon/store/db.h"

/* A kernel name is that of the latest boot in which a port had it. */
static int
append_port(struct store *store, const char *port, sqlite3_str *array)
{
	store_rows_auto rows =
		store_query(store,
			    "SELECT id FROM ports WHERE id_path = ?1 OR label = ?1 OR (name = ?1"
			    " AND boot = (SELECT max(boot) FROM ports WHERE name = ?1))",
			    TEXT(port));
	int r, n = 0;

	for (; (r = store_next(&rows)) == 1; n++)
		sqlite3_str_appendf(array, "%s%lld", sqlite3_str_length(array) > 1 ? "," : "",
				    (long long)store_int(&rows, 0));
	return r < 0 ? r : n > 0 ? 0 : -ENOENT;
}

int
store_ports(struct store *store, const struct store_filter *filter, char **ret,
	    const char **unknown)
{
	sqlite3_str *array;
	int r = 0;

	*ret = NULL;
	if (filter->n_ports == 0)
		return 0;
	array = sqlite3_str_new(store->db);
	sqlite3_str_appendchar(array, 1, '[');
	for (size_t i = 0; i < filter->n_ports && r == 0; i++) {
		r = append_port(store, filter->ports[i], array);
		if (r == -ENOENT)
			*unknown = filter->ports[i];
	}
	sqlite3_str_appendchar(array, 1, ']');
	*ret = sqlite3_str_finish(array);
	return r == 0 && !*ret ? -ENOMEM : r;
}

void
store_ports_free(char **ports)
{
	sqlite3_free(*ports);
}

int64_t
store_filter_limit(const struct store_filter *filter)
{
	return filter->limit && filter->limit < INT64_MAX ? (int64_t)filter->limit : INT64_MAX;
}
