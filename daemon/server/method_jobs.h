#pragma once
/* Jobs of "linkstat run". */
#include "daemon/server/context.h"
#include "daemon/store/jobs.h"

/* A Job of the contract, a new reference. */
json_t *method_job_object(const struct context *context, const struct store_job *job);
/* Ends the job of a client that disconnected. */
void method_jobs_peer_gone(const struct context *context, const struct varlink_peer *peer);
