#pragma once
/* Sessions summed by one kind of part: linkstat report --by. */
#include "cli/base/cli.h"
#include "cli/base/set.h"
#include "lib/attribution/rate.h"
#include "lib/attribution/trials.h"

struct report_group {
	char key[LS_COMPONENT_NAME_MAX];   /* its unique key; "" for sessions without such a part */
	char shown[LS_COMPONENT_NAME_MAX]; /* its name as shown */
	double hours;
	int64_t sessions, drops;
	struct ls_history history;
	double worst; /* drops an hour at least; set when all were added */
};

/* Zero is an empty one. */
struct report_groups {
	enum ls_component_kind kind;
	struct set all; /* of struct report_group */
};

/* 1: *ret is set; 0: there is no such kind, "port" among them. */
int report_groups_kind(const char *by, enum ls_component_kind *ret);
/*
 * Queries linkstatd. Call report_groups_done() in any case. An enum cli_exit; errors are reported.
 */
int report_groups_ask(const struct cli *cli, enum ls_component_kind kind,
		      struct report_groups *ret);
void report_groups_done(struct report_groups *groups);
/* The whole command. */
int report_groups_run(const struct cli *cli, enum ls_component_kind kind, double asked_hours);
