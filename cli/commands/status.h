#pragma once
/* The exit code of linkstat status. */
#include "lib/wire/wire.h"

/* CLI_PROBLEM if a device is disconnected after a drop, or a link dropped in the last 24 hours. */
int status_exit_code(const json_t *reply);
