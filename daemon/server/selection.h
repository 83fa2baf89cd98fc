#pragma once
/* What the parameters since, until, ports, cursor and limit select. */
#include "daemon/server/varlink.h"
#include "daemon/store/filter.h"

struct selection {
	struct store_filter filter;
	const char **ports; /* owned */
};

/* 1: filled, 0: @reply says which parameter is wrong, or -errno. selection_done() always. */
int selection_init(struct selection *selection, const struct varlink_call *call,
		   struct varlink_reply *reply);
void selection_done(struct selection *selection);
