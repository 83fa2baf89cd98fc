#pragma once
/* A diagnosis as sentences, in parts, for a terminal and for a page. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"

/* The verdict in one sentence. */
void diagnose_print_answer(const struct cli *cli, const struct diagnosis *diagnosis);
/* What it rests on, and what else is possible. */
void diagnose_print_evidence(const struct cli *cli, const struct diagnosis *diagnosis);
/* What was looked at, where that is not all. */
void diagnose_print_notes(const struct cli *cli, const struct diagnosis *diagnosis);
