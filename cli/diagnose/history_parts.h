#pragma once
/*
 * The parts of histories (cli/diagnose/histories.h): numbered, and distinguished by name and place.
 */
#include "cli/base/set.h"
#include "cli/diagnose/history_names.h"
#include "lib/attribution/trials.h"

/* The scope in which a name is unique. */
enum realm {
	REALM_HOST,
	REALM_CONTROLLER,
	REALM_HUB,
	N_REALMS,
};

#define HISTORY_ID_MAX 16

struct history_part {
	enum ls_component_kind kind;
	char name[LS_COMPONENT_NAME_MAX];
	char realm[N_REALMS][LS_COMPONENT_NAME_MAX];
	char shown[LS_COMPONENT_NAME_MAX], too[LS_COMPONENT_NAME_MAX];
	uint32_t number;	 /* from 1; 0 is unknown */
	char id[HISTORY_ID_MAX]; /* the same as text, its name in the trials */
};

/* Zero is an empty one. */
struct history_parts {
	struct set all;
};

void history_parts_done(struct history_parts *parts);

/* Which parts of a trial: an enum ls_component_kind, then its hubs. */
#define HISTORY_SLOTS (LS_N_COMPONENT_KINDS + LS_TRIAL_HUBS_MAX)

/* *ret: what @trial has at @slot, NULL where that has no name. 0, -ENOSPC or -ENOMEM. */
int history_parts_find(struct history_parts *parts, size_t slot, const struct ls_trial *trial,
		       const struct histories_aliases *aliases, const struct history_part **ret);
/* @number from 1 to parts->all.n. */
const struct history_part *history_parts_at(const struct history_parts *parts, uint32_t number);
/* The shortest name that is unique in its kind. */
const char *history_parts_name(const struct history_parts *parts, const struct history_part *part,
			       char text[HISTORIES_NAME_MAX]);
