#pragma once
/*
 * User-defined device families: .ini files, on top of the table that is built in. A file that is
 * wrong is left out as a whole, and reported; the others are used.
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

/*
 * The table as linkstatd uses it: what is built in, and the files of @dir. What is wrong is logged
 * once per file. 0 or -ENOMEM, which is logged, too.
 */
int families_load(const char *dir, struct ls_families **ret);

/*
 * linkstatd --check-families: prints to stderr what is wrong in @files, or without any in those of
 * @dir. The exit code: 1 if anything is.
 */
int families_check(const char *dir, char *const *files, unsigned int n_files);
