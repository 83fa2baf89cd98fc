#pragma once
/* How a rule adds its findings. */
#include "cli/check/finding.h"

/* Adds a finding of the current rule and port. The text is one or more clean sentences. */
void check_add(struct check *check, enum check_level level, const char *format, ...)
	LS_PRINTF(3, 4);
/* What to do about the finding that was added last. */
void check_advise(struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* The command for that, on a line of its own: the advice ends without a full stop. */
void check_type(struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* "15 min", "1 h 30 min": without a part that is zero. */
const char *check_span(char text[FORMAT_MAX], double hours);
