#pragma once
/* The only thing that sees every byte of a log: where could a line be about USB? */
#include <stddef.h>

/*
 * Index of the first place in @text that makes its line worth reading, or @len. Words of drivers
 * and messages about USB, sleep and boots.
 */
size_t ls_log_scan(const char *text, size_t len);
