#pragma once
/* For test_import.c: a store beside a live engine, a log to import, and what became of it. */
#include "daemon/server/import.h"
#include "tests/unit/daemon/store_sample.h"
#include "daemon/store/report.h"

#define BOOT_A "aaaaaaaa-0000-4000-8000-000000000001"
#define BOOT_B "bbbbbbbb-0000-4000-8000-000000000002"
#define DAY_US (24 * HOUR)

struct bed {
	struct fixture fixture;
	struct ls_engine *live;
	struct import *import;
};

#define STORY_LINES 15 /* of a boot in which a stick drops for a second */

struct ls_instant instant_of(int64_t boot_real, double seconds);
void renew_live(struct bed *bed);
int bed_setup(void **state);
int bed_teardown(void **state);
int begin_dry(struct bed *bed, const char *boot_id, bool dry_run);
int begin(struct bed *bed, const char *boot_id);

/* Lines @from … @to of the story in a batch. */
void feed(struct bed *bed, int64_t boot_real, size_t from, size_t to);
void import_story(struct bed *bed, const char *boot_id, int64_t boot_real);

struct sums {
	int n;
	double seconds;
	int64_t drops, resets, connects, sessions;
	char name[LS_PORT_NAME_MAX], product[LS_STRING_MAX];
};

struct sums report(struct bed *bed);
int n_gaps(struct bed *bed);
int n_incidents(struct bed *bed);
