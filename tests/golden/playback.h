#pragma once
/* Plays a recording of observations (linkstatd --record) to an engine. Its clock is the only clock. */
#include "lib/engine/engine.h"

/*
 * Plays the recording at @path with the shipped families, and gives what is open at its end the time
 * to come to its verdict. @blind is reported as unavailable from the start; LS_SOURCE_NONE: none.
 * 0, or -EINVAL with the reason on stderr.
 */
int playback(const char *path, enum ls_source blind, ls_record_fn emit, void *user);
