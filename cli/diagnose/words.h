#pragma once
/* What parts are called. */
#include "cli/diagnose/diagnosis.h"

/* A part for programs, "cable:white 2 m", and for people, "cable \"white 2 m\"". @with is the other
 * one of a pair, or "". Each fills @text and gives it back. */
const char *diagnose_key(const struct diagnosis *diagnosis, enum ls_component_kind kind,
			 const char *name, const char *with, char text[DIAGNOSE_WORDS_MAX]);
const char *diagnose_words(const struct diagnosis *diagnosis, enum ls_component_kind kind,
			   const char *name, const char *with, char text[DIAGNOSE_WORDS_MAX]);
/* "socket", "computer": what people call it. */
const char *diagnose_kind(enum ls_component_kind kind);
