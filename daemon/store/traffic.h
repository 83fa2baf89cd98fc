#pragma once
/* A minute of transfers of a session, and the last transfers before an incident. */
#include "lib/model/record.h"

struct store;

/* Within a transaction. 0 or -errno. */
int store_put_traffic(struct store *store, const struct ls_traffic_row *row);
int store_put_tail(struct store *store, const struct ls_tail *tail);
/* The transfers before an incident. 1; 0: none were kept, or none that can be read. */
int store_tail(struct store *store, int64_t incident, struct ls_tail *ret);
