#pragma once
/* The family files shipped with linkstat, built in (embed.sh), in the order of reading. */
#include "lib/base/base.h"

struct family_file {
	const char *name, *text;
	size_t len;
};
extern const struct family_file family_files[];
extern const size_t family_n_files;
