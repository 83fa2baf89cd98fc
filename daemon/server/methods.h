#pragma once
/* All methods of io.linkstat (lib/wire/linkstat.varlink) as a service. */
#include "daemon/server/context.h"

/* Fills a service that answers from @context, which must outlive it. */
void methods_service(struct context *context, struct varlink_service *service);
/* Whether the reply is to be given only when what it says is on the disk. */
bool methods_is_lasting(const char *method);
/* Undoes and ends what @peer leaves unfinished. */
void methods_peer_gone(struct context *context, const struct varlink_peer *peer);
