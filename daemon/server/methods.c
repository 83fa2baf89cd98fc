#include "daemon/server/methods.h"

#include "daemon/server/handlers.h"
#include "daemon/server/limits.h"
#include "daemon/server/method_import.h"
#include "daemon/server/method_jobs.h"

static const varlink_method_fn handlers[] = {
#define METHOD(name) method_##name,
#include "daemon/server/methods.inc"
#undef METHOD
};

static const struct varlink_interface io_linkstat = {
	.contract = &ls_contract_io_linkstat,
	.handlers = handlers,
};

void
methods_service(struct context *context, struct varlink_service *service)
{
	*service = (struct varlink_service){
		.vendor = "linkstat",
		.product = "linkstatd",
		.version = LINKSTAT_VERSION,
		.url = "",
		.interface = &io_linkstat,
		.max_message = SERVER_MAX_MESSAGE,
		.user = context,
	};
}

void
methods_peer_gone(struct context *context, const struct varlink_peer *peer)
{
	method_import_drop(context, peer);
	method_jobs_peer_gone(context, peer);
}
