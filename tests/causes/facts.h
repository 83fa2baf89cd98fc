#pragma once
/* Facts by name, for people who read what a test prints. */
#include "lib/base/base.h"

#define FACTS_TEXT_MAX 600

/* "GONE BACK_SAME". */
void facts_text(uint64_t facts, char text[FACTS_TEXT_MAX]);
