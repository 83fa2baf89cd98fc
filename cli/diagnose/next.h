#pragma once
/* What to do next, as text. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"

/* The remedy and the next swap with its outcomes; nothing where there is neither. */
void diagnose_print_next(const struct cli *cli, const struct diagnosis *diagnosis);
