#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "room.h"

/* Steele, Lea and Flood 2014: SplitMix64. */
uint64_t
rng_next(struct rng *rng)
{
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

double
rng_uniform(struct rng *rng)
{
	return ((double)(rng_next(rng) >> 11) + 0.5) / 9007199254740992.0;
}

double
rng_log_uniform(struct rng *rng, double low, double high)
{
	return low * exp(rng_uniform(rng) * log(high / low));
}

unsigned int
rng_below(struct rng *rng, unsigned int below)
{
	return (unsigned int)(rng_next(rng) % below);
}

static bool
chance(struct rng *rng, double p)
{
	return rng_uniform(rng) < p;
}

/* Times between events are exponential. */
uint32_t
rng_poisson(struct rng *rng, double mean)
{
	uint32_t n = 0;

	for (double at = -log(rng_uniform(rng)); at < mean; at -= log(rng_uniform(rng)))
		n++;
	return n;
}

static int
part_of(unsigned int kind, int number)
{
	return (int)kind * ROOM_MAX + number;
}

static void
furnish(struct room *room)
{
	struct rng *rng = &room->rng;
	unsigned int *n = room->n;

	n[LS_COMPONENT_HOST] = 1 + rng_below(rng, 3);
	n[LS_COMPONENT_CONTROLLER] = n[LS_COMPONENT_HOST] + rng_below(rng, 3);
	n[LS_COMPONENT_HUB] = 3 + rng_below(rng, 10);
	n[LS_COMPONENT_PORT] = 3 + rng_below(rng, 10);
	n[LS_COMPONENT_CABLE] = 3 + rng_below(rng, 10);
	n[LS_COMPONENT_DEVICE] = 3 + rng_below(rng, 10);
	n[LS_COMPONENT_MODEL] = 1 + rng_below(rng, n[LS_COMPONENT_DEVICE]);
	for (unsigned int i = 0; i < n[LS_COMPONENT_CONTROLLER]; i++)
		room->controller_host[i] =
			(int)(i < n[LS_COMPONENT_HOST] ? i : rng_below(rng, n[LS_COMPONENT_HOST]));
	for (unsigned int i = 0; i < n[LS_COMPONENT_HUB]; i++) {
		room->hub_parent[i] = i > 0 && chance(rng, 0.3) ? (int)rng_below(rng, i) : NO_PART;
		if (room->hub_parent[i] != NO_PART &&
		    room->hub_parent[room->hub_parent[i]] != NO_PART)
			room->hub_parent[i] = NO_PART; /* two are deep enough */
		room->hub_controller[i] = room->hub_parent[i] == NO_PART
						  ? (int)rng_below(rng, n[LS_COMPONENT_CONTROLLER])
						  : room->hub_controller[room->hub_parent[i]];
	}
	for (unsigned int i = 0; i < n[LS_COMPONENT_PORT]; i++) {
		room->port_hub[i] =
			chance(rng, 0.6) ? (int)rng_below(rng, n[LS_COMPONENT_HUB]) : NO_PART;
		room->port_controller[i] = room->port_hub[i] == NO_PART
						   ? (int)rng_below(rng, n[LS_COMPONENT_CONTROLLER])
						   : room->hub_controller[room->port_hub[i]];
	}
}

void
room_make(struct room *room, uint64_t seed)
{
	struct rng *rng = &room->rng;

	memset(room, 0, sizeof(*room));
	rng->state = seed * UINT64_C(0xd1342543de82ef95) + 1;
	furnish(room);
	for (unsigned int i = 0; i < room->n[LS_COMPONENT_DEVICE]; i++) {
		room->device_model[i] = (int)rng_below(rng, room->n[LS_COMPONENT_MODEL]);
		room->favourite_port[i] = (int)rng_below(rng, room->n[LS_COMPONENT_PORT]);
		room->favourite_cable[i] = (int)rng_below(rng, room->n[LS_COMPONENT_CABLE]);
	}
	for (size_t i = 0; i < PARTS_MAX; i++)
		room->rate[i] = rng_log_uniform(rng, GOOD_SLOW, GOOD_FAST) / 6; /* six in a link */
	room->cables_labelled = chance(rng, 0.85);
	room->models_known = chance(rng, 0.5);
	room->bad_parts[0] = room->bad_parts[1] = NO_PART;
}

/* Parts of the same dimension are nested or exclude each other: no two of it are bad together. */
static int
dimension(int part)
{
	int kind = part / ROOM_MAX;

	if (kind == LS_COMPONENT_MODEL)
		return LS_COMPONENT_DEVICE;
	return kind < LS_COMPONENT_CABLE ? LS_COMPONENT_PORT : kind;
}

static int
pick_bad(struct room *room, unsigned int kinds)
{
	unsigned int kind, number;

	do
		kind = rng_below(&room->rng, LS_N_COMPONENT_KINDS);
	while (!(kinds & 1U << kind));
	number = rng_below(&room->rng, room->n[kind]);
	return part_of(kind, (int)number);
}

static void
pick_two(struct room *room, bool together, unsigned int kinds)
{
	int *bad = room->bad_parts;

	do {
		bad[0] = pick_bad(room, kinds);
		bad[1] = pick_bad(room, kinds);
	} while (together ? dimension(bad[0]) == dimension(bad[1]) : bad[0] == bad[1]);
}

void
room_make_bad(struct room *room, enum truth truth, unsigned int kinds)
{
	struct rng *rng = &room->rng;

	room->truth = truth;
	if (truth == TRUTH_ONE)
		room->bad_parts[0] = pick_bad(room, kinds);
	if (truth == TRUTH_TWO || truth == TRUTH_PAIR)
		pick_two(room, truth == TRUTH_PAIR, kinds);
	if (truth == TRUTH_PAIR)
		room->pair_rate = rng_log_uniform(rng, BAD_SLOW, BAD_FAST);
	if (truth == TRUTH_SURROUNDINGS)
		room->surroundings_rate = rng_log_uniform(rng, BAD_SLOW, BAD_FAST);
	for (unsigned int i = 0; truth != TRUTH_PAIR && i < 2; i++) {
		if (room->bad_parts[i] == NO_PART)
			continue;
		room->bad[room->bad_parts[i]] = true;
		room->rate[room->bad_parts[i]] = rng_log_uniform(rng, BAD_SLOW, BAD_FAST);
	}
}

struct setup
room_setup(const struct room *room, int port, int cable, int device)
{
	int hub = room->port_hub[port], controller = room->port_controller[port];
	int parent = hub == NO_PART ? NO_PART : room->hub_parent[hub];

	return (struct setup){ .part = {
				       part_of(LS_COMPONENT_HOST,
					       room->controller_host[controller]),
				       part_of(LS_COMPONENT_CONTROLLER, controller),
				       parent == NO_PART ? NO_PART
							 : part_of(LS_COMPONENT_HUB, parent),
				       hub == NO_PART ? NO_PART : part_of(LS_COMPONENT_HUB, hub),
				       part_of(LS_COMPONENT_PORT, port),
				       part_of(LS_COMPONENT_CABLE, cable),
				       part_of(LS_COMPONENT_DEVICE, device),
				       part_of(LS_COMPONENT_MODEL, room->device_model[device]),
				       NO_PART,
			       } };
}

bool
room_has(const struct setup *setup, int part)
{
	for (size_t i = 0; i < N_SLOTS; i++) {
		if (part != NO_PART && setup->part[i] == part)
			return true;
	}
	return false;
}

static bool
has_both(const struct room *room, const struct setup *setup)
{
	return room_has(setup, room->bad_parts[0]) && room_has(setup, room->bad_parts[1]);
}

double
room_rate(const struct room *room, const struct setup *setup)
{
	double rate = room->surroundings_rate;

	for (size_t i = 0; i < N_SLOTS; i++) {
		if (setup->part[i] != NO_PART)
			rate += room->rate[setup->part[i]];
	}
	return has_both(room, setup) ? rate + room->pair_rate : rate;
}

/* Some drops have a known side, which is sometimes wrong. */
static void
name_side(struct room *room, struct session *session)
{
	double roll = rng_uniform(&room->rng) * room_rate(room, &session->setup);
	int cause = NO_PART;

	for (size_t i = 0; i < N_SLOTS && cause == NO_PART; i++) {
		if (session->setup.part[i] == NO_PART)
			continue;
		roll -= room->rate[session->setup.part[i]];
		if (roll < 0)
			cause = session->setup.part[i];
	}
	if (cause == NO_PART || chance(&room->rng, 0.05))
		cause = part_of(rng_below(&room->rng, LS_N_COMPONENT_KINDS), 0);
	if (chance(&room->rng, 0.75))
		return;
	switch (cause / ROOM_MAX) {
	case LS_COMPONENT_HOST:
	case LS_COMPONENT_CONTROLLER:
		session->by_host++;
		break;
	case LS_COMPONENT_HUB:
		session->by_hub++;
		break;
	case LS_COMPONENT_DEVICE:
	case LS_COMPONENT_MODEL:
		session->by_device++;
		break;
	default:
		break;
	}
}

struct session
room_session(struct room *room, const struct setup *setup, double hours, bool until_drop)
{
	struct session session = { .setup = *setup, .hours = hours };
	double rate =
		room_rate(room, setup) * (room->uneven ? rng_log_uniform(&room->rng, 0.25, 4) : 1);
	double first = -log(rng_uniform(&room->rng)) / rate;

	if (until_drop && first < hours) {
		session.hours = first;
		session.drops = 1;
	} else if (!until_drop) {
		session.drops = rng_poisson(&room->rng, rate * hours);
	}
	for (uint32_t i = 0; i < session.drops; i++)
		name_side(room, &session);
	for (size_t i = 0; i < N_SLOTS; i++) {
		if (setup->part[i] != NO_PART)
			room->used[setup->part[i]] = true;
	}
	room->pair_used |= has_both(room, setup);
	for (size_t i = 0; i < 2; i++)
		room->apart[i] |= room_has(setup, room->bad_parts[i]) &&
				  !room_has(setup, room->bad_parts[1 - i]);
	return session;
}

/* "Change the cable" is the usual first advice. */
static void
change_something(struct room *room, int *port, int *cable, int *device)
{
	double roll = rng_uniform(&room->rng);

	if (roll < 0.5)
		*cable = (int)rng_below(&room->rng, room->n[LS_COMPONENT_CABLE]);
	else if (roll < 0.75)
		*port = (int)rng_below(&room->rng, room->n[LS_COMPONENT_PORT]);
	else if (roll < 0.85)
		*device = (int)rng_below(&room->rng, room->n[LS_COMPONENT_DEVICE]);
}

void
room_live(struct room *room, unsigned int n, struct ls_trials *trials)
{
	struct rng *rng = &room->rng;
	int port = 0, cable = 0, device = 0;
	bool dropped = false;

	for (unsigned int i = 0; i < n; i++) {
		double hours = rng_log_uniform(rng, 0.1, 8);
		struct session session;
		struct setup setup;

		if (dropped) {
			change_something(room, &port, &cable, &device);
		} else {
			device = (int)rng_below(rng, room->n[LS_COMPONENT_DEVICE]);
			port = chance(rng, 0.6) ? room->favourite_port[device]
						: (int)rng_below(rng, room->n[LS_COMPONENT_PORT]);
			cable = chance(rng, 0.6) ? room->favourite_cable[device]
						 : (int)rng_below(rng, room->n[LS_COMPONENT_CABLE]);
		}
		setup = room_setup(room, port, cable, device);
		session = room_session(room, &setup, hours, chance(rng, 0.5));
		room_add(room, &session, room->cables_labelled && chance(rng, 0.9), trials);
		dropped = session.drops > 0;
	}
}

static const char letters[] = "hcupkdm"; /* one for each kind */

void
room_add(const struct room *room, const struct session *session, bool with_cable,
	 struct ls_trials *trials)
{
	struct ls_trial trial = {
		.hours = session->hours,
		.drops = session->drops,
		.drops_by_host = session->by_host,
		.drops_by_hub = session->by_hub,
		.drops_by_device = session->by_device,
	};
	char names[N_SLOTS][16];
	int r;

	for (size_t i = 0; i < N_SLOTS; i++) {
		int part = session->setup.part[i];

		if (part == NO_PART)
			continue;
		snprintf(names[i], sizeof(names[i]), "%c%d", letters[part / ROOM_MAX],
			 part % ROOM_MAX);
		if (part / ROOM_MAX == LS_COMPONENT_HUB)
			trial.hubs[trial.n_hubs++] = names[i];
		else
			trial.names[part / ROOM_MAX] = names[i];
	}
	if (!with_cable)
		trial.names[LS_COMPONENT_CABLE] = NULL;
	if (!room->models_known)
		trial.names[LS_COMPONENT_MODEL] = NULL;
	r = ls_trials_add(trials, &trial);
	assert(r == 1);
	(void)r;
}

void
room_inventory(const struct room *room, struct ls_trials *trials)
{
	for (int i = 0; i < ROOM_MAX; i++) {
		struct session session = {
			.setup = room_setup(room, i % (int)room->n[LS_COMPONENT_PORT],
					    i % (int)room->n[LS_COMPONENT_CABLE],
					    i % (int)room->n[LS_COMPONENT_DEVICE]),
		};

		room_add(room, &session, true, trials);
	}
}

int
room_part(enum ls_component_kind kind, const char *name)
{
	return name[0] ? part_of(kind, atoi(name + 1)) : NO_PART;
}
