#pragma once
/*
 * Device families: what is supposed to happen. A table, read from .ini text that people can extend,
 * says in which mode of which family a device is, which changes of mode are expected and for how
 * long they take, and how to recognise one physical device in all its modes. Immutable once read;
 * the engine borrows it.
 */
#include "lib/observation.h"

struct ls_families;

/* The table shipped with linkstat (lib/families/ *.ini) is built in; people's files come after. */
int ls_families_new(struct ls_families **ret); /* 0 or -ENOMEM; holds the built-in table */
void ls_families_free(struct ls_families *families);
LS_DEFINE_AUTO(ls_families)

/*
 * Reads one more .ini text; a [section] that exists already is replaced. 1; on an error -EINVAL,
 * nothing of the file is used and @why says "FILE:LINE: what is wrong and what is allowed".
 */
int ls_families_read(struct ls_families *families, const char *file, const char *text, size_t len,
		     char why[LS_TEXT_MAX]);

/* Where a device is in a known procedure. Borrowed from the table, lives as long as it. */
struct ls_mode {
	const char *family; /* "apple" */
	const char *name;   /* "recovery"; clean, short, for people and for rules */
	const char *title;  /* "recovery mode" */
	bool transient;	    /* a device only passes through it, on its way to another mode */
	bool busy; /* a job runs while a device is in it (Apple: restore): a stall is told, a drop in
		    * it is a drop of a job */
	uint64_t stall_us;  /* no data for so long while in it is a stall; 0: never */
	uint64_t return_us; /* the longest window of its edges: how long to wait for the device */
};

/* The mode of @device, which came after @before on the same port (NULL: nothing known); NULL if it
 * belongs to no family. Interfaces are not always known: rules on them match only if they are. */
const struct ls_mode *ls_families_mode(const struct ls_families *families,
				       const struct ls_device *device,
				       const struct ls_mode *before);

enum ls_edge_meaning {
	LS_EDGE_EXPECTED, /* part of the procedure */
	LS_EDGE_REBOOT,	  /* the device started anew when it should not have: device-reset */
};

struct ls_edge {
	const struct ls_mode *from, *to;
	enum ls_edge_meaning meaning;
	uint64_t min_us, max_us; /* time away; shorter or longer: the edge says nothing */
	const char *why;	 /* one sentence: "iBEC took over; a restore goes on" */
};

/* The edge for a device that was away for @away_us, or NULL. */
const struct ls_edge *ls_families_edge(const struct ls_families *families,
				       const struct ls_mode *from, const struct ls_mode *to,
				       uint64_t away_us);

#define LS_IDENTITY_MAX 128
/* What stays the same in all modes ("apple:ecid:000914de…"), or "" if no rule finds it. */
void ls_families_identity(const struct ls_families *families, const struct ls_device *device,
			  char ret[LS_IDENTITY_MAX]);
