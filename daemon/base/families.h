#pragma once
/*
 * People's own device families: .ini files, on top of the table that is built in. A file that is
 * wrong is left out as a whole, and told; the others are used.
 */
#include "lib/families/families.h"

#define FAMILIES_DIR_DEFAULT "/etc/linkstat/families.d"

/* One sentence, "FILE:LINE: …" or "FILE: …", clean. */
typedef void (*families_dir_complain_fn)(const char *why, void *user);

struct families_dir {
	struct ls_families *families; /* borrowed */
	families_dir_complain_fn complain;
	void *user;
	unsigned int n_read, n_wrong; /* files */
};

/* Adds to the counts. 0 or -ENOMEM. */
int families_dir_read_file(struct families_dir *self, const char *path);
/* Every *.ini of @dir, in the order of their names; no such directory is fine. 0 or -ENOMEM. */
int families_dir_read(struct families_dir *self, const char *dir);
