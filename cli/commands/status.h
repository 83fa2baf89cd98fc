#pragma once
/* The parts of `linkstat status` that can be judged without a terminal. */
#include "lib/wire/wire.h"

/* CLI_PROBLEM if a device is away right now, or a link dropped in the last 24 hours. */
int status_verdict(const json_t *reply);
