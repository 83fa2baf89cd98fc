#pragma once
/*
 * Times as users type them, in journalctl's syntax: "-1h", "2 days ago", "today", "yesterday
 * 14:00", "2026-11-22 14:00:11", "14:00", "@1795353600", RFC 3339. Local time unless the text says
 * a zone.
 */
#include "lib/base/base.h"

/* 1, or -EINVAL with *why = what is wrong with @text, a static clause after "because". */
int when_parse(const char *text, int64_t now_us, int64_t *ret, const char **why);

/* A time span alone: "15min", "1 h 30 min", "90s". As above. */
int when_parse_span(const char *text, int64_t *ret_us, const char **why);
