#pragma once
/* All commands in the order of the help. Made at build time from the list in cli/meson.build. */
#include "cli/base/command.h"

extern const struct command *const command_list[]; /* ends with NULL */
