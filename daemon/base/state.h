#pragma once
/* What linkstatd knows of itself at this moment, for `linkstat status`. Owned by main. */
#include "lib/base/base.h"
#include "lib/engine/engine.h"
#include "lib/model/observation.h"

struct source_state {
	bool sees;
	char detail[LS_TEXT_MAX]; /* what it reads, or why it is blind; clean */
	char fix[LS_TEXT_MAX];	  /* what to type to open it; "" if nothing is wrong */
};

struct top;

struct daemon_state {
	struct ls_instant watching_since;
	struct source_state sources[LS_N_SOURCES];
	char history_path[LS_TEXT_MAX];	   /* "": in memory only */
	char history_trouble[LS_TEXT_MAX]; /* why it is not kept as it should be; "": it is */
	char root[256];			   /* what is put before /proc and /sys: "" but for tests */
	struct ls_engine *engine;
	struct top *top;
};

/* Both clocks now. */
struct ls_instant state_now(void);

/* What to type when @source is blind. Never NULL. */
const char *state_fix(enum ls_source source);

/* A source that says that it sees or is blind. */
void state_note_source(struct daemon_state *state, const struct ls_observation *obs);
