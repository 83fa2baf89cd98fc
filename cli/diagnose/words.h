#pragma once
/* What parts are called. */
#include "cli/diagnose/diagnosis.h"
#include "cli/print/format.h"

/*
 * A part as a key, "cable:white 2 m", and as text, "cable \"white 2 m\"". @with is the other one of
 * a pair, or "". Each fills @text and returns it.
 */
const char *diagnose_key(const struct diagnosis *diagnosis, enum ls_component_kind kind,
			 const char *name, const char *with, char text[DIAGNOSE_WORDS_MAX]);
const char *diagnose_words(const struct diagnosis *diagnosis, enum ls_component_kind kind,
			   const char *name, const char *with, char text[DIAGNOSE_WORDS_MAX]);
/* "port", "computer": the name of the kind. */
const char *diagnose_kind(enum ls_component_kind kind);
/* "12 min", "1 h 12 min", "3 h". Fills @text and returns it. */
const char *diagnose_minutes(char text[FORMAT_MAX], int minutes);
