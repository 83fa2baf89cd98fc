#include "cli/offline/journal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/systemd_library.h"
#include "lib/base/cursor.h"

#define KEPT	  "/var/log/journal"
#define IN_MEMORY "/run/log/journal"

/* SD_MESSAGE_JOURNAL_MISSED: journald was too slow for the kernel. */
#define MISSED "e9bf28e6e834481bb6f48f548ad13606"

/* What is cut off longer lines never concerns a link. */
#define FIELD_MAX 4096
#define BOOTS_MAX 10000

/*
 * The clock of the kernel log is not slewed by NTP (at most 500 ppm) and so drifts from the one of
 * the journal. journald reads a line soon after it was written, so the least lag of some lines is
 * the drift. Early in a boot lines wait for journald; then the bound is tight.
 */
#define LAGS	      16
#define LAG_TOLERATED ((int64_t)(100 * LS_MS))
#define DRIFT_DIVISOR 2000

struct journal {
	sd_journal *journal;
	int64_t lags[LAGS];
	size_t n_lags;
};

int
journal_open(const struct journal_options *options, struct journal **ret)
{
	ls_auto(journal) *journal = calloc(1, sizeof(*journal));
	const char *files[] = { options->file, NULL };
	int r;

	if (!journal)
		return -ENOMEM;
	if (!systemd())
		return -ELIBACC;
	if (options->file)
		r = systemd()->sd_journal_open_files(&journal->journal, files, 0);
	else if (options->directory)
		r = systemd()->sd_journal_open_directory(&journal->journal, options->directory, 0);
	else
		r = systemd()->sd_journal_open(&journal->journal,
					       SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	if (r >= 0)
		r = systemd()->sd_journal_set_data_threshold(journal->journal, FIELD_MAX);
	if (r < 0)
		return r;
	*ret = LS_STEAL(&journal);
	return 0;
}

void
journal_close(struct journal *journal)
{
	if (!journal)
		return;
	if (journal->journal)
		systemd()->sd_journal_close(journal->journal);
	free(journal);
}

/* The value of a field of the entry that is current. 1, 0: it has none, or -errno. */
static int
take_field(sd_journal *journal, const char *name, struct ls_cursor *ret)
{
	const void *data;
	size_t len;
	int r = systemd()->sd_journal_get_data(journal, name, &data, &len);

	if (r == -ENOENT || r == -E2BIG || r == -EBADMSG)
		return 0; /* not there, or nothing that can be read */
	if (r < 0)
		return r;
	*ret = ls_cursor_of(data, len);
	(void)ls_take_until(ret, '=');
	return ls_take_char(ret, '=');
}

static bool
field_is(sd_journal *journal, const char *name, const char *value)
{
	struct ls_cursor cur;

	return take_field(journal, name, &cur) == 1 && ls_take_literal(&cur, value) &&
	       ls_cursor_left(&cur) == 0;
}

/* When the journal got the entry that is current. */
static int
take_time(sd_journal *journal, struct ls_instant *ret)
{
	sd_id128_t boot;
	uint64_t real;
	int r = systemd()->sd_journal_get_realtime_usec(journal, &real);

	if (r >= 0)
		r = systemd()->sd_journal_get_monotonic_usec(journal, &ret->mono_us, &boot);
	if (r < 0)
		return r;
	ret->real_us = (int64_t)real;
	return 0;
}

static int
match_boot(sd_journal *journal, const char *id)
{
	char match[sizeof("_BOOT_ID=") + SD_ID128_STRING_MAX];
	sd_id128_t boot;
	char plain[SD_ID128_STRING_MAX];
	int r = systemd()->sd_id128_from_string(id, &boot);

	if (r < 0)
		return r;
	snprintf(match, sizeof(match), "_BOOT_ID=%s", systemd()->sd_id128_to_string(boot, plain));
	systemd()->sd_journal_flush_matches(journal);
	return systemd()->sd_journal_add_match(journal, match, 0);
}

static bool
is_foreign(sd_journal *journal)
{
	char own[SD_ID128_STRING_MAX];
	struct ls_cursor cur;
	sd_id128_t machine;

	/* Without the name of this computer, others cannot be recognised. */
	return systemd()->sd_id128_get_machine(&machine) >= 0 &&
	       take_field(journal, "_MACHINE_ID", &cur) == 1 &&
	       !field_is(journal, "_MACHINE_ID", systemd()->sd_id128_to_string(machine, own));
}

/* 1, or 0 if it has no entries. */
static int
measure_boot(sd_journal *journal, struct journal_boot *boot)
{
	int r = match_boot(journal, boot->id);

	if (r >= 0)
		r = systemd()->sd_journal_seek_head(journal);
	if (r >= 0)
		r = systemd()->sd_journal_next(journal);
	if (r <= 0)
		return r;
	boot->foreign = is_foreign(journal);
	r = take_time(journal, &boot->first);
	if (r >= 0)
		r = systemd()->sd_journal_seek_tail(journal);
	if (r >= 0)
		r = systemd()->sd_journal_previous(journal);
	if (r <= 0)
		return r;
	r = take_time(journal, &boot->last);
	return r < 0 ? r : 1;
}

static int
by_begin(const void *a, const void *b)
{
	const struct journal_boot *one = a, *other = b;

	return (one->first.real_us > other->first.real_us) -
	       (one->first.real_us < other->first.real_us);
}

/* 1: @ret has the dashes that the kernel writes; 0: not a boot id. */
static int
read_boot_id(const void *data, size_t len, char ret[JOURNAL_BOOT_ID_MAX])
{
	struct ls_cursor cur = ls_cursor_of(data, len);
	char plain[SD_ID128_STRING_MAX];
	sd_id128_t id;

	if (!ls_take_literal(&cur, "_BOOT_ID=") || ls_cursor_left(&cur) >= sizeof(plain))
		return 0;
	memcpy(plain, cur.at, ls_cursor_left(&cur));
	plain[ls_cursor_left(&cur)] = '\0';
	if (systemd()->sd_id128_from_string(plain, &id) < 0)
		return 0;
	snprintf(ret, JOURNAL_BOOT_ID_MAX, SD_ID128_UUID_FORMAT_STR, SD_ID128_FORMAT_VAL(id));
	return 1;
}

static int
list_boots(sd_journal *journal, struct journal_boot **boots, size_t *n)
{
	const void *data;
	size_t len;
	int r = systemd()->sd_journal_query_unique(journal, "_BOOT_ID");

	if (r < 0)
		return r;
	while ((r = systemd()->sd_journal_enumerate_available_unique(journal, &data, &len)) > 0) {
		struct journal_boot *more = reallocarray(*boots, *n + 1, sizeof(*more));

		if (!more)
			return -ENOMEM;
		*boots = more;
		more[*n] = (struct journal_boot){ 0 };
		*n += (size_t)read_boot_id(data, len, more[*n].id);
		if (*n == BOOTS_MAX)
			return 0;
	}
	return r;
}

int
journal_boots(struct journal *journal, struct journal_boot **ret, size_t *n)
{
	struct journal_boot *boots = NULL;
	size_t n_listed = 0, n_good = 0;
	int r = list_boots(journal->journal, &boots, &n_listed);

	for (size_t i = 0; i < n_listed && r >= 0; i++) {
		int found = measure_boot(journal->journal, &boots[i]);

		boots[i].damaged = found < 0;
		if (found != 0)
			boots[n_good++] = boots[i];
	}
	if (r < 0) {
		free(boots);
		return r;
	}
	if (n_good > 0)
		qsort(boots, n_good, sizeof(*boots), by_begin);
	*ret = boots;
	*n = n_good;
	return 0;
}

int
journal_seek(struct journal *journal, const struct journal_boot *boot)
{
	int r = match_boot(journal->journal, boot->id);

	if (r >= 0)
		r = systemd()->sd_journal_add_conjunction(journal->journal);
	if (r >= 0)
		r = systemd()->sd_journal_add_match(journal->journal, "_TRANSPORT=kernel", 0);
	if (r >= 0)
		r = systemd()->sd_journal_add_disjunction(journal->journal);
	if (r >= 0)
		r = systemd()->sd_journal_add_match(journal->journal, "MESSAGE_ID=" MISSED, 0);
	if (r >= 0)
		r = systemd()->sd_journal_seek_head(journal->journal);
	journal->n_lags = 0;
	return r < 0 ? r : 0;
}

static int64_t
drift(struct journal *journal, int64_t lag, int64_t mono_us)
{
	int64_t least = lag, most = mono_us / DRIFT_DIVISOR;

	journal->lags[journal->n_lags++ % LAGS] = lag;
	for (size_t i = 0; i < LAGS && i < journal->n_lags; i++)
		least = journal->lags[i] < least ? journal->lags[i] : least;
	if (llabs(least) <= LAG_TOLERATED)
		return 0;
	return least > most ? most : least < -most ? -most : least;
}

/* From when the journal got it to when the kernel wrote it. */
static void
set_time(struct journal *journal, struct ls_instant *at)
{
	struct ls_cursor cur;
	uint64_t source;
	int64_t mono;

	if (take_field(journal->journal, "_SOURCE_MONOTONIC_TIMESTAMP", &cur) != 1 ||
	    !ls_take_uint(&cur, INT64_MAX / 2, &source) || at->mono_us > INT64_MAX / 2)
		return;
	mono = (int64_t)source +
	       drift(journal, (int64_t)at->mono_us - (int64_t)source, (int64_t)source);
	if (mono < 0 || mono > (int64_t)at->mono_us)
		return; /* nothing was written in the future */
	at->real_us -= (int64_t)at->mono_us - mono;
	at->mono_us = (uint64_t)mono;
}

/* journald removed the escapes of /dev/kmsg: restore them. */
static void
escape(struct ls_cursor from, char *to, size_t size)
{
	size_t n = 0;

	for (; from.at < from.end && n + 5 < size; from.at++) {
		unsigned char c = (unsigned char)*from.at;

		if (c < 0x20 || c >= 0x7f || c == '\\')
			n += (size_t)snprintf(to + n, size - n, "\\x%02x", c);
		else
			to[n++] = (char)c;
	}
	to[n] = '\0';
}

/* Root can write to the kernel log, too, but not with the kernel facility. */
static bool
is_of_kernel(sd_journal *journal)
{
	struct ls_cursor cur;

	if (field_is(journal, "MESSAGE_ID", MISSED))
		return field_is(journal, "_TRANSPORT", "driver");
	return field_is(journal, "SYSLOG_IDENTIFIER", "kernel") &&
	       (take_field(journal, "SYSLOG_FACILITY", &cur) != 1 ||
		field_is(journal, "SYSLOG_FACILITY", "0"));
}

int
journal_next(struct journal *journal, struct journal_line *ret)
{
	struct ls_cursor message;
	int r;

	while ((r = systemd()->sd_journal_next(journal->journal)) > 0) {
		if (!is_of_kernel(journal->journal) || take_time(journal->journal, &ret->at) < 0)
			continue;
		set_time(journal, &ret->at);
		r = take_field(journal->journal, "MESSAGE", &message);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		escape(message, ret->text, sizeof(ret->text));
		return 1;
	}
	return r;
}

/* ---- which files there are ---- */

static bool
is_journal(const char *name)
{
	size_t len = strlen(name);

	return len > 8 && (strcmp(name + len - 8, ".journal") == 0 ||
			   (len > 9 && strcmp(name + len - 9, ".journal~") == 0));
}

/* True if there are, or may be, files of the journal. */
static bool
look_into(const char *path, bool *refused)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool found = false;

	if (!dir) {
		*refused = *refused || errno == EACCES;
		return errno == EACCES;
	}
	while ((entry = readdir(dir))) {
		if (!is_journal(entry->d_name))
			continue;
		found = true;
		/* Those of other users ("user-1000.journal") have no lines of the kernel. */
		if (strncmp(entry->d_name, "user-", 5) != 0 &&
		    faccessat(dirfd(dir), entry->d_name, R_OK, 0) < 0 && errno == EACCES)
			*refused = true;
	}
	closedir(dir);
	return found;
}

static bool
look_at(const char *root, bool *refused)
{
	char path[sizeof(KEPT) + SD_ID128_STRING_MAX + 1], id[SD_ID128_STRING_MAX];
	sd_id128_t machine;

	if (!systemd() || systemd()->sd_id128_get_machine(&machine) < 0)
		return look_into(root, refused);
	snprintf(path, sizeof(path), "%s/%s", root, systemd()->sd_id128_to_string(machine, id));
	return look_into(path, refused);
}

void
journal_look(const struct journal_options *options, struct journal_places *ret)
{
	*ret = (struct journal_places){ 0 };
	if (options->file) {
		ret->kept = access(options->file, F_OK) == 0;
		ret->refused = access(options->file, R_OK) < 0 && errno == EACCES;
	} else if (options->directory) {
		ret->kept = look_into(options->directory, &ret->refused);
	} else {
		ret->kept = look_at(KEPT, &ret->refused);
		ret->in_memory = look_at(IN_MEMORY, &ret->refused);
	}
}
