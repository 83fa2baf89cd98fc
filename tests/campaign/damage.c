/*
 * damage SEED [EVERY]: a small history, of which every page is damaged once with zeros, once with junk
 * and once in a single bit (with EVERY only each so-many-th case). After each, linkstatd starts, asks
 * all of it, writes, and starts again. It must always start and write, and what it keeps must be sound.
 */
#include <fcntl.h>

#include <event2/event.h>

#include "daemon/alert.h"
#include "daemon/pipeline.h"
#include "daemon/store/check.h"
#include "daemon/store/report.h"
#include "daemon/store/sessions.h"
#include "daemon/store/statistics.h"
#include "tests/unit/daemon/store_batch.h"

#define PAGE 4096

enum how { ZEROS, JUNK, ONE_BIT, N_HOWS };
static const char *const hows[] = { "zeros", "junk", "one bit" };

struct file {
	unsigned char *bytes;
	size_t len;
};

static uint64_t
next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

static void
read_whole(const char *path, struct file *ret)
{
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	ret->len = (size_t)ftell(file);
	rewind(file);
	ret->bytes = malloc(ret->len);
	assert_int_equal(fread(ret->bytes, 1, ret->len, file), ret->len);
	fclose(file);
}

static void
write_whole(const char *path, const struct file *it)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(it->bytes, 1, it->len, file), it->len);
	assert_int_equal(fclose(file), 0);
}

/* Something of every table. */
static void
make_history(const char *dir)
{
	struct store *store = sample_open_boot(dir, "boot-0", sample_instant(-90000));
	struct ls_traffic_row row;
	struct ls_tail tail;

	put_batches(store, 1, 60);
	for (int64_t i = 1; i <= 20; i++) {
		struct ls_gap gap = sample_gap(i, LS_SOURCE_UDEV, i, i + 1);

		sample_traffic(&row, i, NOW_REAL + i * 60 * (int64_t)LS_SEC);
		PUT_TRAFFIC(store, &row);
		sample_tail(&tail, i, 10);
		PUT_TAIL(store, &tail);
		PUT_GAP(store, &gap);
	}
	while (store_sum_up(store, sample_instant(10 * 24 * 3600)) == 1)
		continue;
	store_close(store);
}

static int
on_port(const struct ls_port_report *port, void *user)
{
	(void)port;
	(void)user;
	return 0;
}

static int
on_session(const struct store_session *row, void *user)
{
	(void)row;
	(void)user;
	return 0;
}

/* Errors are fine, but for the daemon: it goes on. */
static void
ask_everything(struct store *store)
{
	struct sample_seen *seen = calloc(1, sizeof(*seen));
	const char *unknown;

	(void)store_events(store, &ALL, see_event, seen, &unknown);
	(void)store_incidents(store, &ALL, see_incident, seen, &unknown);
	(void)store_gaps(store, &ALL, see_gap, seen);
	(void)store_report(store, &ALL, sample_instant(0), on_port, NULL, &unknown);
	(void)store_sessions(store, &ALL, sample_instant(0), on_session, NULL, &unknown);
	(void)store_session_sums(store, &ALL, sample_instant(0), on_session, NULL, &unknown);
	free(seen);
}

/* A whole life of linkstatd, without its sources. */
static void
live(const char *dir, int seconds)
{
	struct daemon_state state = { 0 };
	struct event_base *base = event_base_new();
	struct store *store = sample_open_boot(dir, "boot-1", sample_instant(seconds));
	struct pipeline_options with = { .store = store, .state = &state };
	struct pipeline *pipeline;
	struct ls_event event = sample_event(1, LS_EVENT_RESET, seconds);

	assert_int_equal(alert_new(&with.alert), 0);
	assert_int_equal(server_new(base, store, &state, &with.server), 0);
	assert_int_equal(pipeline_new(base, &with, &pipeline), 0);
	assert_string_not_equal(store_path(store), "");
	(void)store_check(store);
	ask_everything(store);
	for (int i = 0; i < 2; i++) { /* what is damaged is found by the first, at the latest */
		pipeline_record(&RECORD_OF(EVENT, .event = &event), pipeline);
		(void)pipeline_flush(pipeline);
	}
	assert_int_equal(pipeline_flush(pipeline), 0);
	assert_true(count_all_events(store) > 0);
	pipeline_free(pipeline);
	server_free(with.server);
	alert_free(with.alert);
	store_close(store);
	event_base_free(base);
}

static void
start_twice(const char *dir, int unused)
{
	char path[PATH_MAX];
	struct store *store;

	(void)unused;
	live(dir, 100);
	live(dir, 200);
	snprintf(path, sizeof(path), "%s/linkstat.db", dir);
	store = sample_open_boot(dir, "boot-1", sample_instant(300));
	assert_int_equal(store_check(store), 0);
	store_close(store);
	_exit(0);
}

static void
change(struct file *file, size_t page, enum how how, uint64_t *seed)
{
	unsigned char *at = file->bytes + page * PAGE;

	if (how == ONE_BIT)
		at[next(seed) % PAGE] ^= (unsigned char)(1 << next(seed) % 8);
	for (size_t i = 0; i < PAGE && how != ONE_BIT; i++)
		at[i] = how == ZEROS ? 0 : (unsigned char)next(seed);
}

static bool
try(const struct file *sound, size_t page, enum how how, uint64_t *seed)
{
	struct file damaged = { malloc(sound->len), sound->len };
	char *dir = sample_dir(), path[PATH_MAX];
	int status;

	memcpy(damaged.bytes, sound->bytes, sound->len);
	change(&damaged, page, how, seed);
	snprintf(path, sizeof(path), "%s/linkstat.db", dir);
	write_whole(path, &damaged);
	status = run_child(start_twice, dir, 0);
	if (status != 0)
		fprintf(stderr, "page %zu, %s: status %#x\n", page + 1, hows[how], status);
	sample_dir_remove(dir);
	free(damaged.bytes);
	return status == 0;
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	size_t every = argc > 2 ? strtoul(argv[2], NULL, 10) : 1, n = 0, n_bad = 0;
	char *dir = sample_dir(), path[PATH_MAX];
	struct file sound;

	make_history(dir);
	snprintf(path, sizeof(path), "%s/linkstat.db", dir);
	read_whole(path, &sound);
	for (size_t i = seed % every; i < sound.len / PAGE * N_HOWS; i += every, n++)
		n_bad += !try(&sound, i / N_HOWS, (enum how)(i % N_HOWS), &seed);
	printf("seed %s: %zu cases on %zu pages, %zu bad\n", argc > 1 ? argv[1] : "1", n,
	       sound.len / PAGE, n_bad);
	free(sound.bytes);
	sample_dir_remove(dir);
	return n_bad > 0;
}
