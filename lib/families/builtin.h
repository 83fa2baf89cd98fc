#pragma once
/* The family files shipped with linkstat, built in, in the order of reading. */
#include "lib/base/embedded.h"

extern const struct ls_embedded_file family_files[];
extern const size_t family_n_files;
