/* Sessions in the modes of their device's family: which one now, and was the change expected? */
#include <string.h>

#include "lib/engine/modes.h"
#include "lib/base/text.h"
#include "lib/engine/causes.h"
#include "lib/engine/emit.h"

/* Hands need longer to plug another device in. Modems and network adapters that first are a disk with
 * their driver, and boards that load their firmware, may change all of their ids. */
#define AT_ONCE_US (1 * LS_SEC)
/* The kernel waits longer for a connection to be stable; lines without times are 1 us apart. */
#define DEBOUNCE_US (50 * LS_MS)

/* 0: within one second, of stamps that have no fractions. */
static bool
is_at_once(uint64_t away_us)
{
	return away_us == 0 || (away_us >= DEBOUNCE_US && away_us < AT_ONCE_US);
}

static const struct ls_mode *
mode_of(const struct ls_engine *engine, const struct ls_device *device,
	const struct ls_mode *before, uint64_t away_us)
{
	if (!engine->config.families)
		return NULL;
	return ls_families_mode(engine->config.families, device, before, away_us);
}

/* Its family names something that stays the same in all modes. */
static enum ls_identity_match
match_identities(const struct ls_engine *engine, const struct ls_device *before,
		 const struct ls_device *after)
{
	char one[LS_IDENTITY_MAX], other[LS_IDENTITY_MAX];

	if (!engine->config.families)
		return LS_IDENTITY_UNKNOWN;
	ls_families_identity(engine->config.families, before, one);
	ls_families_identity(engine->config.families, after, other);
	return ls_families_match_identities(one, other);
}

/*
 * A device that leaves a job's mode and looks the same later has finished, or lost its link. In any
 * mode a stream of data does not end by itself with the device leaving, and a device that changes
 * its mode breaks no transfers on the wire long before.
 */
static bool
lost_in_job(const struct session *before, enum ls_device_match like, uint64_t facts)
{
	static const uint64_t signs = LS_FACT_ERRORS_BEFORE | LS_FACT_FLOWING |
				      LS_FACT_ENUM_FAILED | LS_FACT_EMI | LS_FACTS_OVER_CURRENT;

	if (!before->mode || like != LS_MATCH_SAME)
		return false;
	return (facts & (LS_FACT_STREAMING | LS_FACT_ERRORS_BEFORE)) ||
	       (before->mode->busy && (facts & signs));
}

/*
 * A loader with the ids of the one before it: only the data that flowed, which usbmon shows, tells
 * it from a lost link. It stays uncertain until the device looks different.
 */
static void
mark_uncertain(const struct ls_engine *engine, struct session *before, struct return_match *match)
{
	bool alike = match->like == LS_MATCH_SAME && !engine->available[LS_SOURCE_USBMON];

	before->mode_uncertain =
		alike && ((match->edge && !match->edge->min_us) || before->mode_uncertain);
	match->looks_alike = before->mode_uncertain && !match->replugged;
}

void
modes_compare(struct ls_engine *engine, struct session *before, const struct link *link,
	      uint64_t facts, struct return_match *ret)
{
	const struct ls_device *after = &link->device;
	uint64_t came_us = link->enumerating_since.mono_us ? link->enumerating_since.mono_us
							   : engine->now.mono_us;
	uint64_t left_us = before->pub.ended.mono_us;
	uint64_t away_us = came_us > left_us ? came_us - left_us : 0;
	enum ls_identity_match match = match_identities(engine, &before->pub.device, after);

	*ret = (struct return_match){ .like = ls_device_compare(&before->pub.device, after) };
	if (match == LS_IDENTITY_OTHER) {
		ret->like = LS_MATCH_OTHER;
		ret->mode = mode_of(engine, after, NULL, 0);
		return;
	}
	if (lost_in_job(before, ret->like, facts)) {
		ret->mode = before->mode;
		return;
	}
	ret->mode = mode_of(engine, after, before->mode, away_us);
	if (before->mode)
		ret->edge =
			ls_families_edge(engine->config.families, before->mode, ret->mode, away_us);
	ret->replugged = !ret->edge && (facts & LS_FACT_AWAY);
	if (ret->like == LS_MATCH_OTHER &&
	    (ret->edge || match == LS_IDENTITY_SAME || is_at_once(away_us)))
		ret->like = LS_MATCH_OTHER_MODE;
	mark_uncertain(engine, before, ret);
}

void
modes_enter(struct ls_engine *engine, struct session *session, const struct ls_mode *mode,
	    struct ls_instant at)
{
	struct ls_observation obs = { .at = at, .source = LS_SOURCE_NONE };
	bool began = !session->mode_since.mono_us;

	if (session->mode == mode)
		return;
	session->mode = mode;
	session->mode_since = at;
	ls_text_copy(session->pub.mode, sizeof(session->pub.mode), mode ? mode->title : "");
	if (!mode || began) /* its connect is the event */
		return;
	ls_text_format(obs.text, sizeof(obs.text), "%s is in %s", session->pub.socket.name,
		       mode->title);
	emit_event(engine, LS_EVENT_MODE, &session->pub.socket, NULL, &obs);
}

void
modes_begin(struct ls_engine *engine, struct session *session, const struct ls_device *device,
	    struct ls_instant at)
{
	modes_enter(engine, session, mode_of(engine, device, NULL, 0), at);
}
