#pragma once
/* What linkstat import found out, for import_text.c and --json. */
#include "cli/base/cli.h"
#include "cli/offline/journal.h"

/* Of all boots that were asked for. */
struct import_sums {
	int64_t boots;	 /* imported now */
	int64_t known;	 /* imported before */
	int64_t foreign; /* of another computer */
	int64_t damaged; /* unreadable, or to be read only in part */
	int64_t lines, watched, repeated, unplaced, sessions, incidents, drops;
	int64_t since_us, until_us; /* of those imported now */
	size_t n_all;		    /* in the journal, asked for or not */
};

void import_put_text(const struct cli *cli, const struct import_sums *sums,
		     const struct journal_places *places);
/* Nothing can be read at all: says why. Gives the exit code. */
int import_complain(const struct cli *cli, const struct journal_places *places, int error);
