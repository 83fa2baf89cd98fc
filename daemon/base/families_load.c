#include <errno.h>
#include <stdio.h>

#include <systemd/sd-daemon.h>

#include "daemon/base/families.h"
#include "daemon/base/families_load.h"

static void
on_wrong_file(const char *why, void *user)
{
	(void)user;
	fprintf(stderr, SD_WARNING "linkstatd: %s; this file is not used\n", why);
}

int
families_load(const char *path, struct ls_families **ret)
{
	struct families_dir dir = { .complain = on_wrong_file };
	ls_auto(ls_families) *families = NULL;
	int r = ls_families_new(&families);

	dir.families = families;
	if (r == 0)
		r = families_dir_read(&dir, path);
	if (r < 0) {
		fprintf(stderr, SD_ERR "linkstatd: no memory for the device families\n");
		return r;
	}
	*ret = LS_STEAL(&families);
	return 0;
}

static void
on_checked_file(const char *why, void *user)
{
	(void)user;
	fprintf(stderr, "%s\n", why);
}

int
families_check(const struct options *options)
{
	struct families_dir dir = { .complain = on_checked_file };
	ls_auto(ls_families) *families = NULL;
	int r = ls_families_new(&families);

	dir.families = families;
	for (unsigned int i = 0; r == 0 && i < options->n_check; i++)
		r = families_dir_read_file(&dir, options->check[i]);
	if (r == 0 && options->n_check == 0)
		r = families_dir_read(&dir, options->families_dir);
	if (r < 0) {
		fprintf(stderr, "linkstatd: no memory for the device families\n");
		return 1;
	}
	printf("%u family file%s fine, %u wrong\n", dir.n_read, dir.n_read == 1 ? "" : "s",
	       dir.n_wrong);
	return dir.n_wrong > 0;
}
