#include <string.h>

#include "cli/ask/ask.h"
#include "cli/diagnose/places.h"
#include "cli/base/field.h"
#include "lib/base/cursor.h"
#include "lib/base/text.h"

struct places {
	struct ls_pattern_drop *drops;
	size_t n;
	char (*phases)[PLACE_PHASE_MAX];
};

/* "at 37 % of the file system, 212 s into restore mode": 1, or 0 for words without a share. */
static int
read_place(const char *place, double *point, char phase[PLACE_PHASE_MAX])
{
	struct ls_cursor cur = ls_cursor_of(place, strlen(place)), name;
	uint64_t percent;

	if (!ls_take_literal(&cur, "at ") || !ls_take_uint(&cur, 100, &percent) ||
	    !ls_take_literal(&cur, " % of the "))
		return 0;
	name = ls_take_until(&cur, ',');
	ls_text_clean(phase, PLACE_PHASE_MAX, name.at, ls_cursor_left(&name));
	*point = (double)percent / 100;
	return 1;
}

static void
place_in_job(struct places *places, const json_t *job)
{
	char phase[PLACE_PHASE_MAX];
	int64_t began_us, ended_us;
	double point;

	if (read_place(field_text(job, "place"), &point, phase) <= 0 ||
	    field_time(job, "began_at", &began_us) == 0 ||
	    field_time(job, "ended_at", &ended_us) == 0)
		return;
	/* The place is where the first drop happened. */
	for (size_t i = 0; i < places->n; i++) {
		struct ls_pattern_drop *drop = &places->drops[i];

		if (drop->at_us < began_us || drop->at_us > ended_us + (int64_t)LS_SEC)
			continue;
		memcpy(places->phases[i], phase, sizeof(phase));
		drop->phase = places->phases[i];
		drop->phase_point = point;
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
