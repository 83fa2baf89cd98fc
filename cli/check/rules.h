#pragma once
/* All rules, and in what order their findings matter. */
#include "cli/check/finding.h"

/* All rules over the machine and the ports; the findings are in their final order then. */
void check_look(struct check *check);
/* True if there is nothing to fix. */
bool check_is_fit(const struct check *check);
/* Its id, as findings have it; NULL behind the last one. linkstat explain knows each. */
const char *check_rule_id(size_t i);
