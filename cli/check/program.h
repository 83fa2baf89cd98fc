#pragma once
/* What a program says of itself. */
#include "lib/base/base.h"

/*
 * Runs @path with the one argument @argument, without input, and reads the beginning of what it
 * writes, to both outputs. However it behaves, it is gone when this returns, with all that it
 * started in its process group. The length of the text, with a NUL behind, or -errno: -ETIMEDOUT.
 */
int program_output(const char *path, const char *argument, int timeout_ms, char *ret, size_t size);
