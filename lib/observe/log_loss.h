#pragma once
/* Lines that say that messages of the kernel are missing at their place. */
#include "lib/base/cursor.h"
#include "lib/model/observation.h"

/*
 * "** 68 printk messages dropped **" of the console, "Missed 12 kernel messages" of journald,
 * "printk: 3 messages suppressed." of old kernels, at the beginning of @text. True: all of @obs but
 * its time is set.
 */
bool ls_log_loss_parse(struct ls_cursor text, struct ls_observation *obs);
