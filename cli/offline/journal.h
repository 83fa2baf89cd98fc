#pragma once
/*
 * The kernel lines of the systemd journal, boot by boot. Other programs write to the journal, and
 * root writes to the kernel log: only lines of the kernel itself are returned. The only file that
 * reads the journal.
 */
#include "lib/base/base.h"

struct journal;

#define JOURNAL_BOOT_ID_MAX 37 /* as in /proc/sys/kernel/random/boot_id, and its NUL */
#define JOURNAL_TEXT_MAX    1024

/* Where it is read; both NULL: that of this computer. */
struct journal_options {
	const char *directory, *file;
};

struct journal_boot {
	char id[JOURNAL_BOOT_ID_MAX];
	struct ls_instant first, last; /* entries of any kind, when the journal got them */
	bool foreign;		       /* of another computer */
	bool damaged;		       /* it cannot be read; times may be 0 */
};

struct journal_line {
	struct ls_instant at; /* when the kernel wrote it */
	char text[JOURNAL_TEXT_MAX];
};

/* Which journal files this computer has. */
struct journal_places {
	bool kept; /* on disk */
	bool in_memory;
	bool refused; /* no permission to read some files */
};

/* 0 or -errno. */
int journal_open(const struct journal_options *options, struct journal **ret);
void journal_close(struct journal *journal);
/* Alias for ls_auto. */
#define journal_free journal_close
LS_DEFINE_AUTO(journal)

void journal_look(const struct journal_options *options, struct journal_places *ret);

/* All boots, the oldest first; *ret is to be freed. 0 or -errno. */
int journal_boots(struct journal *journal, struct journal_boot **ret, size_t *n);
/* Goes before the first line of a boot. 0 or -errno. */
int journal_seek(struct journal *journal, const struct journal_boot *boot);
/*
 * The next line of the kernel, as /dev/kmsg has it; or what the journal says where it missed lines
 * ("Missed 17 kernel messages"). 1, 0 at the end, or -errno.
 */
int journal_next(struct journal *journal, struct journal_line *ret);
