#pragma once
/*
 * A trial: a session as evidence about its components. What took part, for how long, and how many
 * drops there were; shapes only.
 */
#include "lib/base/base.h"

enum ls_component_kind {
	LS_COMPONENT_HOST,
	LS_COMPONENT_CONTROLLER,
	LS_COMPONENT_HUB,
	LS_COMPONENT_PORT,
	LS_COMPONENT_CABLE,
	LS_COMPONENT_DEVICE,
	LS_COMPONENT_MODEL, /* all devices of one model: their design or firmware */
	LS_N_COMPONENT_KINDS,
};

#define LS_TRIAL_HUBS_MAX     6	      /* USB has at most 5 hubs between a root port and a device */
#define LS_COMPONENT_NAME_MAX 200     /* clean text, ls_text_clean(); with its 0; longer is cut */
#define LS_MAX_COMPONENTS     4096    /* distinct ones; more is -ENOSPC */
#define LS_MAX_COMBINATIONS   1048576 /* of components that took part together; more is -ENOSPC */

/* As the name of a cable: the device has one of its own, which cannot be exchanged. */
#define LS_CABLE_BUILT_IN "none"

/* What went on in a part of the time, where that is known. */
enum ls_condition {
	LS_CONDITION_LOAD,	/* data flowed to or from the device (lib/observe/flow.h) */
	LS_CONDITION_NEIGHBOUR, /* … another device of the same bus */
	LS_N_CONDITIONS,
};

/* NULL or "" is unknown: a fresh unknown, never the same thing as another unknown one. But no hubs
 * at all (@n_hubs 0) is a root port. Controllers are different ones on different hosts, ports on
 * different controllers or hubs: @port and @controller name them in full or are made distinct by
 * the caller. Hubs are named likewise; an unknown one is left out. */
struct ls_trial {
	int64_t start_us;			 /* CLOCK_REALTIME; 0 unknown */
	const char *names[LS_N_COMPONENT_KINDS]; /* all kinds but HUB */
	const char *hubs[LS_TRIAL_HUBS_MAX];	 /* from the root outward */
	size_t n_hubs;
	double hours;	/* connected, without gaps; >= 0 */
	uint32_t drops; /* those within one minute of each other count once: up to the caller */
	/* Of these, drops whose own cause already names a side (lib/model/record.h): they count
	 * through it (lib/attribution/blame.h says how). @drops counts them too. */
	uint32_t drops_by_power, drops_by_host, drops_by_hub, drops_by_device;
	/* Of @hours and @drops those in which each condition held. */
	struct ls_condition_share {
		bool known;
		double hours;
		uint32_t drops;
	} conditions[LS_N_CONDITIONS];
	/* 0: this is one session. Else so many that are alike: began at about @start_us, ran for
	 * about the same time, and dropped equally often. @hours and @drops are their sums. */
	uint32_t n_sessions;
};
