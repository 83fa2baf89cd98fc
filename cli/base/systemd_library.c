#include "cli/base/systemd_library.h"

#define FILE_NAME "libsystemd.so.0"

const struct systemd_library *
systemd(void)
{
#define SYSTEMD_ROW(name) { #name, offsetof(struct systemd_library, name) },
	static const struct library_function list[] = { SYSTEMD_FUNCTIONS(SYSTEMD_ROW) };
#undef SYSTEMD_ROW
	static struct systemd_library library;
	static bool is_open;
	char why[LIBRARY_WHY_MAX];

	if (!is_open)
		is_open = library_open(FILE_NAME, list, LS_COUNT(list), &library, why) == 0;
	return is_open ? &library : NULL;
}
