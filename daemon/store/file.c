#include "daemon/store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/text.h"

#define BUSY_TIMEOUT_MS 1000
#define KEPT_MAX	100 /* files kept aside within one second */

static const char *const companions[] = { "", "-wal", "-shm" };

void
store_tell(char trouble[STORE_TROUBLE_MAX], const char *format, ...)
{
	char text[STORE_TROUBLE_MAX + PATH_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ls_text_clean(trouble, STORE_TROUBLE_MAX, text, strlen(text));
}

const char *
store_advice(int error)
{
	switch (error) {
	case -ENOSPC:
	case -EDQUOT:
		return "the disk is full: make room there and restart linkstatd";
	case -EROFS:
		return "it cannot be written there: mount it writable and restart linkstatd";
	case -EACCES:
	case -EPERM:
		return "linkstatd may not write there: give the directory and all in it to its "
		       "user";
	case -ENOENT:
	case -ENOTDIR:
		return "there is no such directory: make it and give it to linkstatd's user";
	case -EBUSY:
		return "another program keeps it locked: end that and restart linkstatd";
	case -EIO:
		return "the disk reports errors: look at journalctl -k";
	default:
		return strerror(-error);
	}
}

/* What open(2) says of the file tells more than SQLite's SQLITE_CANTOPEN. */
static int
probe(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
	struct stat st;
	int r;

	if (fd < 0)
		return -errno;
	r = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
	close(fd);
	return r;
}

static bool
companion_exists(const char *path, const char *companion)
{
	char name[PATH_MAX + 8];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, companion);
	return lstat(name, &st) == 0;
}

static int
rename_new(const char *from, const char *to)
{
	int r = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

	if (r < 0 && errno == EINVAL) /* not on every file system; @to was looked for before */
		r = rename(from, to);
	return r < 0 && errno != ENOENT ? -errno : 0;
}

/* A name beside the database that nothing has yet: "….kept-20261122-140311", "….kept-…-2". */
static int
kept_name(const struct store *store, char name[PATH_MAX])
{
	time_t seconds = (time_t)(store->now.real_us / (int64_t)LS_SEC);
	struct tm tm = { 0 };
	char stamp[32];

	(void)gmtime_r(&seconds, &tm);
	(void)strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	for (int n = 1; n < KEPT_MAX; n++) {
		char count[16] = "";
		bool taken = false;
		int len;

		if (n > 1)
			snprintf(count, sizeof(count), "-%d", n);
		len = snprintf(name, PATH_MAX, "%s/%s.kept-%s%s", store->dir, STORE_FILE_NAME,
			       stamp, count);
		if (len < 0 || len >= PATH_MAX)
			return -ENAMETOOLONG;
		for (size_t i = 0; i < LS_COUNT(companions); i++)
			taken = taken || companion_exists(name, companions[i]);
		if (!taken)
			return 0;
	}
	return -EEXIST;
}

/* The database first: its log alone, after a kill in between, is kept aside at the next start. */
static int
keep_aside(struct store *store, const char *why)
{
	char kept[PATH_MAX], from[PATH_MAX + 8], to[PATH_MAX + 8];
	int r = kept_name(store, kept);

	for (size_t i = 0; i < LS_COUNT(companions) && r == 0; i++) {
		snprintf(from, sizeof(from), "%s%s", store->path, companions[i]);
		snprintf(to, sizeof(to), "%s%s", kept, companions[i]);
		r = rename_new(from, to);
	}
	if (r == 0)
		store_tell(store->open_trouble,
			   "The history %s. It was kept as %s, and a new one was begun.", why,
			   kept);
	return r;
}

static int
pragma(struct store *store, const char *text)
{
	return store_error(store, sqlite3_exec(store->db, text, NULL, NULL, NULL));
}

/* The first column of the first row. */
static int
ask(struct store *store, const char *text, char *ret, size_t size)
{
	sqlite3_stmt *stmt = NULL;
	int r = store_error(store, sqlite3_prepare_v2(store->db, text, -1, &stmt, NULL));

	if (r == 0)
		r = store_step(store, stmt);
	if (r == 1)
		store_read_text(stmt, 0, ret, size);
	sqlite3_finalize(stmt);
	return r == 0 ? -EBADMSG : r;
}

static int
ask_number(struct store *store, const char *text, long *ret)
{
	char number[24];
	int r = ask(store, text, number, sizeof(number));

	if (r == 1)
		*ret = strtol(number, NULL, 10);
	return r;
}

static int
port_order(void *unused, int len_a, const void *a, int len_b, const void *b)
{
	const unsigned char *one = a, *one_end = one + len_a, *other = b,
			    *other_end = other + len_b;

	(void)unused;
	while (one < one_end && other < other_end) {
		size_t n = 0, m = 0; /* digits that count, without leading zeros */

		for (; one < one_end - 1 && one[0] == '0' && one[1] >= '0' && one[1] <= '9'; one++)
			;
		for (;
		     other < other_end - 1 && other[0] == '0' && other[1] >= '0' && other[1] <= '9';
		     other++)
			;
		while (one + n < one_end && one[n] >= '0' && one[n] <= '9')
			n++;
		while (other + m < other_end && other[m] >= '0' && other[m] <= '9')
			m++;
		if (n != m && n > 0 && m > 0)
			return n < m ? -1 : 1;
		if (*one != *other)
			return *one < *other ? -1 : 1;
		one++;
		other++;
	}
	return one < one_end ? 1 : other < other_end ? -1 : 0;
}

static int
connect_to(struct store *store, const char *name)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int r = store_error(store, sqlite3_open_v2(name, &store->db, flags, NULL));

	if (r < 0)
		return r;
	(void)sqlite3_extended_result_codes(store->db, 1);
	(void)sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
	/* Until it is known to be ours, not even a closing connection may write to it. */
	(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return store_error(store, sqlite3_create_collation(store->db, "port_order", SQLITE_UTF8,
							   NULL, port_order));
}

/* 1 with the schema's version, -EBADMSG if it is damaged or another's, -ENOTSUP if too new. */
static int
identify(struct store *store, long *version)
{
	long application = 0, n_tables = 0;
	int r = ask_number(store, "PRAGMA user_version", version);

	if (r == 1)
		r = ask_number(store, "PRAGMA application_id", &application);
	if (r == 1)
		r = ask_number(store, "SELECT count(*) FROM sqlite_schema", &n_tables);
	if (r < 0)
		return r;
	if (n_tables == 0 && *version == 0)
		return 1;
	if (application != STORE_APPLICATION_ID || *version <= 0)
		return -EBADMSG;
	return *version > store_schema_version() ? -ENOTSUP : 1;
}

static int
check(struct store *store)
{
	char verdict[64];
	int r = ask(store, "PRAGMA quick_check(1)", verdict, sizeof(verdict));

	return r < 0 ? r : strcmp(verdict, "ok") == 0 ? 0 : -EBADMSG;
}

static int
prepare_database(struct store *store, bool unclean)
{
	long version = 0;
	int r = identify(store, &version);

	if (r == 1)
		r = version == 0 ? pragma(store, "PRAGMA auto_vacuum = INCREMENTAL") : 0;
	store->hasty = false;
	if (r == 0)
		r = pragma(store,
			   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			   "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
			   "PRAGMA journal_size_limit = 4194304; PRAGMA temp_store = MEMORY");
	if (r == 0 && unclean)
		r = check(store);
	if (r == 0)
		r = store_migrate(store, (int)version);
	if (r == 0)
		r = store_boot_mark(store);
	if (r == 0)
		(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	return r;
}

static int
open_once(struct store *store)
{
	bool orphan = companion_exists(store->path, "-wal") && !companion_exists(store->path, "");
	/* A linkstatd that ends cleanly leaves no log behind. */
	bool unclean = store->damaged || companion_exists(store->path, "-wal");
	int r = orphan ? -EBADMSG : probe(store->path);

	store->damaged = false;
	if (r == 0)
		r = connect_to(store, store->path);
	if (r == 0)
		r = prepare_database(store, unclean);
	if (r < 0)
		store_disconnect(store);
	return r;
}

static int
open_memory(struct store *store)
{
	int r;

	store->path[0] = '\0';
	store->damaged = false;
	r = connect_to(store, ":memory:");
	if (r == 0)
		r = prepare_database(store, false);
	if (r < 0)
		store_disconnect(store);
	return r;
}

int
store_file_open(struct store *store)
{
	int len = snprintf(store->path, sizeof(store->path), "%s/%s", store->dir, STORE_FILE_NAME);
	int r = len < 0 || (size_t)len >= sizeof(store->path) ? -ENAMETOOLONG : open_once(store);

	if (r == -EBADMSG) {
		r = keep_aside(store, "was damaged or not one of linkstat's");
		if (r == 0)
			r = open_once(store);
	}
	if (r == 0)
		return 0;
	if (r == -ENOTSUP)
		store_tell(store->open_trouble,
			   "The history of this run is kept in memory only: that in %s was written "
			   "by a newer linkstatd and is left as it is. Install that one again.",
			   store->path);
	else
		store_tell(store->open_trouble,
			   "The history of this run is kept in memory only, not in %s: %s.",
			   store->dir, store_advice(r));
	return open_memory(store);
}
