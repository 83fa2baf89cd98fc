#pragma once
/*
 * A capture and a log of one machine and one time: two streams of observations, merged by date into
 * one engine. Each is read in small steps, so that memory stays bounded.
 */
#include "cli/offline/capture.h"
#include "lib/wire/wire.h"

/*
 * 1: *ret is a group and *ret_worst its exit code; 0: they are not joined, and for a capture and a
 * log @why gives the reason.
 */
int analyze_join(char *const paths[2], json_t **ret, int *ret_worst, char why[CAPTURE_WHY_MAX]);
