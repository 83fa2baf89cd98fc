/* Problems with the file: damage, lacking permission, a full disk. */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "daemon/store/check.h"
#include "daemon/store/db.h"
#include "tests/unit/daemon/store_batch.h"

#define UNPRIVILEGED 65534

static void
in_dir(char path[PATH_MAX], const char *dir, const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", dir, name);
}

static void
write_file(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	in_dir(path, dir, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* The content, to be freed; NULL if there is no such file. */
static char *
read_file(const char *dir, const char *name, size_t *len)
{
	char path[PATH_MAX], *content = NULL;
	FILE *file, *copy;
	int c;

	in_dir(path, dir, name);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	copy = open_memstream(&content, len);
	while ((c = fgetc(file)) != EOF)
		fputc(c, copy);
	fclose(file);
	fclose(copy);
	return content;
}

static void
assert_file(const char *dir, const char *name, const char *want)
{
	size_t len = 0;
	char *content = read_file(dir, name, &len);

	print_message("%s\n", name);
	assert_non_null(content);
	assert_string_equal(content, want);
	free(content);
}

/* Fills page @first, counted from the end if negative, and all behind it with junk. */
static void
damage(const char *dir, long first)
{
	char path[PATH_MAX], junk[4096];
	FILE *file;
	long size;

	in_dir(path, dir, "linkstat.db");
	memset(junk, 0xa5, sizeof(junk));
	file = fopen(path, "r+e");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file) / 4096;
	first += first < 0 ? size : 0;
	assert_true(size > first);
	assert_int_equal(fseek(file, (first - 1) * 4096, SEEK_SET), 0);
	for (long page = first; page <= size; page++)
		assert_int_equal(fwrite(junk, sizeof(junk), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

static void
keeps_what_is_no_database(void **state)
{
	const char *dir = *state;
	struct store *store;

	write_file(dir, "linkstat.db", "a letter");
	write_file(dir, "linkstat.db-wal", "its log");
	write_file(dir, "linkstat.db-shm", "its index"); /* SQLite may have rebuilt that */
	store = sample_open(dir);
	print_message("%s\n", store_problem(store));
	assert_non_null(strstr(store_problem(store), "linkstat.db.kept-20261122-140311"));
	assert_string_not_equal(store_path(store), "");
	put_batches(store, 1, 2);
	store_close(store);
	assert_file(dir, "linkstat.db.kept-20261122-140311", "a letter");
	assert_file(dir, "linkstat.db.kept-20261122-140311-wal", "its log");

	/* The same second again: nothing that was kept is overwritten. */
	write_file(dir, "linkstat.db", "another letter");
	store = sample_open(dir);
	assert_non_null(strstr(store_problem(store), "linkstat.db.kept-20261122-140311-2"));
	store_close(store);
	assert_file(dir, "linkstat.db.kept-20261122-140311", "a letter");
	assert_file(dir, "linkstat.db.kept-20261122-140311-2", "another letter");
	store = sample_open(dir);
	assert_string_equal(store_problem(store), "");
	store_close(store);
}

static void
keeps_a_log_without_its_database(void **state)
{
	struct store *store;

	write_file(*state, "linkstat.db-wal", "orphan");
	store = sample_open(*state);
	assert_string_not_equal(store_path(store), "");
	store_close(store);
	assert_file(*state, "linkstat.db.kept-20261122-140311-wal", "orphan");
}

static void
make_other_database(const char *dir, const char *sql)
{
	char path[PATH_MAX];
	sqlite3 *db;

	in_dir(path, dir, "linkstat.db");
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
keeps_the_database_of_another_program(void **state)
{
	struct store *store;

	make_other_database(*state, "CREATE TABLE photos (id INTEGER PRIMARY KEY)");
	store = sample_open(*state);
	assert_non_null(strstr(store_problem(store), "kept"));
	put_batches(store, 1, 1);
	store_close(store);
}

static void
finds_damage_after_an_unclean_end(void **state)
{
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct store *store = sample_open(*state);

	put_batches(store, 1, 100);
	*incident = sample_incident(101, 1, 0);
	for (; incident->id < 200; incident->id++)
		PUT_INCIDENT(store, incident);
	free(incident);
	store_close(store);
	assert_true(WIFSIGNALED(run_child(die_after, *state, STEP_BEGIN)));
	damage(*state, -20); /* is not read when it is opened */
	store = sample_open(*state);
	assert_string_equal(store_problem(store), "");
	assert_int_equal(store_check(store), -EBADMSG);
	put_batches(store, 1, 2);
	assert_non_null(strstr(store_problem(store), "kept"));
	assert_int_equal(whole_batches(store), 2);
	store_close(store);
}

/* After a clean end there is no check: damage is found, and handled, when it is read. */
static void
survives_damage_found_while_running(void **state)
{
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct sample_seen *seen = calloc(1, sizeof(*seen));
	struct store *store = sample_open(*state);
	const char *unknown;

	put_batches(store, 1, 100);
	*incident =
		sample_incident(101, 1, 0); /* the end of the file is not read when it is opened */
	for (; incident->id < 200; incident->id++)
		PUT_INCIDENT(store, incident);
	store_close(store);
	damage(*state, -20);
	store = sample_open(*state);
	assert_string_equal(store_problem(store), "");
	assert_int_equal(store_incidents(store, &ALL, see_incident, seen, &unknown), -EBADMSG);
	put_batches(store, 1, 3);
	assert_non_null(strstr(store_problem(store), "kept"));
	assert_int_equal(whole_batches(store), 3);
	store_close(store);
	free(incident);
	free(seen);
}

static void
leaves_a_newer_version_alone(void **state)
{
	struct store *store = sample_open(*state);
	char *before, *after;
	size_t n_before = 0, n_after = 0;

	put_batches(store, 1, 3);
	store_close(store);
	make_other_database(*state, "PRAGMA user_version = 1000");
	before = read_file(*state, "linkstat.db", &n_before);
	store = sample_open(*state);
	print_message("%s\n", store_problem(store));
	assert_non_null(strstr(store_problem(store), "newer"));
	assert_string_equal(store_path(store), "");
	put_batches(store, 1, 1);
	store_close(store);
	after = read_file(*state, "linkstat.db", &n_after);
	assert_int_equal(n_before, n_after);
	assert_memory_equal(before, after, n_before);
	free(before);
	free(after);
}

/* Somebody's sqlite3 or a copy that ended early: the tables are not those of the version. */
static void
keeps_what_does_not_fit_its_version(void **state)
{
	struct store *store = sample_open(*state);

	put_batches(store, 1, 3);
	store_close(store);
	make_other_database(*state, "PRAGMA user_version = 1");
	store = sample_open(*state);
	assert_non_null(strstr(store_problem(store), "kept"));
	assert_string_not_equal(store_path(store), "");
	put_batches(store, 1, 1);
	store_close(store);
}

/* SQLite would delete the log without a word, and with it all that is not in the database yet. */
static void
keeps_a_log_beside_an_empty_database(void **state)
{
	char path[PATH_MAX];
	struct store *store;

	assert_true(WIFSIGNALED(run_child(die_after, *state, STEP_COMMIT)));
	in_dir(path, *state, "linkstat.db");
	assert_int_equal(truncate(path, 0), 0);
	store = sample_open(*state);
	assert_non_null(strstr(store_problem(store), "kept"));
	put_batches(store, 1, 1);
	store_close(store);
	in_dir(path, *state, "linkstat.db.kept-20261122-140311-wal");
	assert_int_equal(access(path, F_OK), 0);
}

static uid_t
owner_of(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	in_dir(path, dir, name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_uid;
}

/* linkstatd by root's hand, in the directory of the service; but by no link to a file elsewhere. */
static void
gives_what_root_makes_to_the_owner_of_the_directory(void **state)
{
	char path[PATH_MAX];
	struct store *store;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(*state, UNPRIVILEGED, UNPRIVILEGED), 0);
	store = sample_open(*state);
	put_batches(store, 1, 1);
	assert_int_equal(owner_of(*state, "linkstat.db"), UNPRIVILEGED);
	assert_int_equal(owner_of(*state, "linkstat.db-wal"), UNPRIVILEGED);
	assert_int_equal(owner_of(*state, "linkstat.lock"), UNPRIVILEGED);
	store_close(store);

	write_file(*state, "of-root", "");
	in_dir(path, *state, "linkstat.db");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("of-root", path), 0);
	store_close(sample_open(*state));
	assert_int_equal(owner_of(*state, "of-root"), 0);
}

/* The loop goes on at once, and the batch is tried again. */
static void
does_not_wait_for_the_lock_of_another_program(void **state)
{
	struct store *store = sample_open(*state);
	char path[PATH_MAX];
	int64_t wait_ms = -1;
	sqlite3 *other;

	put_batches(store, 1, 1);
	assert_int_equal(store_get(store, &wait_ms, "PRAGMA busy_timeout"), 1);
	assert_int_equal(wait_ms, 0);
	in_dir(path, *state, "linkstat.db");
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_begin(store), -EBUSY);
	store_rollback(store);
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	put_batches(store, 2, 2);
	assert_int_equal(whole_batches(store), 2);
	sqlite3_close(other);
	store_close(store);
}

static void
refuses_a_second_linkstatd(void **state)
{
	const struct store_options options = { .dir = *state, .boot_id = "boot-1" };
	struct store *first = sample_open(*state), *second = NULL;

	assert_int_equal(store_open(&options, &second), -EBUSY);
	assert_null(second);
	put_batches(first, 1, 1);
	store_close(first);
	assert_int_equal(store_open(&options, &second), 0);
	store_close(second);
}

/* Root may do everything, so another user tries. The exit code is the result. */
static void
open_unprivileged(const char *dir, int arg)
{
	const struct store_options options = { .dir = dir, .boot_id = "boot-1" };
	struct store *store = NULL;

	(void)arg;
	if (geteuid() == 0 && (setgid(UNPRIVILEGED) < 0 || setuid(UNPRIVILEGED) < 0))
		_exit(2);
	if (store_open(&options, &store) < 0)
		_exit(3);
	fprintf(stderr, "%s\n", store_problem(store));
	if (store_path(store)[0] || !strstr(store_problem(store), "may not write"))
		_exit(4);
	put_batches(store, 1, 3);
	_exit(whole_batches(store) == 3 ? 0 : 5);
}

static void
goes_on_in_memory_without_write_permission(void **state)
{
	static const struct {
		mode_t dir, file;
	} cases[] = { { 0555, 0 }, { 0777, 0600 }, { 0000, 0 } };
	char path[PATH_MAX];

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		in_dir(path, *state, "linkstat.db");
		if (cases[i].file)
			write_file(*state, "linkstat.db", "");
		if (cases[i].file)
			assert_int_equal(chmod(path, geteuid() == 0 ? cases[i].file : 0), 0);
		assert_int_equal(chmod(*state, cases[i].dir), 0);
		assert_int_equal(run_child(open_unprivileged, *state, 0), 0);
		assert_int_equal(chmod(*state, 0700), 0);
		(void)unlink(path);
	}
}

static void
goes_on_in_memory_without_a_directory(void **state)
{
	const struct store_options options = { .dir = "/nowhere/at/all", .boot_id = "boot-1" };
	struct store *store = NULL;

	(void)state;
	assert_int_equal(store_open(&options, &store), 0);
	assert_non_null(strstr(store_problem(store), "no such directory"));
	put_batches(store, 1, 3);
	assert_int_equal(whole_batches(store), 3);
	store_close(store);
}

/* In a mount namespace of its own, on a disk of @arg KiB. Exit code 77: no such thing here. */
static void
fill_disk(const char *dir, int arg)
{
	char size[32], path[PATH_MAX];
	struct store *store;
	int64_t n = 0;
	int step = 0, fd;

	snprintf(size, sizeof(size), "size=%dk", arg);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", dir, "tmpfs", 0, size) < 0)
		_exit(77);
	store = sample_open(dir);
	fprintf(stderr, "%d KiB: %s\n", arg, store_problem(store));
	if (arg < 100)
		_exit(store_path(store)[0] == '\0' && strstr(store_problem(store), "full") ? 0 : 1);
	in_dir(path, dir, "ballast");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || posix_fallocate(fd, 0, 600 << 10) != 0 || close(fd) < 0)
		_exit(2);
	while (step == N_STEPS || n == 0) { /* batches until the disk is full */
		for (n++, step = 0; step < N_STEPS && do_step(store, step, n) == 0;)
			step++;
	}
	if (step != STEP_COMMIT)
		(void)store_rollback(store);
	if (!strstr(store_problem(store), "full") || whole_batches(store) != n - 1)
		_exit(3);
	if (unlink(path) < 0)
		_exit(4);
	put_batches(store, n, n + 3);
	_exit(whole_batches(store) == n + 3 && !store_problem(store)[0] ? 0 : 5);
}

static void
survives_a_full_disk(void **state)
{
	static const int kib[] = { 16, 3000 };

	for (size_t i = 0; i < LS_COUNT(kib); i++) {
		int status = run_child(fill_disk, *state, kib[i]);

		if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
			skip();
		assert_int_equal(status, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DIR_TEST(keeps_what_is_no_database),
		DIR_TEST(keeps_a_log_without_its_database),
		DIR_TEST(keeps_the_database_of_another_program),
		DIR_TEST(finds_damage_after_an_unclean_end),
		DIR_TEST(survives_damage_found_while_running),
		DIR_TEST(leaves_a_newer_version_alone),
		DIR_TEST(keeps_what_does_not_fit_its_version),
		DIR_TEST(keeps_a_log_beside_an_empty_database),
		DIR_TEST(gives_what_root_makes_to_the_owner_of_the_directory),
		DIR_TEST(does_not_wait_for_the_lock_of_another_program),
		DIR_TEST(refuses_a_second_linkstatd),
		DIR_TEST(goes_on_in_memory_without_write_permission),
		cmocka_unit_test(goes_on_in_memory_without_a_directory),
		DIR_TEST(survives_a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
