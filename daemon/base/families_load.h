#pragma once
/* The table of device families as linkstatd uses it, and linkstatd --check-families. */
#include "daemon/options.h"
#include "lib/families/families.h"

/* What is built in and the files of @dir; what is wrong is said to the journal once. 0 or -ENOMEM,
 * which is said, too. */
int families_load(const char *dir, struct ls_families **ret);

/* Says on stderr what is wrong in the files that @options name. The exit code: 1 if anything is. */
int families_check(const struct options *options);
