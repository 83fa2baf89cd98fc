#pragma once
/* What linkstatd knows of itself at this moment, for `linkstat status`. Owned by main. */
#include "lib/base/base.h"
#include "lib/engine/engine.h"
#include "lib/model/observation.h"

struct source_state {
	bool available;
	char detail[LS_TEXT_MAX]; /* what it reads, or why it is not available; clean */
	char fix[LS_TEXT_MAX];	  /* the command that enables it; "" if nothing is wrong */
};

struct top;

struct daemon_state {
	struct ls_instant watching_since;
	struct source_state sources[LS_N_SOURCES];
	char history_path[LS_TEXT_MAX];	   /* "": in memory only */
	char history_trouble[LS_TEXT_MAX]; /* what is wrong with it; "": nothing */
	char root[256];			   /* what is put before /proc and /sys: "" but for tests */
	struct ls_engine *engine;
	struct top *top;
};

/* Both clocks now. */
struct ls_instant state_now(void);

/* The command that enables @source. Never NULL. */
const char *state_fix(enum ls_source source);

/* Keeps what a source reports of itself: that it is available, or why not. */
void state_note_source(struct daemon_state *state, const struct ls_observation *obs);
