#pragma once
/* Files of the source tree that are built in (embed.sh). */
#include "lib/base/base.h"

struct ls_embedded_file {
	const char *name, *text; /* the text ends with NUL, too */
	size_t len;
};
