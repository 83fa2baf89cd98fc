#include "cli/offline/archive_library.h"

#define FILE_NAME "libarchive.so.13"

const struct archive_library *
archive_library(char why[LIBRARY_WHY_MAX])
{
#define ARCHIVE_ROW(name) { #name, offsetof(struct archive_library, name) },
	static const struct library_function list[] = { ARCHIVE_FUNCTIONS(ARCHIVE_ROW) };
#undef ARCHIVE_ROW
	static struct archive_library library;
	static bool is_open;

	if (!is_open)
		is_open = library_open(FILE_NAME, list, LS_COUNT(list), &library, why) == 0;
	return is_open ? &library : NULL;
}
