#include <string.h>

#include "cli/ask/ask.h"
#include "cli/diagnose/places.h"
#include "cli/base/field.h"
#include "lib/base/text.h"

struct places {
	struct ls_pattern_drop *drops;
	size_t n;
	char (*phases)[PLACE_PHASE_MAX];
};

static void
place_in_job(struct places *places, const json_t *job)
{
	bool counted = field_has(job, "place_phase") && field_has(job, "place_percent");
	const char *phase = field_text(job, counted ? "place_phase" : "place");
	int64_t began_us, ended_us;

	if (!*phase || field_time(job, "began_at", &began_us) == 0 ||
	    field_time(job, "ended_at", &ended_us) == 0)
		return;
	/* The place is where the first drop happened. */
	for (size_t i = 0; i < places->n; i++) {
		struct ls_pattern_drop *drop = &places->drops[i];

		if (drop->at_us < began_us || drop->at_us > ended_us + (int64_t)LS_SEC)
			continue;
		/* Behind a comma is for how long it ran already. */
		ls_text_format(places->phases[i], sizeof(places->phases[i]), "%.*s",
			       (int)strcspn(phase, ","), phase);
		drop->phase = places->phases[i];
		if (counted)
			drop->phase_point = (double)field_int(job, "place_percent") / 100;
		return;
	}
}

static int
on_job(const json_t *job, void *user)
{
	if (field_has(job, "place"))
		place_in_job(user, job);
	return CLI_FINE;
}

int
diagnose_find_places(const struct cli *cli, const struct query *query,
		     struct ls_pattern_drop *drops, size_t n_drops, char (*phases)[PLACE_PHASE_MAX])
{
	static const struct ask_list list = {
		.method = "io.linkstat.ListJobs",
		.member = "jobs",
	};
	struct places places = { drops, n_drops, phases };

	return n_drops ? ask_items(cli, query, &list, on_job, &places) : CLI_FINE;
}
