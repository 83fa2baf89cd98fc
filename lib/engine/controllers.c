#include "lib/engine/controllers.h"

#include <string.h>

#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/engine/facts.h"
#include "lib/engine/links.h"

/* A command that is not completed is reported, then what failed with it, and the kernel tries
 * again. */
#define TOGETHER_US (2 * LS_SEC)

const struct controller_report *
controllers_keep(struct ls_engine *engine, const char *controller, uint64_t fact,
		 const struct ls_observation *obs)
{
	struct controller_report *report = NULL;

	for (size_t i = 0; i < LS_MAX_TROUBLED && !report; i++) {
		if (strcmp(engine->controllers[i].controller, controller) == 0)
			report = &engine->controllers[i];
	}
	if (report && obs->repeated && report->evidence.at.mono_us + TOGETHER_US >= obs->at.mono_us)
		return report;
	if (!report)
		report = &engine->controllers[engine->next_controller++ % LS_MAX_TROUBLED];
	*report = (struct controller_report){ .fact = fact };
	ls_text_copy(report->controller, sizeof(report->controller), controller);
	report->evidence.at = obs->at;
	report->evidence.source = obs->source;
	memcpy(report->evidence.what, obs->text, sizeof(report->evidence.what));
	return report;
}

/* An excerpt need not say which bus is whose: a controller without a known bus may have any. */
bool
controllers_may_have(struct ls_engine *engine, const char *controller, uint16_t bus)
{
	const char *own = links_controller(engine, bus, "");

	if (own && own[0])
		return strcmp(own, controller) == 0;
	for (size_t i = 0; i < LS_MAX_BUSES; i++) {
		if (engine->buses[i].number && strcmp(engine->buses[i].controller, controller) == 0)
			return false;
	}
	return true;
}

bool
controllers_reported(const struct ls_engine *engine, const char *controller, struct ls_instant at)
{
	for (size_t i = 0; i < LS_MAX_TROUBLED; i++) {
		const struct controller_report *report = &engine->controllers[i];

		if (report->fact == LS_FACT_CONTROLLER_TROUBLE &&
		    strcmp(report->controller, controller) == 0 &&
		    at.mono_us <= report->evidence.at.mono_us + TOGETHER_US)
			return true;
	}
	return false;
}

const struct controller_report *
controllers_near(struct ls_engine *engine, const char *name, struct ls_instant at)
{
	for (size_t i = 0; i < LS_MAX_TROUBLED; i++) {
		const struct controller_report *report = &engine->controllers[i];
		uint64_t then = report->evidence.at.mono_us;
		uint64_t apart = at.mono_us > then ? at.mono_us - then : then - at.mono_us;

		if (report->controller[0] && apart <= TOGETHER_US &&
		    controllers_may_have(engine, report->controller, ls_port_bus(name)))
			return report;
	}
	return NULL;
}
