#pragma once
/*
 * What linkstatd's replies look like (lib/wire/linkstat.varlink), so that one check at the door makes
 * every later look at a member safe. Members that are not known are allowed: a newer linkstatd may
 * say more.
 */
#include "lib/base/base.h"
#include "lib/wire/wire.h"

struct shape;

extern const struct shape shape_status, shape_report, shape_events, shape_incidents,
	shape_incident_reply, shape_sessions, shape_sums, shape_watch, shape_top, shape_said,
	shape_labels, shape_job_id, shape_job, shape_jobs, shape_import;

#define SHAPE_WHY_MAX 120

/* 1, or -EBADMSG with what is wrong in @why. */
int shape_check(const struct shape *shape, const json_t *value, char why[SHAPE_WHY_MAX]);
