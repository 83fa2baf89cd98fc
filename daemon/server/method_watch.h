#pragma once
/* What subscribers of Watch get. */
#include "daemon/server/context.h"
#include "lib/model/record.h"

/* Makes @reply what they get of @record. 1, 0: nothing, it is not for them, or -errno. */
int method_watch_reply(const struct context *context, const struct ls_record *record,
		       struct varlink_reply *reply);
