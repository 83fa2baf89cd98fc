#pragma once
/* linkstat report --html: one page that needs nothing else. */
#include "cli/base/cli.h"
#include "cli/report/data.h"

/* All of it; an enum cli_exit. */
int report_html(const struct cli *cli, const struct report_options *options);
