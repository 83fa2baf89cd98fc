#include "cli/diagnose/stays.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/hash.h"

/* Fewer say nothing about how short a session usually is. */
#define OTHERS_MIN 10

static size_t
n_kept(const struct stays *stays)
{
	return stays->n < STAYS_MAX ? stays->n : STAYS_MAX;
}

static uint64_t
number_of(const char *name)
{
	return name && *name ? ls_hash_text(name) : 0;
}

void
stays_add(struct stays *stays, const struct ls_trial *trial)
{
	struct stay *stay = &stays->all[stays->n++ % STAYS_MAX];

	*stay = (struct stay){
		.port = number_of(trial->names[LS_COMPONENT_PORT]),
		.device = number_of(trial->names[LS_COMPONENT_DEVICE]),
		.start_us = trial->start_us,
		.seconds = trial->hours * 3600,
		.drops = trial->drops,
	};
	memcpy(stay->conditions, trial->conditions, sizeof(stay->conditions));
}

static bool
is_of(const struct stay *stay, uint64_t port, uint64_t device)
{
	return (!port || stay->port == port) && (!device || stay->device == device);
}

static int
compare_drops(const void *a, const void *b)
{
	const struct ls_pattern_drop *x = a, *y = b;

	return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

size_t
stays_drops(const struct stays *stays, uint64_t port, uint64_t device, struct ls_pattern_drop *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < n_kept(stays); i++) {
		const struct stay *stay = &stays->all[i];

		if (stay->drops != 1 || !is_of(stay, port, device))
			continue;
		ret[n++] = (struct ls_pattern_drop){
			.at_us = stay->start_us ? stay->start_us +
							  (int64_t)(stay->seconds * (double)LS_SEC)
						: 0,
			.port = stay->port,
			.session_s = stay->seconds,
			.phase_point = LS_PATTERN_UNKNOWN,
		};
	}
	qsort(ret, n, sizeof(*ret), compare_drops);
	return n;
}

void
stays_match(const struct stays *stays, struct ls_pattern_drop *drops, size_t n_drops)
{
	for (size_t i = 0; i < n_kept(stays); i++) {
		const struct stay *stay = &stays->all[i];
		int64_t end_us = stay->start_us + (int64_t)(stay->seconds * (double)LS_SEC);

		for (size_t k = 0; k < n_drops && stay->drops == 1; k++) {
			if (drops[k].port == stay->port && drops[k].at_us >= stay->start_us &&
			    drops[k].at_us <= end_us + (int64_t)LS_SEC)
				drops[k].session_s =
					(double)(drops[k].at_us - stay->start_us) / (double)LS_SEC;
		}
	}
}

double
stays_short(const struct stays *stays, uint64_t port, uint64_t device)
{
	size_t n = 0, n_short = 0;

	for (size_t i = 0; i < n_kept(stays); i++) {
		const struct stay *stay = &stays->all[i];

		if ((port || device) && is_of(stay, port, device))
			continue;
		n++;
		n_short += stay->seconds < LS_PATTERN_SHORT_S;
	}
	return n < OTHERS_MIN || !(port || device) ? LS_PATTERN_UNKNOWN
						   : (double)n_short / (double)n;
}

struct ls_pattern_share
stays_in(const struct stays *stays, uint64_t port, uint64_t device, enum ls_condition condition)
{
	struct ls_pattern_share share = { 0 };
	double hours = 0, seconds = 0;

	for (size_t i = 0; i < n_kept(stays); i++) {
		const struct stay *stay = &stays->all[i];
		const struct ls_condition_share *held = &stay->conditions[condition];

		if (!held->known || !is_of(stay, port, device))
			continue;
		share.n += held->drops;
		share.of += stay->drops;
		hours += held->hours;
		seconds += stay->seconds;
	}
	share.usual = seconds > 0 ? hours * 3600 / seconds : LS_PATTERN_UNKNOWN;
	return share;
}
