#pragma once
/* Imports of kernel logs from before linkstatd ran. */
#include "daemon/server/context.h"

/* Undoes what @peer imports and has not ended; NULL: whoever it is. */
void method_import_drop(struct context *context, const struct varlink_peer *peer);
/* An Imported of the contract, a new reference; null if nothing was imported. */
json_t *method_imported(const struct context *context);
