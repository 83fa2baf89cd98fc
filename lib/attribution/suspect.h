#pragma once
/* What is reported of one suspect: its name, and the drops with it and without it; for attribution
 * and advice. Not for callers of the library. */
#include "lib/attribution/conclusion.h"

/* All of a suspect but its group. 0 or -ENOMEM. */
int suspect_describe(const struct hypotheses *hypotheses, const struct accused *accused,
		     struct ls_suspect *ret);
void suspect_name_part(const struct hypotheses *hypotheses, const struct part *part,
		       char ret[LS_COMPONENT_NAME_MAX]);
/* @with: the other one of a pair, or what an unknown part goes along with; else "". Returns its
 * kind. */
enum ls_component_kind suspect_name(const struct hypotheses *hypotheses,
				    const struct accused *accused, char name[LS_COMPONENT_NAME_MAX],
				    char with[LS_COMPONENT_NAME_MAX]);
uint32_t suspect_clamp(double n);
