#pragma once
/* The kernel's messages as words of the entries about their kinds: "kernel emi", and "kernel
 * enum-failed descriptor" where a kind has steps. */
#include "lib/explain/entry.h"

int ls_explain_add_kernel_messages(struct ls_explain *table); /* 0 or -ENOMEM */
