#pragma once
/* The functions that answer the methods of io.linkstat: method_list_events() for "ListEvents". */
#include "daemon/server/varlink.h"

#define METHOD(name)                                                                               \
	int method_##name(struct varlink_call *call, struct varlink_reply *reply, void *user);
#include "daemon/server/methods.inc"
#undef METHOD
