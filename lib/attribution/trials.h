#pragma once
/*
 * Trials: sessions as evidence about their components. One trial is a stay of one device with one
 * cable on one port: what took part, for how long, and how many drops there were. Callers with
 * histories (the store, a table) add trials; attribution (lib/attribution/blame.h) and advice
 * (lib/attribution/swap.h) read them. Trials of the same components, about the same length and about
 * the same date are summed in cells, so that a million sessions cost what their cells cost.
 *
 * A trial of 0 hours without a drop is no evidence, but makes its components known: labels that
 * were given and never used, for advice to choose from.
 */
#include "lib/attribution/trial.h"

struct ls_trials;

int ls_trials_new(struct ls_trials **ret); /* 0 or -ENOMEM */
void ls_trials_free(struct ls_trials *trials);
LS_DEFINE_AUTO(ls_trials)

/* Copies. 1, -EINVAL (hours not a finite number >= 0, or above a million; too many hubs), -ENOSPC
 * or -ENOMEM. What fails changes nothing that counts. */
int ls_trials_add(struct ls_trials *trials, const struct ls_trial *trial);

uint64_t ls_trials_n_sessions(const struct ls_trials *trials);

/*
 * Of @all those in which a part of @names took part, and those that share a port, hub, cable or
 * device with one of them. @names are of ports and devices. 0 or -ENOMEM.
 */
int ls_trials_linked(const struct ls_trials *all, const char *const *names, size_t n_names,
		     struct ls_trials **ret);

/* Sessions of the same number are about equally long, within half an octave. */
int ls_trial_length(double hours);

/* "host", "controller", "hub", "port", "cable", "device", "model". Never NULL. */
const char *ls_component_kind_name(enum ls_component_kind kind);
