#pragma once
/*
 * A room with known truth: computers, controllers, hubs, ports, cables and devices, some of them
 * bad, and people who plug things in as people do: with favourites, and the cable changed first
 * after a drop. Everything follows from the seed.
 */
#include "lib/attribution/trials.h"
#include "rng.h"

#define PARTS_MAX    64
#define SESSIONS_MAX 300
#define N_ON_PATH    8 /* parts of a session */
#define NO_PART	     (-1)

#define BAD_SLOW  0.3 /* drops per hour */
#define BAD_FAST  12.0
#define GOOD_SLOW (1.0 / 2000)
#define GOOD_FAST (1.0 / 200)
#define LOADED	  0.4 /* of sessions */

/* How what is bad behaves, and what is recorded. */
enum family {
	FAMILY_POISSON,
	FAMILY_GAMMA_2, /* the rate of each session times a Gamma variable of this shape */
	FAMILY_GAMMA_1,
	FAMILY_GAMMA_05,
	FAMILY_LOAD, /* only in LOADED sessions, which nobody recorded */
	FAMILY_SEEN, /* … which were recorded: LOADED sessions under load for a part of the time */
	FAMILY_WEAR,  /* as the square of time */
	FAMILY_DATE,  /* from a date on */
	FAMILY_WRONG, /* 5 % of cable labels are those of another cable */
	FAMILY_SHORT, /* 60 to 300 sessions of 1 to 18 minutes */
	FAMILY_FEW,   /* 2 to 6 sessions */
	FAMILY_UNLABELLED,
	FAMILY_OWN, /* no labels, and each device mostly keeps its own cable */
	N_FAMILIES,
};

enum truth {
	TRUTH_NOTHING,
	TRUTH_ONE,
	TRUTH_TWO,
	TRUTH_PAIR, /* harmless apart */
	TRUTH_SURROUNDINGS,
	N_TRUTHS,
};

struct session {
	int parts[N_ON_PATH]; /* NO_PART at the end */
	int label;	      /* the cable as it was recorded, NO_PART: it was not */
	double start_h, hours;
	double loaded_h; /* FAMILY_SEEN: of them under load */
	uint32_t drops, drops_under_load;
};

struct room {
	struct rng rng;
	enum family family;
	size_t n_parts, n_sessions;
	enum ls_component_kind kind[PARTS_MAX];
	int above[PARTS_MAX]; /* of a port, hub or controller: what it is plugged into */
	size_t first[LS_N_COMPONENT_KINDS], n[LS_N_COMPONENT_KINDS];
	size_t favourite_port[PARTS_MAX], favourite_cable[PARTS_MAX];
	enum truth truth;
	int bad[2];
	double bad_rate[2], good_rate;
	double onset; /* FAMILY_DATE: share of the sessions before it */
	struct session sessions[SESSIONS_MAX];
};

void room_make(struct room *room, enum family family, uint64_t seed);
void room_make_bad(struct room *room, enum truth truth);
void room_live(struct room *room);
/* All its sessions, as recorded. */
void room_record(const struct room *room, struct ls_trials *trials);

enum truth truth_draw(struct rng *rng);
double truth_share(enum truth truth);

/* A session of this port, cable and device (numbers within their kind) that ends at its first drop
 * if @until_drop. */
void room_session(struct room *room, size_t port, size_t cable, size_t device, double hours,
		  bool until_drop, struct session *ret);
void room_add(const struct room *room, const struct session *session, struct ls_trials *trials);

bool session_has(const struct session *session, int part);
/* Whether two parts can be bad together: a place, a cable and a device can. */
bool room_can_pair(const struct room *room, int a, int b);
const char *part_name(const struct room *room, int part, char text[16]);
int part_of_name(const struct room *room, const char *name);
