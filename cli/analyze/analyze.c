#include <stdio.h>
#include <string.h>

#include "cli/analyze/answer.h"
#include "cli/analyze/json.h"
#include "cli/analyze/join.h"
#include "cli/analyze/restores.h"
#include "cli/analyze/stream.h"
#include "cli/analyze/together.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/print/lines.h"
#include "cli/offline/input.h"
#include "cli/offline/offline.h"

/* More files are not of one attempt. */
#define JOINED_MAX 4

static void
on_observation(const struct ls_observation *obs, bool new_boot, void *user)
{
	struct offline *offline = user;

	if (new_boot)
		offline_new_boot(offline);
	offline_observe(offline, obs);
}

/*
 * usbmon covers all of a capture: a disconnect without a hub report before it was not seen by the
 * hub.
 */
static void
observe_watching(struct offline *offline)
{
	const struct ls_observation sees = {
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_SOURCE_AVAILABLE,
	};

	offline_observe(offline, &sees);
}

/* Reads the current file of @input with an engine of its own. */
static int
read_one(struct input *input, int64_t first_incident, json_t **ret)
{
	ls_auto(offline) *offline = NULL;
	ls_auto(stream) *stream = NULL;
	ls_json_auto json_t *group = analyze_new_group();
	struct stream_options options = { .observe = on_observation };
	int r;

	if (!group || offline_new(first_incident, &offline) < 0)
		return cli_no_memory();
	options.user = options.offline = offline;
	r = stream_new(input, &options, &stream);
	if (r != CLI_FINE)
		return r;
	if (stream_kind(stream) == STREAM_CAPTURE)
		observe_watching(offline);
	while (stream_step(stream) > 0)
		continue;
	if (stream_count(stream) < 0 || stream_report(stream, group) < 0)
		return cli_no_memory();
	r = analyze_conclude(offline, group);
	if (r != CLI_FINE)
		return r;
	*ret = LS_STEAL(&group);
	return stream_verdict(stream);
}

/* ---- all files ---- */

struct all {
	const struct cli *cli;
	json_t *sum; /* for JSON */
	bool any;
	int worst;
};

static void
note_result(struct all *all, int r)
{
	all->worst = r > all->worst ? r : all->worst;
}

static int
merge(json_t *sum, const json_t *group)
{
	const char *name;
	json_t *list;
	int r = 0;

	json_object_foreach(sum, name, list)
	{
		r |= json_array_extend(list, json_object_get(group, name));
	}
	return r < 0 ? cli_no_memory() : CLI_FINE;
}

static void
take(struct all *all, json_t *group)
{
	if (analyze_count_lines(group, "unread_lines") > 0)
		note_result(all, CLI_PROBLEM);
	note_result(all, lines_exit_code(json_object_get(group, "incidents")));
	note_result(all, restores_exit_code(group));
	if (!analyze_is_understood(group))
		note_result(all, CLI_PROBLEM);
	if (merge(all->sum, group) != CLI_FINE) {
		note_result(all, CLI_UNREACHABLE);
		return;
	}
	if (all->cli->json)
		return;
	if (all->any)
		fputc('\n', all->cli->style.out);
	all->any = true;
	note_result(all, analyze_print(all->cli, group));
}

static int64_t
next_incident(const struct all *all)
{
	const json_t *incidents = json_object_get(all->sum, "incidents");
	size_t n = json_array_size(incidents);

	return n ? json_integer_value(json_object_get(json_array_get(incidents, n - 1), "id")) + 1
		 : 1;
}

/* The pair of files, a capture and a log, that is one story; others are read one by one. */
struct pair {
	int first, second; /* of the arguments; -1: none */
};

static bool
join_two(struct all *all, int first, int second, char why[CAPTURE_WHY_MAX])
{
	char *const paths[2] = { all->cli->args[first], all->cli->args[second] };
	ls_json_auto json_t *group = NULL;
	int r = CLI_FINE;

	if (analyze_join(paths, &group, &r, why) <= 0)
		return false;
	note_result(all, r);
	take(all, group);
	return true;
}

static bool
can_join(const struct cli *cli)
{
	for (int i = 0; i < cli->n_args; i++)
		if (strcmp(cli->args[i], "-") == 0)
			return false;
	return cli->n_args >= 2 && cli->n_args <= JOINED_MAX;
}

static struct pair
take_joined(struct all *all)
{
	const struct cli *cli = all->cli;
	char why[CAPTURE_WHY_MAX] = "";

	for (int i = 0; can_join(cli) && i < cli->n_args; i++)
		for (int k = i + 1; k < cli->n_args; k++)
			if (join_two(all, i, k, why))
				return (struct pair){ i, k };
	if (*why)
		(void)json_array_append_new(json_object_get(all->sum, "notes"), json_string(why));
	return (struct pair){ -1, -1 };
}

/* Each member of an archive counts as a file. */
static void
take_file(struct all *all, const char *path)
{
	ls_auto(input) *input = NULL;
	int r = input_open(path, false, &input);

	note_result(all, r);
	while (r == CLI_FINE && input_next(input) > 0) {
		ls_json_auto json_t *group = NULL;

		note_result(all, read_one(input, next_incident(all), &group));
		if (group)
			take(all, group);
	}
}

/* Returns the worst exit code of all files. */
static int
run(const struct cli *cli, const void *options)
{
	ls_json_auto json_t *sum = analyze_new_group();
	struct all all = { .cli = cli, .sum = sum };
	struct pair joined;

	(void)options;
	if (!sum)
		return cli_no_memory();
	joined = take_joined(&all);
	for (int i = 0; i < cli->n_args; i++)
		if (i != joined.first && i != joined.second)
			take_file(&all, cli->args[i]);
	if (together_find(sum) < 0)
		return cli_no_memory();
	if (!cli->json)
		together_print(cli, sum);
	if (cli->json)
		note_result(&all, envelope_print(cli, "analyze", sum));
	return all.worst;
}

static const struct command_option options[] = {
	OPTION_JSON,
	{ 0 },
};

const struct command command_analyze = {
	.name = "analyze",
	.arguments = "FILE...",
	.min_args = 1,
	.max_args = -1,
	.summary = "what dropped and why: logs of Linux, macOS, a restore; captures",
	.example = "analyze FILE",
	.complete = COMPLETE_FILES,
	.options = options,
	.run = run,
};
