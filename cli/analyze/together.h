#pragma once
/*
 * The log of a restore beside a kernel log of the same attempt: one clock for both. Programs log local
 * times, without a date or without a zone, and a kernel its boot clock; devices that connect and
 * disconnect stand in both, and the difference at which most of them agree is that of the clocks.
 */
#include "cli/base/cli.h"
#include "lib/wire/wire.h"

/*
 * @sum: all files, as "restores" and "incidents". A restore that belongs to them gets
 * clock_offset_seconds (to be added to its times), and "incidents", their numbers; others null and [].
 * 0 or -ENOMEM.
 */
int together_find(json_t *sum);
/* What was found, as text. */
void together_print(const struct cli *cli, const json_t *sum);
