#pragma once
/* Logs that Windows wrote: UTF-16 in, UTF-8 out. Anything else passes as it is. */
#include "lib/base/base.h"
#include "lib/base/cursor.h"

#define LS_LOG_UTF16_BATCH 4096

enum ls_log_encoding {
	LS_LOG_ENCODING_UNKNOWN, /* fewer than two bytes were seen */
	LS_LOG_BYTES,
	LS_LOG_UTF16_LE,
	LS_LOG_UTF16_BE,
};

struct ls_log_utf16 {
	enum ls_log_encoding encoding;
	size_t n_held;
	unsigned char held[2]; /* of a unit that was cut, or the first of the file */
	char out[LS_LOG_UTF16_BATCH];
};

/*
 * Consumes some of @bytes; *ret is their text, in @bytes itself or in @utf16. Call it
 * until @bytes is empty.
 */
void ls_log_utf16_take(struct ls_log_utf16 *utf16, struct ls_cursor *bytes, struct ls_cursor *ret);
