#pragma once
/* A short sequence of observations for an engine, and what it concluded. */
#include "lib/engine/engine.h"

#define STORY_MAX 64

struct story {
	struct ls_engine *engine;
	struct ls_incident
		incidents[STORY_MAX]; /* the last state of each, in order of first report */
	size_t n_incidents;
	struct ls_session sessions[STORY_MAX];
	size_t n_sessions;
	unsigned int n_events[LS_N_EVENTS];
	struct ls_event last_event;
	unsigned int n_gaps;
	struct ls_gap gap; /* the last one */
	uint64_t hash;	   /* over every byte of every record that has a meaning */
};

void story_begin(struct story *story);
/* With a table of device families, which must outlive the story. */
void story_begin_with(struct story *story, const struct ls_families *families);
void story_end(struct story *story);

/* Times in ms since the story began. */
void story_tell(struct story *story, uint64_t at_ms, enum ls_source source, enum ls_obs_kind kind,
		const char *port, unsigned int devnum);
void story_tell_device(struct story *story, uint64_t at_ms, enum ls_source source,
		       enum ls_obs_kind kind, const char *port, unsigned int devnum,
		       const struct ls_device *device);
/* @what without time, source and text. */
void story_observe(struct story *story, uint64_t at_ms, enum ls_source source,
		   const struct ls_observation *what);
/* What usbmon shows of bus 1: @what without time and source. */
void story_usbmon(struct story *story, uint64_t at_ms, const struct ls_observation *what);
/* The three sources that see a device arrive or leave, 0, 5 and 7 ms apart. */
void story_plug(struct story *story, uint64_t at_ms, const char *port, unsigned int devnum,
		const struct ls_device *device);
void story_pull(struct story *story, uint64_t at_ms, const char *port, unsigned int devnum);
/* Nothing happens until then. */
void story_wait(struct story *story, uint64_t until_ms);
/* NULL: none with this cause. */
const struct ls_incident *story_incident(const struct story *story, enum ls_cause cause);
