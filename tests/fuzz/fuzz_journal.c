/*
 * Entries of a journal, as another computer's file may have them: "FIELD=value" that end in NUL, an entry
 * after each empty one. libsystemd's functions are those of this file.
 */
#include <errno.h>
#include <systemd/sd-journal.h>

#include "cli/offline/journal.h"
#include "tests/fuzz/check.h"

#define LINES_MAX 100000

static struct {
	const char *begin, *end; /* of all entries */
	const char *entry, *next;
	const char *unique;
} input;

static const char *
end_of(const char *entry)
{
	while (entry < input.end && *entry)
		entry += strlen(entry) + 1;
	return entry;
}

static uint64_t
number_of(const char *name, int *found)
{
	const void *data;
	size_t len;

	*found = sd_journal_get_data(NULL, name, &data, &len);
	return *found < 0 ? 0 : strtoull((const char *)data + strlen(name) + 1, NULL, 10);
}

int
sd_journal_open(sd_journal **ret, int flags)
{
	static char dummy; /* what it points to is nobody's business */

	(void)flags;
	*ret = (sd_journal *)(void *)&dummy;
	return 0;
}

void
sd_journal_close(sd_journal *journal)
{
	(void)journal;
}

int
sd_journal_set_data_threshold(sd_journal *journal, size_t size)
{
	(void)journal;
	(void)size;
	return 0;
}

int
sd_journal_get_data(sd_journal *journal, const char *name, const void **data, size_t *len)
{
	size_t n = strlen(name);

	(void)journal;
	for (const char *at = input.entry; at && at < input.end && *at; at += strlen(at) + 1) {
		if (strncmp(at, name, n) != 0 || at[n] != '=')
			continue;
		*data = at;
		*len = strlen(at);
		return 0;
	}
	return -ENOENT;
}

int
sd_journal_get_realtime_usec(sd_journal *journal, uint64_t *ret)
{
	int r;

	(void)journal;
	*ret = number_of("__REALTIME_TIMESTAMP", &r);
	return r < 0 ? -EADDRNOTAVAIL : 0;
}

int
sd_journal_get_monotonic_usec(sd_journal *journal, uint64_t *ret, sd_id128_t *boot)
{
	int r;

	(void)journal;
	*boot = SD_ID128_NULL;
	*ret = number_of("__MONOTONIC_TIMESTAMP", &r);
	return r < 0 ? -ESTALE : 0;
}

int
sd_journal_seek_head(sd_journal *journal)
{
	(void)journal;
	input.entry = NULL;
	input.next = input.begin;
	return 0;
}

int
sd_journal_next(sd_journal *journal)
{
	(void)journal;
	input.entry = input.next;
	if (input.entry >= input.end)
		return 0;
	input.next = end_of(input.entry) + 1;
	return 1;
}

int
sd_journal_seek_tail(sd_journal *journal)
{
	return sd_journal_seek_head(journal);
}

int
sd_journal_previous(sd_journal *journal)
{
	const char *last = NULL;

	while (sd_journal_next(journal) > 0)
		last = input.entry;
	input.entry = last;
	return last ? 1 : 0;
}

void
sd_journal_flush_matches(sd_journal *journal)
{
	(void)journal;
}

int
sd_journal_add_match(sd_journal *journal, const void *data, size_t len)
{
	(void)journal;
	(void)data;
	(void)len;
	return 0;
}

int
sd_journal_add_conjunction(sd_journal *journal)
{
	(void)journal;
	return 0;
}

int
sd_journal_add_disjunction(sd_journal *journal)
{
	(void)journal;
	return 0;
}

int
sd_journal_query_unique(sd_journal *journal, const char *name)
{
	(void)journal;
	(void)name;
	input.unique = input.begin;
	return 0;
}

int
sd_journal_enumerate_available_unique(sd_journal *journal, const void **data, size_t *len)
{
	(void)journal;
	for (const char *at = input.unique; at < input.end; at = input.unique) {
		input.unique = at + strlen(at) + 1;
		if (strncmp(at, "_BOOT_ID=", 9) != 0)
			continue;
		*data = at;
		*len = strlen(at);
		return 1;
	}
	return 0;
}

static void
read_boot(struct journal *journal, const struct journal_boot *boot)
{
	struct journal_line line;
	unsigned int n = 0;

	check_clean(boot->id, sizeof(boot->id));
	if (journal_seek(journal, boot) < 0)
		return;
	while (journal_next(journal, &line) > 0) {
		check_clean(line.text, sizeof(line.text));
		CHECK(++n < LINES_MAX);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct journal_options options = { 0 };
	char *copy = malloc(len + 1);
	struct journal_boot *boots = NULL;
	struct journal *journal;
	size_t n = 0;

	CHECK(copy);
	memcpy(copy, data, len);
	copy[len] = '\0';
	input.begin = input.entry = input.next = input.unique = copy;
	input.end = copy + len;
	CHECK(journal_open(&options, &journal) == 0);
	if (journal_boots(journal, &boots, &n) == 0) {
		for (size_t i = 0; i < n && i < 16; i++)
			read_boot(journal, &boots[i]);
	}
	free(boots);
	journal_close(journal);
	free(copy);
	return 0;
}
