#pragma once
/* What a capture says, as the JSON that linkstat analyze prints, and as text made of that. */
#include "cli/capture.h"
#include "cli/cli.h"
#include "cli/format.h"

/* One of "captures". @why: NULL, or why it was not read, or not to its end; clean, as @file. A new
 * reference, NULL if memory is short. */
json_t *analyze_capture(const char *file, const struct capture *capture, struct ls_traffic *traffic,
			const char *why);

/* A file that is no capture: the same members, with nothing in them. */
json_t *analyze_nothing(const char *file, const char *why);

/* @capture is one from above. An enum cli_exit: whether it could be printed. */
int analyze_print(const struct cli *cli, const json_t *capture);
/* Parts of that. "1 IN" for an endpoint; the tables of "devices", 0 or -ENOMEM. */
const char *analyze_endpoint_name(char text[FORMAT_MAX], const json_t *endpoint);
int analyze_print_tables(const struct look *look, const json_t *devices);
