#pragma once
/*
 * Device families: what is supposed to happen. A table, read from .ini text that people can extend
 * (the format: linkstat-families(5)), says in which mode of which family a device is, which changes
 * of mode are expected and for how long they take, and how to recognise one physical device in all
 * its modes. Immutable once read; the engine borrows it, and with it all pointers below: they live
 * until the next ls_families_read().
 *
 * In use: at an arrival ask for the identity, then for the mode, with what left the same port before
 * it unless their identities are those of two devices. At a departure mode->title and
 * mode->return_us say what to tell and how long to wait. At the return ask for the edge; without
 * one, and within LS_FAMILIES_GENERAL_US, ls_families_other_mode() decides. That somebody is waited
 * for longer than that makes his late return no evidence of a lost link.
 */
#include "lib/model/observation.h"

struct ls_families;

/* The table shipped with linkstat (lib/families/ *.ini) is built in; people's files come after. */
int ls_families_new(struct ls_families **ret); /* 0 or -ENOMEM; holds the built-in table */
void ls_families_free(struct ls_families *families);
LS_DEFINE_AUTO(ls_families)

/*
 * Reads one more .ini text; a [section] that exists already is replaced, and its rules are asked
 * before those of all texts read earlier. 1, or -ENOMEM; on an error in it -EINVAL, and @why says
 * "FILE:LINE: what is wrong and what is allowed". In both cases nothing of the text is used.
 */
int ls_families_read(struct ls_families *families, const char *file, const char *text, size_t len,
		     char why[LS_TEXT_MAX]);

/* Where a device is in a known procedure. */
struct ls_mode {
	const char *family; /* "apple" */
	const char *name;   /* "recovery"; a-z, 0-9 and "-", for people and for rules */
	const char *title;  /* "recovery mode"; clean */
	bool busy; /* a job runs while a device is in it (Apple: restore): a stall is told, a drop in
		    * it is a drop of a job */
	uint64_t stall_us;  /* no data for so long while in it is a stall; 0: never */
	uint64_t return_us; /* the longest window of its edges: how long to wait for the device; 0
			     * if it has none: as for a device of no family */
};

/*
 * The mode of @device, which came after @before on the same port and was away for @away_us (NULL
 * and 0: nothing known, or another physical device was there); NULL if it belongs to no family.
 * Pure: ask again with the same @before and @away_us whenever more is known of the device.
 *
 * Some modes look alike (an iPhone shows the same ids in restore mode as in normal use): then an
 * edge from @before whose times fit decides, else it stayed in @before, and without a @before it is
 * the mode that needs no context. Interfaces are not always known: rules on them match only if
 * they are.
 */
const struct ls_mode *ls_families_mode(const struct ls_families *families,
				       const struct ls_device *device, const struct ls_mode *before,
				       uint64_t away_us);

enum ls_edge_meaning {
	LS_EDGE_EXPECTED, /* part of the procedure */
	LS_EDGE_REBOOT,	  /* the device started anew when it should not have: device-reset */
};

struct ls_edge {
	const struct ls_mode *from, *to; /* NULL: any other, also one of no family */
	enum ls_edge_meaning meaning;
	uint64_t min_us, max_us; /* time away; shorter or longer: the edge says nothing */
	const char *why;	 /* one clean sentence: "iBEC took over; a restore goes on" */
};

/*
 * The edge for a device that was away for @away_us, or NULL. @from or @to may be NULL: a device of
 * no family. An edge of exactly these two comes before one of "any other".
 */
const struct ls_edge *ls_families_edge(const struct ls_families *families,
				       const struct ls_mode *from, const struct ls_mode *to,
				       uint64_t away_us);

#define LS_IDENTITY_MAX 128
/* What stays the same in all modes ("apple:ecid:000914de…"), or "" if no rule finds it. */
void ls_families_identity(const struct ls_families *families, const struct ls_device *device,
			  char ret[LS_IDENTITY_MAX]);

enum ls_kinship {
	LS_KIN_UNKNOWN, /* one has no identity, or they are of different kinds */
	LS_KIN_SAME,	/* one physical device */
	LS_KIN_OTHER,	/* two of them */
};
/* Of two identities as ls_families_identity() gives them. */
enum ls_kinship ls_families_kinship(const char *before, const char *after);

/* For devices of no family: one that replugs itself is back within 10 s (fwupd's default, too). */
#define LS_FAMILIES_GENERAL_US (10 * LS_SEC)

enum ls_change {
	LS_CHANGE_NONE,	    /* nothing that is known of both differs */
	LS_CHANGE_MODE,	    /* the same vendor or serial number, and another personality */
	LS_CHANGE_VENDOR,   /* another vendor id and serial number: a mode, or another device */
	LS_CHANGE_SPECIMEN, /* the same model with another serial number: another device */
};

/*
 * The rule for everything else: is what returned to the same port within LS_FAMILIES_GENERAL_US the
 * same device in another mode? By vendor and product id, bcdDevice, number of configurations,
 * string indices, interfaces, product string and the format of the serial number; what one of the
 * two does not tell is not compared. @what gets the first thing that differs ("product id"), static
 * text, "" for LS_CHANGE_NONE. The order of the two does not matter.
 */
enum ls_change ls_families_other_mode(const struct ls_device *before, const struct ls_device *after,
				      const char **what);
