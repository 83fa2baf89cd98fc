/*
 * What was known of a port before its device left or was reset. Every change of a port makes the
 * kernel ask the hub for its status, so that a disconnect without one was decided by software.
 */
#include <string.h>

#include "lib/engine/evidence.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/engine/causes.h"
#include "lib/engine/handles.h"
#include "lib/engine/links.h"
#include "lib/engine/load.h"

/* A plug that is pulled makes transfers fail until the hub reports it, 10 to 300 ms; a SuperSpeed
 * one shows SS.Inactive for less than this. */
#define PULLED_US (300 * LS_MS)
/* A program that removes a device first takes its configuration away. */
#define REMOVED_US (1 * LS_SEC)
/* The Type-C controller and the hub notice the same plug within this. */
#define PARTNER_US (3 * LS_SEC)
/* Tries of one reset follow each other within this: 5 s each for an answer that never comes. */
#define RETRY_US (10 * LS_SEC)
/* usbmon must have watched for this long before its silence means something. */
#define WATCHED_US (1 * LS_SEC)
/* Failures longer ago than this have nothing to do with it. */
#define BEFORE_US (10 * LS_SEC)
/* So many departures at equal intervals are a beat; more where times are in whole seconds. */
#define BEAT_N	     5
#define BEAT_N_WHOLE 8
/* … and for longer than chance fits into seconds. */
#define BEAT_SPAN_WHOLE_US (20 * LS_SEC)
/* What busy machines add to an interval, besides this part of it; more where there are many. */
#define BEAT_JITTER_US	(40 * LS_MS)
#define BEAT_PART	40
#define BEAT_N_LOOSE	7
#define BEAT_PART_LOOSE 16
#define BEAT_LONGEST_US (120 * LS_SEC)
/* A loader is sent in less than this; a disconnect during a longer transfer is unintended. */
#define STREAM_US (2 * LS_SEC)

bool
evidence_is_recent(uint64_t then_us, struct ls_instant at, uint64_t span_us)
{
	return then_us && then_us <= at.mono_us + 100 * LS_MS && then_us + span_us >= at.mono_us;
}

void
evidence_note_reset(struct link *link, struct ls_instant at)
{
	if (!link->history.reset_mono || link->history.reset_mono + RETRY_US < at.mono_us)
		link->history.reset_began_mono = at.mono_us;
	link->history.reset_mono = at.mono_us;
}

/* The hub of the port is one whose traffic usbmon has seen all the time. */
static bool
was_watched(struct ls_engine *engine, const struct link *link, struct ls_instant at)
{
	char parent[LS_PORT_NAME_MAX];

	if (!engine->available[LS_SOURCE_USBMON] ||
	    engine->usbmon_since_mono + WATCHED_US > at.mono_us ||
	    evidence_is_recent(engine->usbmon_lost_mono, at, 2 * HUB_REPORT_US))
		return false;
	if (ls_port_parent(link->name, parent) <= 0)
		return false;
	return strncmp(parent, "usb", 3) == 0 ||
	       (links_find(engine, parent) && links_find(engine, parent)->present);
}

static void
add_note(struct report *report, const char *what)
{
	if (report->n_notes < NOTES_MAX)
		ls_text_copy(report->notes[report->n_notes++], LS_TEXT_MAX, what);
}

/* What the hub reported of the port, or did not. @known: facts of the incident so far. */
static uint64_t
facts_of_hub(struct ls_engine *engine, const struct link *link, struct ls_instant at,
	     uint64_t known)
{
	const struct port_history *hub = &link->history;
	bool lost = evidence_is_recent(hub->lost_mono, at, HUB_REPORT_US);
	bool disabled = evidence_is_recent(hub->disabled_mono, at, HUB_REPORT_US);
	bool switched = evidence_is_recent(hub->switched_mono, at, HUB_REPORT_US);
	uint64_t facts = 0;

	if (lost)
		facts |= LS_FACT_HUB_SAW;
	else if (!disabled && was_watched(engine, link, at))
		facts |= LS_FACT_HUB_SILENT;
	if (disabled && (!lost || hub->disabled_mono <= hub->lost_mono))
		facts |= LS_FACT_EMI;
	if (switched && (!lost || hub->switched_mono <= hub->lost_mono))
		facts |= LS_FACT_SWITCHED_OFF;
	if (hub->failed_mono && lost && hub->failed_mono + PULLED_US < hub->lost_mono)
		facts |= LS_FACT_LINK_FAILED;
	if (!lost && evidence_is_recent(hub->reset_mono, at, HUB_REPORT_US))
		facts |= LS_FACT_RESET;
	if (!lost && link->failed_since_reset && ((known | facts) & LS_FACT_RESET))
		facts |= LS_FACT_RESET_FAILED;
	return facts;
}

static void
from_port(struct ls_engine *engine, const struct link *link, uint64_t known, struct report *report)
{
	struct ls_instant at = report->obs->at;
	bool silent;

	report->facts |= facts_of_hub(engine, link, at, known);
	silent = (known | report->facts) & LS_FACT_HUB_SILENT;
	/* Every device that leaves is without a configuration for a moment: no proof by itself. */
	if (silent && evidence_is_recent(link->removed_mono, at, REMOVED_US))
		report->facts |= LS_FACT_REMOVED;
	if (evidence_is_recent(link->partner_mono, at, PARTNER_US))
		report->facts |= LS_FACT_PARTNER_GONE;
	if (evidence_is_recent(link->resume_failed_mono, at, HUB_REPORT_US))
		report->facts |= LS_FACT_RESUME_FAILED;
	if (silent)
		add_note(report,
			 "usbmon watched, and the hub told of no change at the port before");
}

static bool
errors_of_reset(const struct link *link)
{
	return link->history.reset_began_mono &&
	       link->burst.first_us >= link->history.reset_began_mono;
}

enum ls_burst_edge
evidence_note_errors(struct link *link, const struct ls_observation *obs)
{
	struct ls_burst_config config;
	enum ls_burst_edge edge;

	ls_burst_config_default(&config);
	link->last_status = obs->status;
	link->errors_source = obs->source;
	edge = ls_burst_add(&link->burst, &config, obs->at.mono_us, obs->n_failed);
	if (link->burst.n == obs->n_failed) /* it counts from here on */
		link->n_timeouts = 0;
	link->n_timeouts += obs->n_timeouts;
	return edge;
}

void
evidence_of_reset(struct ls_engine *engine, struct link *link, struct report *report)
{
	struct ls_instant at = report->obs->at;
	struct ls_observation errors;

	evidence_note_reset(link, at);
	if (handles_claim(engine, link, at, &errors) == 1) {
		(void)evidence_note_errors(link, &errors);
		add_note(report, errors.text);
	}
	if (evidence_is_recent(link->history.failed_mono, at, HUB_REPORT_US))
		report->facts |= LS_FACT_LINK_FAILED;
	if (link->burst.n && evidence_is_recent(link->burst.last_us, at, HUB_REPORT_US) &&
	    !errors_of_reset(link))
		report->facts |= link->n_timeouts >= link->burst.n ? LS_FACT_TIMED_OUT
								   : LS_FACT_ERRORS_BEFORE;
}

static void
from_transfers(const struct link *link, struct report *report)
{
	const struct ls_burst *burst = &link->burst;
	uint64_t at_us = report->obs->at.mono_us, ago;
	char what[LS_TEXT_MAX];

	if (!burst->n || burst->first_us >= at_us || burst->last_us + BEFORE_US < at_us)
		return;
	ago = at_us - burst->first_us;
	if (ago <= PULLED_US || errors_of_reset(link))
		return;
	ls_text_format(
		what, sizeof(what),
		"%llu transfers had failed since %.1f s before it left, the last with status %d",
		(unsigned long long)burst->n, (double)ago / LS_SEC, link->last_status);
	add_note(report, what);
	/* A device that does not answer died before its link did; the wire breaks transfers. */
	report->facts |= link->n_timeouts >= burst->n ? LS_FACT_TIMED_OUT : LS_FACT_ERRORS_BEFORE;
	report->sources |= 1U << link->errors_source;
}

static void
from_flow(const struct link *link, struct report *report)
{
	const struct flow *flow = &link->flow;
	uint64_t at_us = report->obs->at.mono_us;
	uint64_t so_far_us = at_us > flow->since_mono ? at_us - flow->since_mono : 0;
	char what[LS_TEXT_MAX];

	if (!flow->kib_per_s)
		return;
	report->facts |= LS_FACT_FLOWING;
	if (so_far_us >= STREAM_US)
		report->facts |= LS_FACT_STREAMING;
	ls_text_format(what, sizeof(what), "data was flowing when it left, for %.0f s already",
		       (double)so_far_us / LS_SEC);
	add_note(report, what);
	report->sources |= 1U << LS_SOURCE_USBMON;
}

/* Of stamps of whole seconds: the intervals that fit the last @n + 1 departures are between these. */
struct beat_bounds {
	uint64_t least_us, most_us;
	unsigned int part; /* they may differ by this part of the least, and by the jitter */
};

static uint64_t
departed(const struct link *link, uint64_t at_us, unsigned int n)
{
	return n ? links_departure(link, n - 1)->mono_us : at_us;
}

static bool
fits_whole(const struct link *link, uint64_t at_us, unsigned int n, struct beat_bounds *bounds)
{
	uint64_t then_us = departed(link, at_us, n);

	for (unsigned int i = 0; i < n; i++) {
		uint64_t apart_us = departed(link, at_us, i) - then_us;
		uint64_t least_us = apart_us > LS_SEC ? (apart_us - LS_SEC) / (n - i) : 0;
		uint64_t most_us = (apart_us + LS_SEC) / (n - i);

		if (least_us > bounds->least_us)
			bounds->least_us = least_us;
		if (most_us < bounds->most_us)
			bounds->most_us = most_us;
	}
	return then_us % LS_SEC == 0 && bounds->least_us < bounds->most_us;
}

static bool
fits(const struct link *link, uint64_t at_us, unsigned int n, struct beat_bounds *bounds)
{
	uint64_t interval_us = departed(link, at_us, n - 1) - departed(link, at_us, n);

	if (interval_us < bounds->least_us)
		bounds->least_us = interval_us;
	if (interval_us > bounds->most_us)
		bounds->most_us = interval_us;
	return bounds->most_us - bounds->least_us <=
	       BEAT_JITTER_US + bounds->least_us / bounds->part;
}

/* As a part: all that is known are whole seconds. */
#define WHOLE_SECONDS 0

/* How many departures up to this one fit the same interval, and when the first of them was. */
static unsigned int
count_beats(const struct link *link, uint64_t at_us, unsigned int part, uint64_t *ret_us)
{
	bool whole = part == WHOLE_SECONDS;
	struct beat_bounds bounds = { BEAT_LONGEST_US, 0, part };
	unsigned int n = 1;

	if (whole)
		bounds = (struct beat_bounds){ 0, BEAT_LONGEST_US, 0 };
	for (*ret_us = at_us; n < LINK_LEFT; n++) {
		uint64_t then_us = departed(link, at_us, n);

		if (!then_us || then_us >= *ret_us || *ret_us - then_us > BEAT_LONGEST_US ||
		    !(whole ? fits_whole : fits)(link, at_us, n, &bounds))
			break;
		*ret_us = then_us;
	}
	return n;
}

static bool
all_whole(const struct link *link, uint64_t at_us, unsigned int n)
{
	while (n > 0 && departed(link, at_us, n - 1) % LS_SEC == 0)
		n--;
	return n == 0;
}

/*
 * The interval of departures of which this one is the last; 0: there is no beat. A contact that is
 * loose has none: a device that crashes at the same point of its start has.
 */
static uint64_t
beat_of(const struct link *link, uint64_t at_us, unsigned int *ret_n)
{
	unsigned int enough = BEAT_N;
	uint64_t first_us;

	*ret_n = count_beats(link, at_us, BEAT_PART, &first_us);
	if (*ret_n < BEAT_N) {
		*ret_n = count_beats(link, at_us, BEAT_PART_LOOSE, &first_us);
		enough = BEAT_N_LOOSE;
	}
	if (*ret_n >= enough && !all_whole(link, at_us, *ret_n))
		return (at_us - first_us) / (*ret_n - 1);
	if (at_us % LS_SEC != 0)
		return 0;
	*ret_n = count_beats(link, at_us, WHOLE_SECONDS, &first_us);
	if (*ret_n < BEAT_N_WHOLE || at_us - first_us < BEAT_SPAN_WHOLE_US)
		return 0;
	return (at_us - first_us) / (*ret_n - 1);
}

/* A program leads it from mode to mode, or back to the same one. */
static bool
is_led(const struct ls_engine *engine, const struct link *link)
{
	const struct ls_mode *mode = link->session ? link->session->mode : NULL;
	const struct departure *before = links_departure(link, 0);
	uint64_t came_us = link->arrival.at.mono_us;

	if (!mode || mode->resting)
		return false;
	if (link->before.vid != link->device.vid || link->before.pid != link->device.pid)
		return true;
	return ls_families_edge(engine->config.families, mode, mode,
				came_us > before->mono_us ? came_us - before->mono_us : 0);
}

static void
from_departures(const struct ls_engine *engine, const struct link *link, struct report *report)
{
	if (is_led(engine, link))
		return;
	report->beat_us = beat_of(link, report->obs->at.mono_us, &report->n_beat);
	if (!report->beat_us)
		return;
	report->facts |= LS_FACT_BEAT;
	report->hold_us = report->beat_us + report->beat_us / 2;
}

void
evidence_before(struct ls_engine *engine, const struct link *link, uint64_t known,
		struct report *report)
{
	from_transfers(link, report);
	from_port(engine, link, known, report);
	from_flow(link, report);
	if (load_of_neighbour(engine, link))
		report->facts |= LS_FACT_NEIGHBOUR;
	from_departures(engine, link, report);
}
