#pragma once
/* Labels of cables, as people set them. */
#include "lib/engine/state.h"

void handle_label(struct ls_engine *engine, const struct ls_observation *obs);
