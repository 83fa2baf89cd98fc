#pragma once
/* Records of the engine as rows. */
#include "lib/model/record.h"

struct store;

/* Writes one record within a transaction. 0 or -errno. */
int store_put_record(struct store *store, const struct ls_record *record);
