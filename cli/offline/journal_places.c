#include "cli/offline/journal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-id128.h>

#define KEPT	  "/var/log/journal"
#define IN_MEMORY "/run/log/journal"

static bool
is_journal(const char *name)
{
	size_t len = strlen(name);

	return len > 8 && (strcmp(name + len - 8, ".journal") == 0 ||
			   (len > 9 && strcmp(name + len - 9, ".journal~") == 0));
}

/* True if there are, or may be, files of the journal. */
static bool
look_into(const char *path, bool *refused)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool found = false;

	if (!dir) {
		*refused = *refused || errno == EACCES;
		return errno == EACCES;
	}
	while ((entry = readdir(dir))) {
		if (!is_journal(entry->d_name))
			continue;
		found = true;
		/* Those of other users ("user-1000.journal") have no lines of the kernel. */
		if (strncmp(entry->d_name, "user-", 5) != 0 &&
		    faccessat(dirfd(dir), entry->d_name, R_OK, 0) < 0 && errno == EACCES)
			*refused = true;
	}
	closedir(dir);
	return found;
}

static bool
look_at(const char *root, bool *refused)
{
	char path[sizeof(KEPT) + SD_ID128_STRING_MAX + 1], id[SD_ID128_STRING_MAX];
	sd_id128_t machine;

	if (sd_id128_get_machine(&machine) < 0)
		return look_into(root, refused);
	snprintf(path, sizeof(path), "%s/%s", root, sd_id128_to_string(machine, id));
	return look_into(path, refused);
}

void
journal_look(const struct journal_options *options, struct journal_places *ret)
{
	*ret = (struct journal_places){ 0 };
	if (options->file) {
		ret->kept = access(options->file, F_OK) == 0;
		ret->refused = access(options->file, R_OK) < 0 && errno == EACCES;
	} else if (options->directory) {
		ret->kept = look_into(options->directory, &ret->refused);
	} else {
		ret->kept = look_at(KEPT, &ret->refused);
		ret->in_memory = look_at(IN_MEMORY, &ret->refused);
	}
}
