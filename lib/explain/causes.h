#pragma once
/* The causes of incidents as entries: all that is said of them is in lib/model/causes.def. */
#include "lib/explain/entry.h"

int ls_explain_add_causes(struct ls_explain *table); /* 0 or -ENOMEM */
