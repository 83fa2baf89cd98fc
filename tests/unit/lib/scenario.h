#pragma once
/*
 * The bed of the engine's tests: a short sequence of observations is fed to an engine, and its
 * records are kept.
 */
#include "lib/engine/engine.h"

#define SCENARIO_MAX 64

struct scenario {
	struct ls_engine *engine;
	struct ls_incident incidents
		[SCENARIO_MAX]; /* the last state of each, in the order in which they opened */
	size_t n_incidents;
	struct ls_session sessions[SCENARIO_MAX];
	size_t n_sessions;
	unsigned int n_events[LS_N_EVENTS];
	struct ls_event last_event;
	unsigned int n_gaps;
	struct ls_gap gap; /* the last one */
	uint64_t hash;	   /* over every byte of every record that has a meaning */
};

void scenario_begin(struct scenario *scenario);
/* With a table of device families, which must outlive the scenario. */
void scenario_begin_with(struct scenario *scenario, const struct ls_families *families);
void scenario_end(struct scenario *scenario);

/* For cmocka: an empty scenario; one with usbmon and @scenario_phone as device 5 on port 1-1. */
int scenario_set_up(void **state);
int scenario_set_up_with_phone(void **state);
/* A kernel log is there, and nothing else, as of a file. */
int scenario_set_up_with_log(void **state);
int scenario_tear_down(void **state);

extern const struct ls_device scenario_phone;
/* usbmon: the hub reports that the connection on port 1-1 was lost. */
extern const struct ls_observation scenario_connection_lost;

/* Times in ms since the scenario began. */
void scenario_observe(struct scenario *scenario, uint64_t at_ms, enum ls_source source,
		      enum ls_obs_kind kind, const char *port, unsigned int devnum);
void scenario_observe_device(struct scenario *scenario, uint64_t at_ms, enum ls_source source,
			     enum ls_obs_kind kind, const char *port, unsigned int devnum,
			     const struct ls_device *device);
/* @what without time and source; without a text it gets one. */
void scenario_observe_as(struct scenario *scenario, uint64_t at_ms, enum ls_source source,
			 const struct ls_observation *what);
/* What usbmon shows of bus 1: @what without time and source. */
void scenario_usbmon(struct scenario *scenario, uint64_t at_ms, const struct ls_observation *what);
/* A device is connected or disconnected: three sources report it, 0, 5 and 7 ms apart. */
void scenario_plug(struct scenario *scenario, uint64_t at_ms, const char *port, unsigned int devnum,
		   const struct ls_device *device);
void scenario_unplug(struct scenario *scenario, uint64_t at_ms, const char *port,
		     unsigned int devnum);
/* Lines of the kernel log, each of which means something; then a long silence. */
struct scenario_line {
	uint64_t at_ms;
	const char *text;
};
void scenario_read_line(struct scenario *scenario, const struct scenario_line *line);
void scenario_read(struct scenario *scenario, const struct scenario_line *lines, size_t n);
#define SCENARIO_READ(scenario, lines) scenario_read(scenario, lines, LS_COUNT(lines))
/* Nothing happens until then. */
void scenario_wait(struct scenario *scenario, uint64_t until_ms);
/* After a long wait there is one incident, closed, with this verdict. */
void scenario_only(struct scenario *scenario, enum ls_cause cause, enum ls_side side, bool drop);
/* NULL: none with this cause. */
const struct ls_incident *scenario_incident(const struct scenario *scenario, enum ls_cause cause);
