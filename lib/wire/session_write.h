#pragma once
/* Writes a session as a row of CSV (lib/wire/session_table.h). */
#include "lib/attribution/trial.h"

/* Room for a row; longer ones do not exist: names that do not fit a trial are refused. */
#define LS_SESSION_ROW_MAX 16384

/* The first row and the others, with the end of the line. */
extern const char ls_session_header[];
/* Names that are clean (lib/base/text.h) and shorter than LS_COMPONENT_NAME_MAX; 1 or -EINVAL. */
int ls_session_write(const struct ls_trial *trial, char row[LS_SESSION_ROW_MAX]);
