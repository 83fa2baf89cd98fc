#pragma once
/* The tables, and how a database of an earlier version gets there. */
#include <stdint.h>

#define STORE_APPLICATION_ID 0x4c4b5354 /* "LKST" */
/* Sums of events and incidents are of 30 days, those of sessions of 7. */
#define STORE_MONTH_TEXT     "2592000000000"
#define STORE_MONTH_US	     INT64_C(2592000000000)
#define STORE_MONTH_OF(time) "(" time " - " time " % " STORE_MONTH_TEXT ")"
#define STORE_WEEK_TEXT	     "604800000000"
#define STORE_WEEK_US	     INT64_C(604800000000)
/* Sessions of one sum began in the same six days: attribution asks since when it drops. */
#define STORE_SLICE_TEXT "524288000000"
#define STORE_SLICE_US	 INT64_C(524288000000)
/* Of a user; looked at with each STORE_KEPT_STEP-th new one. */
#define STORE_JOBS_KEPT	      10000
#define STORE_STATEMENTS_KEPT 10000
#define STORE_KEPT_STEP	      16
/* Of a row of history_sums; a slice is of the span slice / STORE_HISTORY_SLICES. */
#define STORE_HISTORY_SLICES	  4
#define STORE_HISTORY_SLICES_TEXT "4"
/* Of a row with a boot: the import that it came with has not ended, and may be undone. */
#define STORE_HALF_IMPORTED "boot IN (SELECT id FROM boots WHERE imported IN (1, 4))"

struct store;

/* Brings the database to this version. 0, or -errno. */
int store_migrate(struct store *store, int from_version);
int store_schema_version(void);
