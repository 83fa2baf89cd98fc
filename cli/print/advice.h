#pragma once
/* What a cause and a side mean for the person at the machine, and what to do next. */

#include "lib/model/causes.h"

/* @cause as on the wire, "link-loss". For one that is not known, the
 * unknown one. Never NULL. */
const struct ls_cause_row *advice_for(const char *cause);
/* The cause in plain words: "link lost"; @cause itself if it is not known. */
const char *advice_words(const char *cause);
/* "the plug, the cable or the port" for "link"; NULL if @side speaks of nothing. */
const char *advice_side(const char *side);
/* A source's name for people: "kernel log" for "kernel-log". */
const char *advice_source(const char *source);
