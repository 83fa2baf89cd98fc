#pragma once
/* Reads a text as a log and writes down what it states. */
#include "lib/logs/text.h"

#define LOG_READING_MAX 4096

struct log_reading {
	char observed[LOG_READING_MAX]; /* "1-1 disconnect, 1-1 connect" */
	struct ls_instant at[64];
	uint32_t boot[64];
	size_t n;
	struct ls_log_text_summary summary;
};

/* @step bytes at a time; 0: all at once. @options may be NULL. */
void log_read(struct log_reading *reading, const struct ls_log_text_options *options,
	      const char *text, size_t len, size_t step);
