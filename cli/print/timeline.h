#pragma once
/* Sessions and drops of each port over time, as SVG as wide as the page. */
#include <stdio.h>

#include "cli/base/cli.h"

struct timeline {
	int64_t from_us, to_us;
	const json_t *ports;	/* of Report: the order of the lanes */
	const json_t *sessions; /* of ListSessions */
	const json_t *drops;	/* incidents */
	const json_t *gaps;
};

void html_timeline(FILE *out, const struct timeline *timeline);
