#pragma once
/* For the tests of the store's file: batches that belong together, and children that die. */
#include <signal.h>
#include <sys/wait.h>

#include "tests/unit/daemon/store_sample.h"

/* A batch as the daemon writes it: an event, a session's edge, an incident, and how far it read. */
enum {
	STEP_OPEN,
	STEP_BEGIN,
	STEP_EVENT,
	STEP_SESSION,
	STEP_INCIDENT,
	STEP_SEQ,
	STEP_COMMIT,
	N_STEPS
};
int do_step(struct store *store, int step, int64_t n);
void put_batches(struct store *store, int64_t first, int64_t last);

/* As many of each as batches were committed; -1 if there is half of one. */
int64_t whole_batches(struct store *store);
int run_child(void (*body)(const char *dir, int arg), const char *dir, int arg);

/* Three whole batches, then the steps of a fourth up to @arg, then death. */
void die_after(const char *dir, int arg);
int make_dir(void **state);
int remove_dir(void **state);

/* A test in a directory of its own. */
#define DIR_TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)
