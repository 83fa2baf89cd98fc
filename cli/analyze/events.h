#pragma once
/* Incidents and ports of files as tables. */
#include "cli/base/cli.h"
#include "cli/print/format.h"
#include "lib/wire/wire.h"

/* Tables of "incidents" of @group, and of "ports"; 0, or < 0 if memory is short. */
int analyze_print_incidents(const struct cli *cli, const json_t *group);
int analyze_print_ports(const struct cli *cli, const json_t *ports);
/*
 * When an incident opened; a time of a file of @group as text: local time, "[5203.044]" where only
 * the boot clock is known, "21:06:28" of a log that has times of day, a dash without any times.
 */
const char *analyze_time_of_day(char text[FORMAT_MAX], int64_t real_us);
int64_t analyze_opened_at(const json_t *incident);
const char *analyze_when(char text[FORMAT_MAX], const struct cli *cli, const json_t *group,
			 int64_t real_us);
