#pragma once
/*
 * The past of one boot out of its kernel log: an engine of its own, apart from the live one, and
 * with no other source than that log. What it concludes goes into the history of that boot; what
 * linkstatd watched itself is left out. A boot is imported to its end or not at all.
 */
#include "lib/base/base.h"
#include "lib/engine/engine.h"

struct import;

/* As in /proc/sys/kernel/random/boot_id. */
#define IMPORT_BOOT_ID_LEN 36

struct import_options {
	struct store *store;
	struct ls_engine *live; /* numbers, times and families are its; must outlive the import */
	const char *boot_id;
	int64_t now_us; /* real; lines of the future are left out */
	bool dry_run;	/* all but the writing */
};

/* Of the boot so far. */
struct import_counts {
	int64_t lines;	  /* about USB links, and taken */
	int64_t watched;  /* of times in which linkstatd watched itself */
	int64_t repeated; /* a log that was read twice: they were taken already */
	int64_t unplaced; /* of buses whose controller the log does not name, or of the future */
	int64_t sessions, incidents, drops;
};

/* 1; 0: that boot was imported already; -EINVAL: @boot_id is none; or -errno. */
int import_new(const struct import_options *options, struct import **ret);
/* Undoes what was not ended. */
void import_free(struct import *import);
LS_DEFINE_AUTO(import)

const char *import_boot_id(const struct import *import);
const struct import_counts *import_counts(const struct import *import);

/*
 * Lines in the order of the log, in batches: begin, lines, then commit. 0 or -errno: then the import
 * is lost, and is to be freed. @text as in /dev/kmsg; any line may be given.
 */
int import_begin(struct import *import, struct ls_instant first);
void import_line(struct import *import, struct ls_instant at, const char *text, size_t len);
int import_commit(struct import *import);
/* The machine was seen for the last time at @ended: what was there then was there until then. */
int import_end(struct import *import, struct ls_instant ended);
