#pragma once
/* How many sessions each way to swap needs, after a first drop. Returns those of the advice against
 * those of "cable, port, device in turn". */
#include "lib/base/base.h"

double advice_print(unsigned long first, unsigned long n, bool uneven);
