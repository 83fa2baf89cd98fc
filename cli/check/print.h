#pragma once
/* What linkstat check prints: enum cli_exit. */
#include "cli/check/finding.h"

int check_print(const struct check *check);
int check_print_json(const struct check *check);
