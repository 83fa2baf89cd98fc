#pragma once
/* Events as lines, for `linkstat log` and `linkstat watch`. */
#include "cli/base/cli.h"

void log_put_event(const struct cli *cli, const json_t *event);
