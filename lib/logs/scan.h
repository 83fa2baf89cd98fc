#pragma once
/* The only code that reads every byte of a log: finds lines that may be about USB. */
#include <stddef.h>

/*
 * Index of the first place in @text with a keyword, or @len. Words of drivers
 * and messages about USB, sleep and boots.
 */
size_t ls_log_scan(const char *text, size_t len);
