#include "cli/check/packages.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/check/tree.h"

/* Packages of libraries bear their version in their name: "libirecovery-1.0-3". */
static const struct {
	const char *name;
	bool begins;
} wanted[CHECK_PACKAGES] = {
	{ "usbmuxd", false },	  { "idevicerestore", false },	{ "irecovery", false },
	{ "libirecovery", true }, { "libimobiledevice", true },
};

static const char *const not_the_library[] = {
	"-dev", "-utils", "-tools", "-common", "-doc", "-dbg"
};

/* Its index in @wanted, CHECK_PACKAGES for another one. */
static size_t
find_wanted(const char *name, size_t len)
{
	for (size_t i = 0; i < LS_COUNT(not_the_library); i++)
		if (memmem(name, len, not_the_library[i], strlen(not_the_library[i])))
			return CHECK_PACKAGES;
	for (size_t i = 0; i < CHECK_PACKAGES; i++) {
		size_t wanted_len = strlen(wanted[i].name);

		if (len >= wanted_len && memcmp(name, wanted[i].name, wanted_len) == 0 &&
		    (len == wanted_len || wanted[i].begins))
			return i;
	}
	return CHECK_PACKAGES;
}

static void
keep(char version[CHECK_VERSION_MAX], const char *text, size_t len)
{
	if (len >= CHECK_VERSION_MAX)
		len = CHECK_VERSION_MAX - 1;
	memcpy(version, text, len);
	version[len] = '\0';
}

static void
read_stanzas(FILE *list, struct check_packages *ret)
{
	size_t size = 0, package = CHECK_PACKAGES;
	bool absent = false;
	char *line = NULL;
	ssize_t n;

	while ((n = getline(&line, &size, list)) > 0) {
		const char *value;
		size_t len;

		switch (check_parse_package(line, (size_t)n, &value, &len)) {
		case CHECK_PACKAGE_NAME:
			package = find_wanted(value, len);
			absent = false;
			break;
		case CHECK_PACKAGE_ABSENT:
			absent = true;
			break;
		case CHECK_PACKAGE_VERSION:
			if (package < CHECK_PACKAGES && !absent)
				keep(ret->versions[package], value, len);
			break;
		case CHECK_PACKAGE_END:
			package = CHECK_PACKAGES;
			break;
		case CHECK_PACKAGE_OTHER:
			break;
		}
	}
	free(line);
}

/* Directories named "usbmuxd-1.1.1-3": the version is behind the last dash but one. */
static void
read_pacman(DIR *packages, struct check_packages *ret)
{
	const char *name;

	while ((name = check_next(packages))) {
		size_t package, dash = strlen(name);

		for (int i = 0; i < 2; i++)
			while (dash > 0 && name[--dash] != '-')
				;
		package = dash > 0 ? find_wanted(name, dash) : CHECK_PACKAGES;
		if (package < CHECK_PACKAGES)
			keep(ret->versions[package], name + dash + 1, strlen(name + dash + 1));
	}
}

void
check_packages_read(const struct check *check, struct check_packages *ret)
{
	static const char *const lists[] = { "var/lib/dpkg/status", "lib/apk/db/installed" };
	DIR *pacman = check_open_dir(check, "var/lib/pacman/local");

	*ret = (struct check_packages){ 0 };
	for (size_t i = 0; i < LS_COUNT(lists); i++) {
		char path[PATH_MAX];
		FILE *list;

		if (snprintf(path, sizeof(path), "%s/%s", check->root, lists[i]) >= PATH_MAX)
			continue;
		list = fopen(path, "re");
		if (!list)
			continue;
		read_stanzas(list, ret);
		(void)fclose(list);
	}
	if (pacman) {
		read_pacman(pacman, ret);
		closedir(pacman);
	}
}

const char *
check_packages_version(const struct check_packages *packages, const char *name)
{
	for (size_t i = 0; i < CHECK_PACKAGES; i++)
		if (strcmp(wanted[i].name, name) == 0 && packages->versions[i][0])
			return packages->versions[i];
	return NULL;
}
