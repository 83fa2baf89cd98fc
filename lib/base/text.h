#pragma once
/*
 * Device strings, kernel log texts and peers' strings are hostile. All of them pass through here:
 * the result is valid UTF-8 on one line, without control, format or bidirectional characters, so
 * that it can go to a terminal, the journal, SQLite and JSON as it is.
 */
#include "lib/base/base.h"

/*
 * Copies @len bytes of @src to @dst (of @size > 8 bytes, always terminated). Bytes that are not
 * valid UTF-8 and characters that do not print become \xHH or \u{HHHH}, a backslash before an x or
 * u becomes \x5c, so that different inputs stay different. What does not fit is cut, and the text
 * ends in "…".
 */
void ls_text_clean(char *dst, size_t size, const char *src, size_t len);

/* Copies a clean text, which is cut at a whole character. */
void ls_text_copy(char *dst, size_t size, const char *src);
/* snprintf into a clean text: the result is cut at a whole character. Arguments must be clean. */
void ls_text_format(char *dst, size_t size, const char *format, ...) LS_PRINTF(3, 4);
/* The same behind the text that is in @dst already. @size is that of all of @dst. */
void ls_text_append(char *dst, size_t size, const char *format, ...) LS_PRINTF(3, 4);
