#pragma once
/* What a cause and a side mean for the user, and what to do next. */

#include "lib/model/causes.h"

/*
 * @cause as on the wire, "link-loss"; an unknown name gives the advice for the unknown cause. Never
 * NULL.
 */
const struct ls_cause_row *advice_for(const char *cause);
/* The cause in plain words: "link lost"; @cause itself if it is not known. */
const char *advice_words(const char *cause);
/* "the plug, the cable or the port" for "link"; NULL if @side is unknown. */
const char *advice_side(const char *side);
/* A source's name as text: "kernel log" for "kernel-log". */
const char *advice_source(const char *source);
