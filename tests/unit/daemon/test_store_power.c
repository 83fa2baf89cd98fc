/*
 * The power fails: a file system under SQLite that keeps of each file what was there when it was last
 * synced. What was answered or announced is there afterwards.
 */
#include <event2/event.h>
#include <pthread.h>

#include "daemon/alert.h"
#include "daemon/pipeline.h"
#include "daemon/store/sync.h"
#include "tests/unit/daemon/server_peer.h"
#include "tests/unit/daemon/store_batch.h"

#define FILES_MAX   64
#define METHODS_MAX 8

/* The files that are open; the methods are those of the file system, but for two. */
static struct {
	pthread_mutex_t lock;
	sqlite3_vfs vfs;
	const sqlite3_vfs *below;
	struct {
		const sqlite3_io_methods *below; /* the file system has one for each kind of file */
		sqlite3_io_methods own;
	} methods[METHODS_MAX];
	struct {
		sqlite3_file *file;
		const sqlite3_io_methods *below;
		char path[PATH_MAX];
	} files[FILES_MAX];
	char kept[PATH_MAX]; /* where the synced files are */
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	int c;

	if (!in || !out)
		_exit(90);
	while ((c = fgetc(in)) != EOF)
		fputc(c, out);
	fclose(in);
	if (fclose(out) != 0)
		_exit(91);
}

static const char *
name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void
kept_path(const char *path, char ret[PATH_MAX])
{
	if (snprintf(ret, PATH_MAX, "%s/%s", disk.kept, name_of(path)) >= PATH_MAX)
		_exit(92);
}

static size_t
find_file(const sqlite3_file *file)
{
	size_t at = 0;

	while (at < FILES_MAX && disk.files[at].file != file)
		at++;
	if (at == FILES_MAX)
		_exit(94);
	return at;
}

static int
on_sync(sqlite3_file *file, int flags)
{
	char kept[PATH_MAX];
	size_t at;
	int code;

	pthread_mutex_lock(&disk.lock);
	at = find_file(file);
	code = disk.files[at].below->xSync(file, flags);
	kept_path(disk.files[at].path, kept);
	if (code == SQLITE_OK)
		copy_file(disk.files[at].path, kept);
	pthread_mutex_unlock(&disk.lock);
	return code;
}

static int
on_close(sqlite3_file *file)
{
	size_t at;
	int code;

	pthread_mutex_lock(&disk.lock);
	at = find_file(file);
	code = disk.files[at].below->xClose(file);
	disk.files[at].file = NULL;
	pthread_mutex_unlock(&disk.lock);
	return code;
}

/* The methods of @below with ours in them. */
static const sqlite3_io_methods *
replace_methods(const sqlite3_io_methods *below)
{
	size_t at = 0;

	while (at < METHODS_MAX - 1 && disk.methods[at].below && disk.methods[at].below != below)
		at++;
	disk.methods[at].below = below;
	disk.methods[at].own = *below;
	disk.methods[at].own.xSync = on_sync;
	disk.methods[at].own.xClose = on_close;
	return &disk.methods[at].own;
}

static int
on_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags, int *out_flags)
{
	int code = disk.below->xOpen((sqlite3_vfs *)(uintptr_t)disk.below, path, file, flags,
				     out_flags);
	size_t at;

	(void)vfs;
	if (code != SQLITE_OK || !path)
		return code;
	pthread_mutex_lock(&disk.lock);
	at = find_file(NULL);
	disk.files[at].file = file;
	disk.files[at].below = file->pMethods;
	snprintf(disk.files[at].path, PATH_MAX, "%s", path);
	file->pMethods = replace_methods(file->pMethods);
	pthread_mutex_unlock(&disk.lock);
	return code;
}

static int
on_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	char kept[PATH_MAX];

	(void)vfs;
	kept_path(path, kept);
	(void)unlink(kept);
	return disk.below->xDelete((sqlite3_vfs *)(uintptr_t)disk.below, path, sync);
}

static void
insert_disk(const char *kept)
{
	snprintf(disk.kept, sizeof(disk.kept), "%s", kept);
	disk.below = sqlite3_vfs_find(NULL);
	disk.vfs = *disk.below;
	disk.vfs.zName = "loses-what-is-not-synced";
	disk.vfs.xOpen = on_open;
	disk.vfs.xDelete = on_delete;
	if (sqlite3_vfs_register(&disk.vfs, 1) != SQLITE_OK)
		_exit(93);
}

/* ---- what happens before the power fails; each ends with the life of the process ---------------- */

static void
bench_begin(struct bench *bench, const char *dir)
{
	struct store_sync *sync;

	bench->fixture.store = sample_open_boot(dir, "boot-1", state_now());
	bench->base = event_base_new();
	assert_int_equal(
		server_new(bench->base, bench->fixture.store, &bench->state, &bench->server), 0);
	assert_int_equal(store_sync_new(bench->base, bench->fixture.store, &sync), 0);
	server_set_sync(bench->server, sync);
	snprintf(bench->socket, sizeof(bench->socket), "%.90s/socket", dir);
	assert_int_equal(server_listen(bench->server, bench->socket), 0);
}

/* Counters, which wait for nothing, come first. */
static void
answer_and_fail(const char *dir, int call)
{
	static const char *const calls[][2] = {
		{ "io.linkstat.BeginJob", "{\"command\":\"restore\"}" },
		{ "io.linkstat.SetSocketName", "{\"port\":\"1-1\",\"label\":\"left\"}" },
	};
	struct bench *bench = calloc(1, sizeof(*bench));
	struct ls_engine_config config;
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	struct ls_traffic_row row;
	struct peer peer;

	insert_disk(getenv("KEPT"));
	bench_begin(bench, dir);
	ls_engine_config_default(&config);
	assert_int_equal(ls_engine_new(&config, NULL, NULL, &bench->state.engine), 0);
	PUT_EVENT(bench->fixture.store, &event);
	sample_traffic(&row, 1, NOW_REAL);
	PUT_TRAFFIC(bench->fixture.store, &row);
	peer = peer_connect(bench);
	assert_string_equal(error_of(peer_call(bench, &peer, calls[call][0], calls[call][1])), "");
	_exit(0);
}

static void
announce_and_fail(const char *dir, int unused)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct pipeline_options with = { .state = &bench->state };
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	struct pipeline *pipeline;
	struct peer peer;

	(void)unused;
	insert_disk(getenv("KEPT"));
	bench_begin(bench, dir);
	with.store = bench->fixture.store;
	with.server = bench->server;
	assert_int_equal(store_sync_new(bench->base, with.store, &with.sync), 0);
	assert_int_equal(alert_new(&with.alert), 0);
	assert_int_equal(pipeline_new(bench->base, &with, &pipeline), 0);
	peer = peer_connect(bench);
	peer_send(bench, &peer, "{\"method\":\"io.linkstat.Watch\",\"more\":true}");
	json_decref(peer_receive(bench, &peer));
	pipeline_record(&RECORD_OF(EVENT, .event = &event), pipeline);
	json_decref(peer_receive(bench, &peer));
	_exit(0);
}

/* Shows that the disk of this test does lose: nobody waits for what is committed last. */
static void
commit_and_fail(const char *dir, int n)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	insert_disk(getenv("KEPT"));
	bench_begin(bench, dir);
	for (int i = 0; i < n; i++) {
		struct ls_event event = sample_event(1, LS_EVENT_RESET, i);

		PUT_EVENT(bench->fixture.store, &event);
	}
	_exit(0);
}

/* ---- and what is there afterwards --------------------------------------------------------------- */

/* A query of what @body left on the disk. */
static int64_t
after_power_failed(void (*body)(const char *dir, int arg), int arg, const char *query)
{
	char *dir = sample_dir();
	struct fixture after = { .dir = sample_dir() };
	int64_t found;

	assert_int_equal(setenv("KEPT", after.dir, 1), 0);
	assert_int_equal(run_child(body, dir, arg), 0);
	after.store = sample_open(after.dir);
	assert_string_equal(store_problem(after.store), "");
	found = sql_number(&after, query);
	store_close(after.store);
	sample_dir_remove(after.dir);
	sample_dir_remove(dir);
	return found;
}

static void
what_is_answered_is_on_the_disk(void **state)
{
	(void)state;
	assert_int_equal(after_power_failed(answer_and_fail, 0, "SELECT count(*) FROM jobs"), 1);
	assert_int_equal(after_power_failed(answer_and_fail, 1,
					    "SELECT count(*) FROM ports WHERE label = 'left'"),
			 1);
}

static void
what_is_announced_is_on_the_disk(void **state)
{
	(void)state;
	assert_int_equal(after_power_failed(announce_and_fail, 0, "SELECT count(*) FROM events"),
			 1);
}

static void
what_nobody_waited_for_is_lost(void **state)
{
	(void)state;
	assert_int_equal(after_power_failed(commit_and_fail, 10, "SELECT count(*) FROM events"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_answered_is_on_the_disk),
		cmocka_unit_test(what_is_announced_is_on_the_disk),
		cmocka_unit_test(what_nobody_waited_for_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
