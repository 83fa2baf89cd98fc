#include "daemon/server/methods.h"

#include <string.h>

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

/* Those that only read the history; some read much of it. */
static const char *const reading[] = {
	"GetIncident", "GetJob",     "GetTransfers", "ListDrops", "ListEvents",	 "ListIncidents",
	"ListJobs",    "ListLabels", "ListSessions", "Report",	  "SumSessions", NULL,
};
/* Those that change it. */
static const char *const lasting[] = {
	"BeginJob", "EndJob", "ImportJob", "ImportKernelLog", "SetCable", "SetSocketName", NULL,
};

static bool
is_one_of(const char *method, const char *const *names)
{
	size_t len = strlen(io_linkstat.contract->name);

	if (strncmp(method, io_linkstat.contract->name, len) != 0 || method[len] != '.')
		return false;
	for (; *names; names++) {
		if (strcmp(method + len + 1, *names) == 0)
			return true;
	}
	return false;
}

bool
methods_is_lasting(const char *method)
{
	return is_one_of(method, lasting);
}

static bool
is_aside(const char *method)
{
	return is_one_of(method, reading) || is_one_of(method, lasting);
}

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
		.is_aside = is_aside,
		.user = context,
	};
}

void
methods_peer_gone(struct context *context, const struct varlink_peer *peer)
{
	method_import_drop(context, peer);
	method_jobs_peer_gone(context, peer);
}
