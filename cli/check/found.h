#pragma once
/* How a rule says what it found. */
#include "cli/check/finding.h"

/* Adds a finding of the rule and port whose turn it is. The text is one clean sentence, or some. */
void check_say(struct check *check, enum check_level level, const char *format, ...)
	LS_PRINTF(3, 4);
/* What to do about the finding that was added last. */
void check_advise(struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* What to type for that, on a line of its own: the advice ends without a stop. */
void check_type(struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* "15 min", "1 h 30 min": without seconds that are none. */
const char *check_span(char text[FORMAT_MAX], double hours);
