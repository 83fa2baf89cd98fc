#include "room.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HUBS_ON_PATH 2
#define SEEDS_APART  16 /* more than there are families, so that none shares its rooms */

static const double shares[N_TRUTHS] = { 0.25, 0.45, 0.12, 0.10, 0.08 };

double
truth_share(enum truth truth)
{
	return shares[truth];
}

enum truth
truth_draw(struct rng *rng)
{
	double roll = rng_uniform(rng);
	unsigned int truth = 0;

	while (truth + 1 < N_TRUTHS && roll >= shares[truth])
		roll -= shares[truth++];
	return truth;
}

static int
add_part(struct room *room, enum ls_component_kind kind, int above)
{
	int part = (int)room->n_parts++;

	if (room->n[kind]++ == 0)
		room->first[kind] = (size_t)part;
	room->kind[part] = kind;
	room->above[part] = above;
	return part;
}

static int
any(struct room *room, enum ls_component_kind kind)
{
	return (int)(room->first[kind] + rng_below(&room->rng, (unsigned int)room->n[kind]));
}

static void
furnish(struct room *room)
{
	struct rng *rng = &room->rng;
	unsigned int n_hosts = 1 + rng_below(rng, 3), n_hubs = rng_below(rng, 5);
	unsigned int n_ports = 3 + rng_below(rng, 8);

	for (unsigned int i = 0; i < n_hosts; i++)
		add_part(room, LS_COMPONENT_HOST, NO_PART);
	for (unsigned int i = 0; i < n_hosts; i++) {
		for (unsigned int more = 1 + rng_below(rng, 2); more > 0; more--)
			add_part(room, LS_COMPONENT_CONTROLLER, (int)i);
	}
	for (unsigned int i = 0; i < n_hubs; i++) {
		bool nested = i > 0 && rng_chance(rng, 0.3);
		int above = nested ? (int)room->first[LS_COMPONENT_HUB]
				   : any(room, LS_COMPONENT_CONTROLLER);

		add_part(room, LS_COMPONENT_HUB, above);
	}
	for (unsigned int i = 0; i < n_ports; i++) {
		bool behind = n_hubs > 0 && rng_chance(rng, 0.5);

		add_part(room, LS_COMPONENT_PORT,
			 any(room, behind ? LS_COMPONENT_HUB : LS_COMPONENT_CONTROLLER));
	}
	for (unsigned int i = 2 + rng_below(rng, 5); i > 0; i--)
		add_part(room, LS_COMPONENT_CABLE, NO_PART);
	for (unsigned int i = 2 + rng_below(rng, 4); i > 0; i--)
		add_part(room, LS_COMPONENT_DEVICE, NO_PART);
}

void
room_make(struct room *room, enum family family, uint64_t seed)
{
	memset(room, 0, sizeof(*room));
	room->rng = rng_of(seed * SEEDS_APART + family);
	room->family = family;
	furnish(room);
	for (size_t i = 0; i < room->n[LS_COMPONENT_DEVICE]; i++) {
		size_t n_cables = room->n[LS_COMPONENT_CABLE];

		room->favourite_port[i] =
			rng_below(&room->rng, (unsigned int)room->n[LS_COMPONENT_PORT]);
		room->favourite_cable[i] = family == FAMILY_OWN
						   ? i % n_cables
						   : rng_below(&room->rng, (unsigned int)n_cables);
	}
	room->good_rate = rng_log_uniform(&room->rng, GOOD_SLOW, GOOD_FAST);
	room->onset = rng_uniform(&room->rng);
	room->bad[0] = room->bad[1] = NO_PART;
}

static bool
is_place(const struct room *room, int part)
{
	return room->kind[part] != LS_COMPONENT_CABLE && room->kind[part] != LS_COMPONENT_DEVICE;
}

bool
room_can_pair(const struct room *room, int a, int b)
{
	return a != b && room->kind[a] != room->kind[b] &&
	       !(is_place(room, a) && is_place(room, b));
}

/* Each kind is as likely. */
static int
pick_bad(struct room *room)
{
	enum ls_component_kind kind;

	do
		kind = rng_below(&room->rng, LS_COMPONENT_MODEL);
	while (room->n[kind] == 0);
	return any(room, kind);
}

void
room_make_bad(struct room *room, enum truth truth)
{
	int *bad = room->bad;

	room->truth = truth;
	if (truth == TRUTH_ONE)
		bad[0] = pick_bad(room);
	if (truth == TRUTH_TWO || truth == TRUTH_PAIR) {
		do {
			bad[0] = pick_bad(room);
			bad[1] = pick_bad(room);
		} while (truth == TRUTH_PAIR ? !room_can_pair(room, bad[0], bad[1])
					     : bad[0] == bad[1]);
	}
	for (size_t i = 0; i < 2; i++)
		room->bad_rate[i] = rng_log_uniform(&room->rng, BAD_SLOW, BAD_FAST);
}

bool
session_has(const struct session *session, int part)
{
	for (size_t i = 0; i < N_ON_PATH && session->parts[i] != NO_PART; i++) {
		if (session->parts[i] == part)
			return true;
	}
	return false;
}

static double
bad_rate(const struct room *room, const struct session *session)
{
	bool first = session_has(session, room->bad[0]),
	     second = session_has(session, room->bad[1]);

	switch (room->truth) {
	case TRUTH_ONE:
		return first ? room->bad_rate[0] : 0;
	case TRUTH_TWO:
		return (first ? room->bad_rate[0] : 0) + (second ? room->bad_rate[1] : 0);
	case TRUTH_PAIR:
		return first && second ? room->bad_rate[0] : 0;
	case TRUTH_SURROUNDINGS:
		return room->bad_rate[0];
	default:
		return 0;
	}
}

/* @at: how far in the history, 0 … 1. */
static double
factor(struct room *room, double at)
{
	switch (room->family) {
	case FAMILY_GAMMA_2:
		return rng_gamma(&room->rng, 2);
	case FAMILY_GAMMA_1:
		return rng_gamma(&room->rng, 1);
	case FAMILY_GAMMA_05:
		return rng_gamma(&room->rng, 0.5);
	case FAMILY_LOAD:
		return rng_chance(&room->rng, LOADED);
	case FAMILY_WEAR:
		return at * at;
	case FAMILY_DATE:
		return at >= room->onset;
	default:
		return 1;
	}
}

static void
find_path(const struct room *room, size_t port, size_t cable, size_t device, int *ret)
{
	size_t n = 0;

	for (int part = (int)(room->first[LS_COMPONENT_PORT] + port); part != NO_PART;
	     part = room->above[part])
		ret[n++] = part;
	ret[n++] = (int)(room->first[LS_COMPONENT_CABLE] + cable);
	ret[n++] = (int)(room->first[LS_COMPONENT_DEVICE] + device);
	ret[n] = NO_PART;
	assert(n < N_ON_PATH);
}

/* Load comes and goes all through a session; only then something is bad. */
static void
run_loaded(struct room *room, bool until_drop, struct session *session)
{
	double share = rng_chance(&room->rng, LOADED) ? 0.5 + rng_uniform(&room->rng) / 2 : 0;
	double good = room->good_rate, bad = bad_rate(room, session);
	double first = -log(rng_uniform(&room->rng)) / (good + share * bad);

	if (until_drop && first < session->hours) {
		session->hours = first;
		session->drops = 1;
		session->drops_under_load =
			rng_chance(&room->rng, share * (good + bad) / (good + share * bad));
	} else if (!until_drop) {
		double loaded_h = share * session->hours;

		session->drops_under_load = rng_poisson(&room->rng, (good + bad) * loaded_h);
		session->drops = session->drops_under_load +
				 rng_poisson(&room->rng, good * (session->hours - loaded_h));
	}
	session->loaded_h = share * session->hours;
}

static void
run(struct room *room, double at, bool until_drop, struct session *session)
{
	double rate = room->good_rate + bad_rate(room, session) * factor(room, at);
	double first = -log(rng_uniform(&room->rng)) / rate;

	if (room->family == FAMILY_SEEN) {
		run_loaded(room, until_drop, session);
		return;
	}

	if (until_drop && first < session->hours) {
		session->hours = first;
		session->drops = 1;
	} else if (!until_drop) {
		session->drops = rng_poisson(&room->rng, rate * session->hours);
	}
}

void
room_session(struct room *room, size_t port, size_t cable, size_t device, double hours,
	     bool until_drop, struct session *ret)
{
	*ret = (struct session){ .hours = hours };
	find_path(room, port, cable, device, ret->parts);
	ret->label = (int)(room->first[LS_COMPONENT_CABLE] + cable);
	run(room, 1, until_drop, ret);
}

struct choice {
	size_t port, cable, device;
};

static void
choose(struct room *room, bool dropped, struct choice *choice)
{
	struct rng *rng = &room->rng;
	unsigned int n_ports = (unsigned int)room->n[LS_COMPONENT_PORT];
	unsigned int n_cables = (unsigned int)room->n[LS_COMPONENT_CABLE];
	double roll = rng_uniform(rng), keeps = room->family == FAMILY_OWN ? 0.85 : 0.6;

	if (dropped && room->family != FAMILY_OWN) { /* "change the cable" is the first advice */
		if (roll < 0.5)
			choice->cable = rng_below(rng, n_cables);
		else if (roll < 0.75)
			choice->port = rng_below(rng, n_ports);
		else if (roll < 0.85)
			choice->device = rng_below(rng, (unsigned int)room->n[LS_COMPONENT_DEVICE]);
		return;
	}
	if (room->family == FAMILY_UNLABELLED && roll < 0.5)
		return; /* all stays where it is */
	choice->device = rng_below(rng, (unsigned int)room->n[LS_COMPONENT_DEVICE]);
	choice->port = rng_chance(rng, 0.6) ? room->favourite_port[choice->device]
					    : rng_below(rng, n_ports);
	choice->cable = rng_chance(rng, keeps) ? room->favourite_cable[choice->device]
					       : rng_below(rng, n_cables);
}

static void
label(struct room *room, const struct choice *choice, struct session *session)
{
	int first = (int)room->first[LS_COMPONENT_CABLE];

	session->label = first + (int)choice->cable;
	if (room->family == FAMILY_UNLABELLED || room->family == FAMILY_OWN)
		session->label = NO_PART;
	if (room->family == FAMILY_WRONG && rng_chance(&room->rng, 0.05))
		session->label = any(room, LS_COMPONENT_CABLE);
}

void
room_live(struct room *room)
{
	struct rng *rng = &room->rng;
	bool is_short = room->family == FAMILY_SHORT;
	double low = room->family == FAMILY_FEW ? 2 : is_short ? 60 : 3;
	double high = room->family == FAMILY_FEW ? 7 : is_short ? 300 : 80;
	struct choice choice = { 0 };
	double at_h = 0;
	bool dropped = false;

	room->n_sessions = (size_t)rng_log_uniform(rng, low, high);
	for (size_t i = 0; i < room->n_sessions; i++) {
		struct session *session = &room->sessions[i];

		choose(room, dropped, &choice);
		*session = (struct session){
			.start_h = at_h,
			.hours = is_short ? rng_log_uniform(rng, 1.0 / 60, 0.3)
					  : rng_log_uniform(rng, 0.1, 8),
		};
		find_path(room, choice.port, choice.cable, choice.device, session->parts);
		label(room, &choice, session);
		run(room, ((double)i + 0.5) / (double)room->n_sessions, rng_chance(rng, 0.5),
		    session);
		at_h += session->hours + rng_log_uniform(rng, 0.1, 48);
		dropped = session->drops > 0;
	}
}

const char *
part_name(const struct room *room, int part, char text[16])
{
	snprintf(text, 16, "%c%d", ls_component_kind_name(room->kind[part])[0], part);
	return text;
}

int
part_of_name(const struct room *room, const char *name)
{
	int part = name[0] ? atoi(name + 1) : NO_PART;

	return part < (int)room->n_parts ? part : NO_PART;
}

void
room_add(const struct room *room, const struct session *session, struct ls_trials *trials)
{
	char names[N_ON_PATH][16];
	struct ls_trial trial = {
		.start_us = (int64_t)((400000 + session->start_h) * 3600e6),
		.hours = session->hours,
		.drops = session->drops,
		.conditions[LS_CONDITION_LOAD] = { .known = room->family == FAMILY_SEEN,
						   .hours = session->loaded_h,
						   .drops = session->drops_under_load },
	};
	int r;

	for (size_t i = 0; session->parts[i] != NO_PART; i++) {
		int part = session->parts[i];
		enum ls_component_kind kind = room->kind[part];

		if (kind == LS_COMPONENT_CABLE && session->label == NO_PART)
			continue;
		if (kind == LS_COMPONENT_CABLE)
			part = session->label;
		part_name(room, part, names[i]);
		if (kind == LS_COMPONENT_HUB) { /* from the root outward */
			memmove(&trial.hubs[1], &trial.hubs[0],
				trial.n_hubs * sizeof(trial.hubs[0]));
			trial.hubs[0] = names[i];
			trial.n_hubs++;
		} else {
			trial.names[kind] = names[i];
		}
	}
	r = ls_trials_add(trials, &trial);
	assert(r == 1);
	(void)r;
}

void
room_record(const struct room *room, struct ls_trials *trials)
{
	for (size_t i = 0; i < room->n_sessions; i++)
		room_add(room, &room->sessions[i], trials);
}
