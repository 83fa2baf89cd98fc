#pragma once
/* Events and incidents as one line each, and the exit code that a list of incidents gives. */
#include "cli/base/cli.h"

/* CLI_PROBLEM if one of @incidents is a drop. */
int lines_exit_code(const json_t *incidents);
void lines_put_incident(const struct output_style *style, const json_t *incident);
void lines_put_event(const struct output_style *style, const json_t *event);
