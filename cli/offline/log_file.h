#pragma once
/* A file that may be a log: is it a text, and what its times are to be taken for. */
#include "lib/logs/text.h"

/* A text may hold some bytes of anything, but not many. */
bool log_file_is_binary(const char *bytes, size_t len);
/* Local times without a zone or a year are those of this computer when the file was written. */
void log_file_options(int fd, struct ls_log_text_options *ret);
