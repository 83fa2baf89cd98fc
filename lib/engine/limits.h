#pragma once
/* What bounds the engine: how much it keeps in memory, and how long it waits for what. */
#include "lib/base/base.h"

/* Everything that a device or a machine can make grow. */
#define LS_MAX_BUSES	      64
#define LS_MAX_LINKS	      1280 /* kernel ports in use; one that is empty and quiet is forgotten */
#define LS_MAX_SESSIONS	      1024 /* a rack of hubs has as many devices */
#define LS_MAX_OPEN_INCIDENTS 1024 /* and all of them may drop at once */
#define LS_MAX_CABLES	      256  /* labels remembered; the oldest gives way */
#define LS_MAX_HANDLES	      64   /* ttys and SCSI hosts */
#define LS_MAX_TROUBLED	      4	   /* controllers that reported trouble within seconds */

struct ls_engine;
struct ls_families;

/* Times in microseconds. Where a number has a reason, it is given. */
struct ls_engine_config {
	int64_t next_incident_id, next_session_id, next_gap_id; /* >= 1; the store knows */
	uint64_t settle_us; /* sources agree to some 10 ms, children leave within it: 300 ms */
	uint64_t return_window_us; /* a device that stays away longer is gone: 10 s */
	uint64_t quiet_us;	   /* back and quiet for this long ends an incident: 2 s */
	/* The longest that the kernel is silent while it tries to start or reset a device: it asks
	 * three times for the descriptor and waits 5 s for each answer, and is silent for resets of the
	 * port in between (hub_port_init(), initial_descriptor_timeout): 17 s. */
	uint64_t try_silence_us;
	/* Tries of one reset repeat its line within this: two rounds of such questions: 35 s */
	uint64_t reset_retry_us;
	uint64_t enum_window_us;	    /* the next line of a try that has failed: 30 s */
	const struct ls_families *families; /* borrowed, must outlive the engine; NULL: none */
	/* Borrowed as well: the engine whose ids are counted on, so that those of the two never meet;
	 * NULL: it counts by itself. */
	struct ls_engine *numbers;
};
