#pragma once
/* For the tests of the store: a directory of their own, and records with every field set. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "daemon/store/boot.h"
#include "daemon/store/filter.h"
#include "daemon/store/open.h"
#include "daemon/store/query.h"
#include "daemon/store/store.h"
#include "lib/wire/wire.h"

#define NOW_REAL INT64_C(1795356191000000) /* 2026-11-22T14:03:11Z */
#define HOUR	 (3600 * (int64_t)LS_SEC)

char *sample_dir(void);
void sample_dir_remove(char *dir);
struct ls_instant sample_instant(int64_t seconds);
struct store *sample_open_boot(const char *dir, const char *boot_id, struct ls_instant now);
struct store *sample_open(const char *dir);
struct ls_device sample_device(unsigned int n);
struct ls_socket sample_socket(unsigned int n);

/* A session that began with its device there. */
struct ls_session sample_session(int64_t id, unsigned int port, int64_t began);
struct ls_incident sample_incident(int64_t id, unsigned int port, int64_t opened);
struct ls_event sample_event(unsigned int port, enum ls_event_kind kind, int64_t at);
struct ls_gap sample_gap(int64_t id, enum ls_source source, int64_t began, int64_t ended);

#define SAMPLE_TRANSFERS 25

/* A minute with something of everything. */
void sample_traffic(struct ls_traffic_row *row, int64_t session, int64_t minute_us);

/* @n transfers, each with its own id; the first is a control request. */
void sample_tail(struct ls_tail *tail, int64_t incident, uint32_t n);

/* One record in a batch of its own. */
void sample_put(struct store *store, struct ls_record record);

#define RECORD_OF(which, ...)	((struct ls_record){ .kind = LS_RECORD_##which, __VA_ARGS__ })
#define PUT_EVENT(store, it)	sample_put(store, RECORD_OF(EVENT, .event = (it)))
#define PUT_SESSION(store, it)	sample_put(store, RECORD_OF(SESSION, .session = (it)))
#define PUT_INCIDENT(store, it) sample_put(store, RECORD_OF(INCIDENT, .incident = (it)))
#define PUT_GAP(store, it)	sample_put(store, RECORD_OF(GAP, .gap = (it)))
#define PUT_TRAFFIC(store, it)	sample_put(store, RECORD_OF(TRAFFIC, .traffic = (it)))
#define PUT_TAIL(store, it)	sample_put(store, RECORD_OF(TAIL, .tail = (it)))

/* A filter of everything. */
#define ALL ((struct store_filter){ .since_us = INT64_MIN, .until_us = INT64_MAX })

/* Counts rows of any kind and keeps the last one. */
struct sample_seen {
	int n;
	int64_t first_id, last_id;
	struct ls_event event;
	struct ls_incident incident;
	struct ls_session session;
	struct ls_gap gap;
	char label[LS_STRING_MAX];
};
int see_event(int64_t id, const struct ls_event *event, void *user);
int see_incident(const struct ls_incident *incident, const struct ls_labels *labels, void *user);
int see_gap(const struct ls_gap *gap, void *user);
int count_all_events(struct store *store);

/* One store in a directory of its own for each test. */
struct fixture {
	char *dir;
	struct store *store;
	struct sample_seen seen;
};
int setup(void **state);
int teardown(void **state);
void reopen(struct fixture *fixture, const char *boot_id, int64_t now);

/* Changes that no function of the store makes: a later version, or a user with sqlite3. */
void sql(struct fixture *fixture, const char *text);
/* Takes out what came with the schema after 5, and calls it @version. */
void sample_back_to_5(struct fixture *fixture, int version);
/* The one number that a query gives. */
int64_t sql_number(struct fixture *fixture, const char *query);

/* A test with a store in a directory of its own. */
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
