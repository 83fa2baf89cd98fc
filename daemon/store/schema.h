#pragma once
/* The tables, and how a database of an earlier version gets there. */
#include <stdint.h>

#define STORE_APPLICATION_ID 0x4c4b5354 /* "LKST" */
/* Sums of events and incidents are of 30 days, those of sessions of 7. */
#define STORE_MONTH_TEXT "2592000000000"
#define STORE_MONTH_US	 INT64_C(2592000000000)
#define STORE_WEEK_TEXT	 "604800000000"
#define STORE_WEEK_US	 INT64_C(604800000000)
/* Sessions of one sum began in the same six days: attribution asks since when it drops. */
#define STORE_SLICE_TEXT "524288000000"
#define STORE_SLICE_US	 INT64_C(524288000000)

struct store;

/* Brings the database to this version. 0, or -errno. */
int store_migrate(struct store *store, int from_version);
int store_schema_version(void);
