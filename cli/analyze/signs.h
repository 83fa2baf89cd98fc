#pragma once
/* What a log says of ports besides incidents: power refused, a slower link, a hub in trouble. */
#include "cli/print/render.h"
#include "lib/wire/wire.h"

/* One line for each sign of each of @ports; with @style NULL they are only counted. */
unsigned int analyze_put_signs(const struct output_style *style, const json_t *ports);
