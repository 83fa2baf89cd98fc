#pragma once
/* What linkstat diagnose knows when it has decided, and how that is printed. */
#include "cli/base/cli.h"
#include "cli/diagnose/histories.h"
#include "lib/attribution/pattern.h"
#include "lib/attribution/swap.h"

#define DIAGNOSE_WORDS_MAX (2 * HISTORIES_NAME_MAX + 64)

struct diagnosis {
	const struct histories *histories;
	const char *focus; /* a clean port or device, or NULL */
	const struct ls_blame *blame;
	const struct ls_swap *swap;
	uint64_t n_left_out; /* sessions without hours or drops */
	uint64_t n_sessions; /* that were looked at */
	uint64_t n_known;    /* that there are */
	size_t n_patterns;
	struct ls_pattern patterns[LS_N_PATTERNS];
};

/* Sessions from the files of the command line, or from linkstatd: an enum cli_exit, said why. */
int diagnose_read_files(const struct cli *cli, struct histories *histories, uint64_t *ret_left_out);
int diagnose_ask(const struct cli *cli, struct histories *histories, uint64_t *ret_left_out);

/* What the drops of the suspect have in common, of those that linkstatd knows: it says when they
 * were, so of lib/attribution/pattern.h only even intervals can be seen. An enum cli_exit, said why. */
int diagnose_find_patterns(const struct cli *cli, struct diagnosis *diagnosis);

/* A part for programs, "cable:white 2 m", and for people, "cable \"white 2 m\"". @with is the other
 * one of a pair, or "". Each fills @text and gives it back. */
const char *diagnose_key(const struct diagnosis *diagnosis, enum ls_component_kind kind,
			 const char *name, const char *with, char text[DIAGNOSE_WORDS_MAX]);
const char *diagnose_words(const struct diagnosis *diagnosis, enum ls_component_kind kind,
			   const char *name, const char *with, char text[DIAGNOSE_WORDS_MAX]);
/* "socket", "computer": what people call it. */
const char *diagnose_kind(enum ls_component_kind kind);

void diagnose_print_text(const struct cli *cli, const struct diagnosis *diagnosis);
void diagnose_print_next(const struct cli *cli, const struct diagnosis *diagnosis);
/* An enum cli_exit: whether it could be printed. */
int diagnose_print_json(const struct cli *cli, const struct diagnosis *diagnosis);

/* Concludes as `linkstat diagnose` does with this command line, and gives the diagnosis to @show for
 * the time of the call. What @show gave, or another enum cli_exit, said why. */
typedef int (*diagnose_fn)(const struct cli *cli, const struct diagnosis *diagnosis, void *user);
int diagnose_with(const struct cli *cli, diagnose_fn show, void *user);
