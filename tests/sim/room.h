#pragma once
/*
 * A room with known truth: hosts, controllers, hubs, ports, cables and devices, some of them bad,
 * and people who plug things in as people do: with favourites, and the cable changed first after a
 * drop. Everything follows from the seed.
 */
#include "lib/attribution/blame.h"

#define ROOM_MAX  12 /* of each kind */
#define N_SLOTS	  9  /* of a setup: host, controller, two hubs, port, cable, device, model */
#define PARTS_MAX (LS_N_COMPONENT_KINDS * ROOM_MAX)
#define NO_PART	  -1
#define BAD_FAST  12.0 /* drops per hour: one in 5 minutes … */
#define BAD_SLOW  1.0  /* … to one in an hour */
#define GOOD_FAST (1.0 / 200)
#define GOOD_SLOW (1.0 / 2000)

enum truth {
	TRUTH_NOTHING,
	TRUTH_ONE,
	TRUTH_TWO,
	TRUTH_PAIR, /* harmless apart */
	TRUTH_SURROUNDINGS,
};

struct rng {
	uint64_t state;
};
uint64_t rng_next(struct rng *rng);
double rng_uniform(struct rng *rng); /* (0, 1) */
double rng_log_uniform(struct rng *rng, double low, double high);
unsigned int rng_below(struct rng *rng, unsigned int below);
uint32_t rng_poisson(struct rng *rng, double mean);

/* Numbered within their kind. A part is kind * ROOM_MAX + number. */
struct setup {
	int part[N_SLOTS]; /* NO_PART */
};

struct room {
	struct rng rng;
	unsigned int n[LS_N_COMPONENT_KINDS];
	int controller_host[ROOM_MAX];
	int hub_controller[ROOM_MAX], hub_parent[ROOM_MAX];
	int port_controller[ROOM_MAX], port_hub[ROOM_MAX];
	int device_model[ROOM_MAX];
	int favourite_port[ROOM_MAX], favourite_cable[ROOM_MAX]; /* of each device */
	double rate[PARTS_MAX];					 /* drops per hour of each */
	bool bad[PARTS_MAX];
	enum truth truth;
	int bad_parts[2];
	double pair_rate, surroundings_rate;
	bool used[PARTS_MAX], pair_used; /* took part in a session */
	bool apart[2];			 /* … without the other of two bad ones */
	bool cables_labelled, models_known;
	bool uneven; /* what is bad is four times worse or better from one session to the next */
};

struct session {
	struct setup setup;
	double hours;
	uint32_t drops, by_host, by_hub, by_device;
};

void room_make(struct room *room, uint64_t seed);
/* @truth as given, and parts of these kinds only (a mask of 1 << kind). */
void room_make_bad(struct room *room, enum truth truth, unsigned int kinds);

struct setup room_setup(const struct room *room, int port, int cable, int device);
bool room_has(const struct setup *setup, int part);
double room_rate(const struct room *room, const struct setup *setup);

/* A session that runs for @hours, or ends at its first drop. */
struct session room_session(struct room *room, const struct setup *setup, double hours,
			    bool until_drop);
/* Adds @n trials as users make them to @trials. */
void room_live(struct room *room, unsigned int n, struct ls_trials *trials);
void room_add(const struct room *room, const struct session *session, bool with_cable,
	      struct ls_trials *trials);
/* All that is there, as trials of no time: what could be swapped. */
void room_inventory(const struct room *room, struct ls_trials *trials);

/* The part that @name names, NO_PART for an unknown one. */
int room_part(enum ls_component_kind kind, const char *name);
