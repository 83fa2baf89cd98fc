#pragma once
/*
 * Device families: which changes are expected. A table, read from .ini text that users can extend
 * (the format: linkstat-families(5)), says in which mode of which family a device is, which changes
 * of mode are expected and for how long they take, and how to recognise one physical device in all
 * its modes. Immutable once read; the engine borrows it, and with it all pointers below: they live
 * until the next ls_families_read().
 *
 * In use: at an arrival ask for the identity, then for the mode, with what left the same port
 * before it unless their identities are those of two devices. At a departure mode->title and
 * mode->return_us say what to report and how long to wait. At the return ask for the edge; without
 * one, and within LS_FAMILIES_GENERAL_US, ls_device_compare() decides. A family that waits longer
 * makes a late return no evidence of a lost link.
 */
#include "lib/families/mode.h"
#include "lib/model/observation.h"

struct ls_families;

/*
 * The table shipped with linkstat (lib/families/ *.ini) is built in; users' files are read after
 * it.
 */
int ls_families_new(struct ls_families **ret); /* 0 or -ENOMEM; holds the built-in table */
void ls_families_free(struct ls_families *families);
LS_DEFINE_AUTO(ls_families)

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

enum ls_identity_match {
	LS_IDENTITY_UNKNOWN, /* one has no identity, or they are of different kinds */
	LS_IDENTITY_SAME,    /* one physical device */
	LS_IDENTITY_OTHER,   /* two of them */
};
/* Of two identities as ls_families_identity() gives them. */
enum ls_identity_match ls_families_match_identities(const char *before, const char *after);

/* For devices of no family: one that replugs itself is back within 10 s (fwupd's default, too). */
#define LS_FAMILIES_GENERAL_US (10 * LS_SEC)
