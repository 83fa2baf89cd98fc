#pragma once
/* Plays a recording of observations (linkstatd --record) to an engine. Its clock is the only clock. */
#include "lib/engine/engine.h"

/*
 * Plays the recording at @path with the shipped families, and gives what is open at its end the time
 * to come to its verdict. What is in @blind is reported as unavailable from the start.
 * 0, or -EINVAL with the reason on stderr.
 */
int playback(const char *path, ls_source_set blind, ls_record_fn emit, void *user);

/*
 * The same with all sources, each of which is late with what it reports by up to @late_us, now more
 * and now less, by chance: @seed. A source keeps its own order, and the times stay what they are.
 */
int playback_late(const char *path, uint64_t late_us, uint64_t seed, ls_record_fn emit, void *user);
