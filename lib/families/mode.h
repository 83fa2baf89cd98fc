#pragma once
/* Modes of device families and the expected changes between them; shapes only. */
#include "lib/base/base.h"

/* Where a device is in a known procedure. */
struct ls_mode {
	const char *family; /* "apple" */
	const char *name;   /* "recovery"; a-z, 0-9 and "-", for people and for rules */
	const char *title;  /* "recovery mode"; clean */
	bool busy;    /* a job runs while a device is in it (Apple: restore): a stall is reported, a
		    * drop in it is a drop of a job */
	bool resting; /* of a device in everyday use: messages leave it out */
	uint64_t stall_us;  /* no data for so long while in it is a stall; 0: never */
	uint64_t return_us; /* the longest window of its edges: how long to wait for the device; 0
			     * if it has none: as for a device of no family */
};

enum ls_edge_meaning {
	LS_EDGE_EXPECTED, /* part of the procedure */
	LS_EDGE_REBOOT,	  /* the device restarted unexpectedly: device-reset */
};

struct ls_edge {
	const struct ls_mode *from, *to; /* NULL: any other, also one of no family */
	enum ls_edge_meaning meaning;
	uint64_t min_us, max_us; /* time away; shorter or longer: the edge does not apply */
	const char *why;	 /* one clean sentence: "iBEC took over; a restore goes on" */
};
