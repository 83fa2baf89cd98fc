#pragma once
/* A line without colours, control characters and marks of web pages. */
#include "lib/logs/line.h"

/*
 * Without colours, control characters, HTML entities, backslashes of markdown; every kind of blank
 * is ' '. @dst has LS_LOG_CLEAN_MAX bytes; what does not fit is left out. Returns the length.
 */
size_t ls_log_clean(char *dst, const char *line, size_t len);
