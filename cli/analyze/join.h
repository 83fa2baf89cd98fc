#pragma once
/*
 * A capture and a log of one machine and one time: two streams of observations, told to one engine
 * in the order of their dates. Each is read in small steps, so that memory stays bounded.
 */
#include "cli/offline/capture.h"
#include "lib/wire/wire.h"

/*
 * 1: *ret is a group, *ret_worst what it came to; 0: they are not joined. If they are a capture and a
 * log, @why says it in a sentence.
 */
int analyze_join(char *const paths[2], json_t **ret, int *ret_worst, char why[CAPTURE_WHY_MAX]);
