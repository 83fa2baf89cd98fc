#include "lib/base/names.h"

#include <errno.h>
#include <string.h>

const char *
ls_name_of(const char *const names[], size_t n, unsigned int value)
{
	return names[value < n ? value : 0];
}

int
ls_name_find(const char *const names[], size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return (int)i;
	}
	return -EINVAL;
}
