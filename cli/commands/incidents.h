#pragma once
/* Incidents: the list's verdict, and one as a line for `linkstat watch`. */
#include "cli/base/cli.h"

/* CLI_TROUBLE if one of @incidents is a drop. */
int incidents_verdict(const json_t *incidents);
void incidents_put_line(const struct cli *cli, const json_t *incident);
