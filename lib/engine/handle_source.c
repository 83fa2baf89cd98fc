#include "lib/engine/state.h"
#include "lib/base/text.h"

static void
emit(struct ls_engine *engine, const struct ls_gap *gap)
{
	struct ls_record record = { .kind = LS_RECORD_GAP, .gap = gap };

	engine->emit(&record, engine->user);
}

static void
lost(struct ls_engine *engine, enum ls_source source, struct ls_instant at, uint32_t n,
     const char *reason)
{
	struct ls_gap gap = {
		.id = engine->numbers->config.next_gap_id++,
		.source = source,
		.began = at,
		.ended = at,
		.n_lost = n ? n : UINT32_MAX,
	};

	ls_text_format(gap.reason, sizeof(gap.reason), "%s", reason);
	emit(engine, &gap);
}

void
gaps_cap(struct ls_engine *engine, enum cap cap)
{
	static const char *const reasons[N_CAPS] = {
		[CAP_BUSES] =
			"more USB buses than linkstat keeps in memory; the rest is not followed",
		[CAP_LINKS] = "more USB ports in use than linkstat keeps in memory; "
			      "the rest is not followed",
		[CAP_SESSIONS] = "more devices than linkstat keeps in memory; "
				 "the rest has events but no sessions",
		[CAP_INCIDENTS] = "more incidents at once than linkstat keeps in memory; "
				  "the rest has events but no verdict",
	};

	if (engine->cap_said[cap])
		return;
	engine->cap_said[cap] = true;
	lost(engine, LS_SOURCE_NONE, engine->now, 0, reasons[cap]);
}

void
gaps_observe(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct ls_gap *gap = &engine->gaps[obs->source];

	if (obs->source == LS_SOURCE_USBMON && obs->kind == LS_OBS_LOST)
		engine->usbmon_lost_mono = obs->at.mono_us;
	if (obs->source == LS_SOURCE_USBMON && obs->kind == LS_OBS_SOURCE_SEES &&
	    !engine->sees[LS_SOURCE_USBMON])
		engine->usbmon_since_mono = obs->at.mono_us;
	if (obs->kind == LS_OBS_LOST) {
		lost(engine, obs->source, obs->at, obs->count, obs->text);
		return;
	}
	engine->sees[obs->source] = obs->kind == LS_OBS_SOURCE_SEES;
	if (obs->kind == LS_OBS_SOURCE_BLIND && !gap->id) {
		*gap = (struct ls_gap){
			.id = engine->numbers->config.next_gap_id++,
			.source = obs->source,
			.began = obs->at,
			.open = true,
		};
		ls_text_format(gap->reason, sizeof(gap->reason), "%s", obs->text);
		emit(engine, gap);
	} else if (obs->kind == LS_OBS_SOURCE_SEES && gap->id) {
		gap->open = false;
		gap->ended = obs->at;
		emit(engine, gap);
		gap->id = 0;
	}
}
