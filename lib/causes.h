#pragma once
/* From facts to a cause: one table of rules that a person can read next to DESIGN.md section 5. */
#include "lib/record.h"

/* What the testimony about one incident establishes. */
enum ls_fact {
	LS_FACT_GONE = 1 << 0,	     /* the device was disconnected */
	LS_FACT_BACK_SAME = 1 << 1,  /* came back at least once: ids and serial number */
	LS_FACT_BACK_MODEL = 1 << 2, /* came back at least once: ids, there is no serial number */
	LS_FACT_BACK_OTHER_MODE = 1 << 3,
	LS_FACT_OTHER_CAME = 1 << 4, /* a different device took the place */
	LS_FACT_ELSEWHERE = 1 << 5,  /* it turned up on another port */
	LS_FACT_AWAY = 1 << 6,	     /* the return window passed without it */
	LS_FACT_RESET = 1 << 7,
	LS_FACT_ENUM_FAILED = 1 << 8,
	LS_FACT_ENUM_GAVE_UP = 1 << 9,
	LS_FACT_BOUNCE = 1 << 10, /* connect-debounce failed */
	LS_FACT_OVER_CURRENT = 1 << 11,
	LS_FACT_EMI = 1 << 12,
	LS_FACT_HUB = 1 << 13,	    /* the device is a hub */
	LS_FACT_CHILDREN = 1 << 14, /* devices behind it left with it */
	LS_FACT_CONTROLLER_DIED = 1 << 15,
	LS_FACT_BUS_GONE = 1 << 16, /* the root hub was removed: unbound or pulled controller */
	LS_FACT_DEAUTHORISED = 1 << 17,
	LS_FACT_SLEPT = 1 << 18, /* the machine slept or woke at that moment */
	LS_FACT_FIRMWARE_CHANGED = 1 << 19,
	LS_FACT_CAME_UP = 1 << 20,	 /* enumeration worked in the end */
	LS_FACT_SERIAL = 1 << 21,	 /* the device that left has a serial number */
	LS_FACT_LINK_ERRORS = 1 << 22,	 /* a burst of failed transfers on a link that stood */
	LS_FACT_ERRORS_BEFORE = 1 << 23, /* transfers failed earlier than any unplug explains */
};

/*
 * Sets cause, side, drop, confidence and why from facts and sources. A source that was silent, or
 * is blind, lowers the confidence and never changes the cause.
 */
void ls_cause_decide(struct ls_incident *incident);
