#pragma once
/* The entries shipped with linkstat, built in. */
#include "lib/base/embedded.h"

extern const struct ls_embedded_file explain_files[];
extern const size_t explain_n_files;
