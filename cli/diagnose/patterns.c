#include "cli/diagnose/patterns.h"

#include <stdlib.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/diagnose/places.h"
#include "cli/base/field.h"
#include "lib/base/hash.h"
#include "lib/base/text.h"

/* Enough to see a pattern; the number that a peer sends must be limited. */
#define DROPS_MAX 10000
/* Unless another span is requested; recent drops are what matters. */
#define DAYS_LOOKED_AT 90

struct drops {
	const char *port, *device; /* only those of this one; NULL: of all */
	struct ls_pattern_drop *all;
	size_t n;
};

/* As in a Session: "05ac:12a8:SERIAL". */
static bool
is_device(const json_t *incident, const char *wanted)
{
	const json_t *device = field_object(incident, "device");
	char name[LS_COMPONENT_NAME_MAX];

	ls_text_format(name, sizeof(name), "%s:%s:%s", field_text(device, "vid"),
		       field_text(device, "pid"), field_text(device, "serial"));
	return strcmp(name, wanted) == 0;
}

static int
add_drop(const json_t *incident, void *user)
{
	struct drops *drops = user;
	const char *port = field_text(incident, "port");
	int64_t at_us;

	if (!field_flag(incident, "drop") || drops->n == DROPS_MAX ||
	    (drops->port && strcmp(drops->port, port) != 0) ||
	    (drops->device && !is_device(incident, drops->device)) ||
	    field_time(incident, "opened_at", &at_us) == 0)
		return CLI_FINE;
	drops->all[drops->n++] = (struct ls_pattern_drop){
		.at_us = at_us,
		.port = ls_hash_text(port),
		.phase_point = LS_PATTERN_UNKNOWN,
		.idle_before_s = LS_PATTERN_UNKNOWN,
		.bytes_per_s = LS_PATTERN_UNKNOWN,
		.session_s = LS_PATTERN_UNKNOWN,
	};
	return CLI_FINE;
}

static int
compare_times(const void *a, const void *b)
{
	const struct ls_pattern_drop *left = a, *right = b;

	return (left->at_us > right->at_us) - (left->at_us < right->at_us);
}

int
diagnose_find_patterns(const struct cli *cli, struct diagnosis *diagnosis)
{
	static const struct ask_list list = {
		.method = "io.linkstat.ListDrops",
		.member = "incidents",
	};
	static const struct ls_pattern_usual unknown = {
		LS_PATTERN_UNKNOWN,
		LS_PATTERN_UNKNOWN,
		LS_PATTERN_UNKNOWN,
		LS_PATTERN_UNKNOWN,
		false,
	};
	const struct ls_suspect *first = &diagnosis->blame->suspects[0];
	struct drops drops = { .all = calloc(DROPS_MAX, sizeof(*drops.all)) };
	char(*phases)[PLACE_PHASE_MAX] = calloc(DROPS_MAX, sizeof(*phases));
	struct query query = cli_query(cli);
	int r;

	if (!drops.all || !phases) {
		free(drops.all);
		free(phases);
		return cli_no_memory();
	}
	if (!query.since.set)
		query.since =
			cli_time_at(cli->now_us - DAYS_LOOKED_AT * 24 * 3600 * (int64_t)LS_SEC);
	if (diagnosis->blame->verdict == LS_VERDICT_SUSPECT && first->kind == LS_COMPONENT_PORT)
		drops.port = histories_id(diagnosis->histories, first->name);
	if (diagnosis->blame->verdict == LS_VERDICT_SUSPECT && first->kind == LS_COMPONENT_DEVICE)
		drops.device = histories_id(diagnosis->histories, first->name);
	r = ask_items(cli, &query, &list, add_drop, &drops);
	qsort(drops.all, drops.n, sizeof(*drops.all), compare_times);
	if (r == CLI_FINE)
		r = diagnose_find_places(cli, &query, drops.all, drops.n, phases);
	if (r == CLI_FINE)
		diagnosis->n_patterns =
			ls_patterns(drops.all, drops.n, &unknown, diagnosis->patterns);
	free(drops.all);
	free(phases);
	return r;
}
