#pragma once
/*
 * Histories of one or several computers, collected row by row, and the names of the parts in them.
 * Ports of the same name on different computers, controllers or hubs are different parts, and so
 * are parts named by their port ("05e3:0610 at …"); cables, devices, models and hubs of the same
 * name are the same part everywhere. In the trials parts are numbered; histories_name() returns
 * their names.
 */
#include "cli/diagnose/history_names.h"
#include "lib/attribution/trials.h"

struct histories;

int histories_new(struct histories **ret); /* 0 or -ENOMEM */
void histories_free(struct histories *histories);
LS_DEFINE_AUTO(histories)

/* Copies; the names are clean. 0, -EINVAL (hours), -ENOSPC (too many different parts) or -ENOMEM.
 */
int histories_add(struct histories *histories, const struct ls_trial *trial,
		  const struct histories_aliases *aliases);

/* The number of sessions added, and how many of them the last histories_trials() used. */
uint64_t histories_n_rows(const struct histories *histories);
uint64_t histories_n_taken(const struct histories *histories);

/*
 * All as trials, or with @focus, a port or a device: those in which it took part, and those that
 * share a port, hub, cable or device with one of them. 1, 0 if there is no such port or device,
 * or -ENOMEM. Borrowed until the next call.
 */
int histories_trials(struct histories *histories, const char *focus, const struct ls_trials **ret);

/*
 * The name of a part of the trials: the shortest that is unique in its kind. "" for "". Fills @text
 * and returns it.
 */
const char *histories_name(const struct histories *histories, const char *part,
			   char text[HISTORIES_NAME_MAX]);
/* Its name in the trial that was added; NULL for "". Borrowed. */
const char *histories_id(const struct histories *histories, const char *part);
/* LS_N_COMPONENT_KINDS for "". */
enum ls_component_kind histories_kind(const struct histories *histories, const char *part);
/* The parts of a kind, @i from 0; NULL at the end. */
const char *histories_part(const struct histories *histories, enum ls_component_kind kind, size_t i,
			   char text[HISTORIES_NAME_MAX]);
