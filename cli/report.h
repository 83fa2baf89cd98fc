#pragma once
/* The part of `linkstat report` that can be judged without a terminal. */
#include "lib/wire.h"

/* CLI_TROUBLE if a link dropped in the asked span. */
int report_verdict(const json_t *reply);
