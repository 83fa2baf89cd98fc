#include "cli/base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

int
library_open(const char *file, const struct library_function *list, size_t n, void *functions,
	     char why[LIBRARY_WHY_MAX])
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

	if (!library) {
		snprintf(why, LIBRARY_WHY_MAX, "%s is not installed, or cannot be loaded", file);
		return -ENOENT;
	}
	for (size_t i = 0; i < n; i++) {
		void *function = dlsym(library, list[i].name);

		if (!function) {
			snprintf(why, LIBRARY_WHY_MAX, "%s is too old: it has no %s", file,
				 list[i].name);
			dlclose(library);
			return -ENOENT;
		}
		memcpy((char *)functions + list[i].offset, &function, sizeof(function));
	}
	return 0;
}
