#include "cli/diagnose/patterns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/diagnose/places.h"
#include "cli/base/field.h"
#include "lib/base/hash.h"
#include "lib/base/text.h"
#include "lib/wire/session_json.h"

/* Enough to see a pattern; the number that a peer sends must be limited. */
#define DROPS_MAX 10000
/* Unless another span is requested; recent drops are what matters. */
#define DAYS_LOOKED_AT 90

struct suspect_name {
	const char *port, *device; /* as in a Session; NULL: neither */
	uint64_t port_number, device_number;
};

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

static void
find(struct diagnosis *diagnosis, const struct stays *stays, const struct suspect_name *suspect,
     const struct ls_pattern_drop *drops, size_t n_drops)
{
	uint64_t port = suspect->port_number, device = suspect->device_number;
	struct ls_pattern_context context = {
		.short_sessions = stays_short(stays, port, device),
	};

	for (unsigned int i = 0; i < LS_N_CONDITIONS; i++)
		context.conditions[i] = stays_in(stays, port, device, i);
	diagnosis->n_patterns = ls_patterns(drops, n_drops, &context, diagnosis->patterns);
}

/* The first suspect, where it is a port or a device; else the drops of all count. */
static struct suspect_name
name_suspect(const struct diagnosis *diagnosis)
{
	const struct ls_suspect *first = &diagnosis->blame->suspects[0];
	struct suspect_name name = { 0 };

	if (diagnosis->blame->verdict != LS_VERDICT_SUSPECT || *first->with)
		return name;
	if (first->kind == LS_COMPONENT_PORT)
		name.port = histories_id(diagnosis->histories, first->name);
	if (first->kind == LS_COMPONENT_DEVICE)
		name.device = histories_id(diagnosis->histories, first->name);
	name.port_number = name.port ? ls_hash_text(name.port) : 0;
	name.device_number = name.device ? ls_hash_text(name.device) : 0;
	return name;
}

int
diagnose_table_patterns(struct diagnosis *diagnosis, const struct stays *stays)
{
	struct suspect_name suspect = name_suspect(diagnosis);
	struct ls_pattern_drop *drops = calloc(STAYS_MAX, sizeof(*drops));
	size_t n;

	if (!drops)
		return cli_no_memory();
	n = stays_drops(stays, suspect.port_number, suspect.device_number, drops);
	find(diagnosis, stays, &suspect, drops, n);
	free(drops);
	return CLI_FINE;
}

static int
on_session(const struct ls_trial *trial, void *user)
{
	stays_add(user, trial);
	return 0;
}

static int
add_session(const json_t *session, void *user)
{
	char why[LS_SESSION_WHY_MAX];

	(void)ls_session_from_json(session, on_session, user, why); /* reported by diagnose_ask() */
	return CLI_FINE;
}

static int
ask_drops(const struct cli *cli, const struct query *query, struct drops *drops,
	  char (*phases)[PLACE_PHASE_MAX], struct stays *stays)
{
	static const struct ask_list incidents = {
		.method = "io.linkstat.ListDrops",
		.member = "incidents",
	};
	static const struct ask_list sessions = {
		.method = "io.linkstat.ListSessions",
		.member = "sessions",
	};
	int r = ask_items(cli, query, &incidents, add_drop, drops);

	qsort(drops->all, drops->n, sizeof(*drops->all), compare_times);
	if (r == CLI_FINE)
		r = diagnose_find_places(cli, query, drops->all, drops->n, phases);
	if (r == CLI_FINE && drops->n > 0)
		r = ask_items(cli, query, &sessions, add_session, stays);
	if (r == CLI_FINE)
		stays_match(stays, drops->all, drops->n);
	return r;
}

int
diagnose_find_patterns(const struct cli *cli, struct diagnosis *diagnosis)
{
	struct suspect_name suspect = name_suspect(diagnosis);
	struct drops drops = { .port = suspect.port,
			       .device = suspect.device,
			       .all = calloc(DROPS_MAX, sizeof(*drops.all)) };
	char(*phases)[PLACE_PHASE_MAX] = calloc(DROPS_MAX, sizeof(*phases));
	struct stays *stays = calloc(1, sizeof(*stays));
	struct query query = cli_query(cli);
	int r = -ENOMEM;

	if (!query.since.set)
		query.since =
			cli_time_at(cli->now_us - DAYS_LOOKED_AT * 24 * 3600 * (int64_t)LS_SEC);
	if (drops.all && phases && stays) {
		r = ask_drops(cli, &query, &drops, phases, stays);
		if (r == CLI_FINE)
			find(diagnosis, stays, &suspect, drops.all, drops.n);
	}
	free(drops.all);
	free(phases);
	free(stays);
	return r == -ENOMEM ? cli_no_memory() : r;
}
