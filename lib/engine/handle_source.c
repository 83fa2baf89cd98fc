/* A source is available from now on, is not, or lost records: gaps. */
#include "lib/engine/handle_source.h"
#include "lib/base/text.h"
#include "lib/engine/emit.h"
#include "lib/engine/load.h"

void
handle_source(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct ls_gap *gap = &engine->gaps[obs->source];

	if (obs->source == LS_SOURCE_USBMON && obs->kind == LS_OBS_LOST)
		engine->usbmon_lost_mono = obs->at.mono_us;
	if (obs->source == LS_SOURCE_KERNEL_LOG && obs->kind == LS_OBS_LOST)
		engine->log_lost_mono = obs->at.mono_us;
	if (obs->source == LS_SOURCE_USBMON && obs->kind == LS_OBS_SOURCE_AVAILABLE &&
	    !engine->available[LS_SOURCE_USBMON])
		engine->usbmon_since_mono = obs->at.mono_us;
	if (obs->kind == LS_OBS_LOST) {
		emit_lost(engine, obs->source, obs->at, obs->n_lost, obs->text);
		return;
	}
	load_account(engine, obs->at);
	engine->available[obs->source] = obs->kind == LS_OBS_SOURCE_AVAILABLE;
	if (obs->kind == LS_OBS_SOURCE_UNAVAILABLE && !gap->id) {
		*gap = (struct ls_gap){
			.id = engine->numbers->config.next_gap_id++,
			.kind = obs->imported ? LS_GAP_IMPORTED : LS_GAP_OUTAGE,
			.source = obs->source,
			.began = obs->at,
			.open = true,
		};
		ls_text_copy(gap->reason, sizeof(gap->reason), obs->text);
		emit_gap(engine, gap);
	} else if (obs->kind == LS_OBS_SOURCE_AVAILABLE && gap->id) {
		gap->open = false;
		gap->ended = obs->at;
		if (gap->ended.real_us < gap->began.real_us) /* the clock was set back */
			gap->ended.real_us = gap->began.real_us +
					     (int64_t)(gap->ended.mono_us - gap->began.mono_us);
		emit_gap(engine, gap);
		gap->id = 0;
	}
}
