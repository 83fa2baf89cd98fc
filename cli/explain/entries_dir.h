#pragma once
/* User-defined entries of linkstat explain: .ini files, on top of the table that is built in. */
#include "lib/explain/explain.h"

#define ENTRIES_DIR_DEFAULT "/etc/linkstat/explain.d"

/*
 * Every *.ini of @dir, in the order of their names; no such directory is fine. A file that is wrong is
 * reported and left out as a whole. 0 or -ENOMEM.
 */
int entries_dir_read(struct ls_explain *table, const char *dir);
