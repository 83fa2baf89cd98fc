#pragma once
/* Is a text a log at all? One that names no USB is still a log, and "nothing happened" is an answer. */
#include "lib/base/base.h"

/* Has one of the first lines the head of a log that is known, with a stamp or the name of its writer?
 * Also true for a journal as JSON or export, and for UTF-16. */
bool ls_log_is_one(const char *bytes, size_t len);
