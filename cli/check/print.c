#include "cli/check/print.h"

#include <string.h>

#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/check/found.h"
#include "cli/check/rules.h"
#include "lib/base/text.h"

static const char *const level_names[] = { "mend", "note", "fine" };
static const char *const headings[] = { "Mend first:", "Worth knowing:", "Fine:" };
static const enum tone tones[] = { TONE_BAD, TONE_WARN, TONE_GOOD };

/* "\"left front\" (1-1.4)" or "1-1.4", and what is there: ", iPhone". */
static const char *
port_words(const struct check *check, const struct check_device *device, char text[WORDS_MAX])
{
	const json_t *port;
	const char *label = "";
	size_t i;

	json_array_foreach(field_list(check->status, "ports"), i, port)
	{
		if (strcmp(field_text(port, "name"), device->name) == 0)
			label = field_text(port, "label");
	}
	if (*label)
		ls_text_format(text, WORDS_MAX, "\"%s\" (%s)%s%s", label, device->name,
			       device->there ? ", " : "", device->title);
	else
		ls_text_format(text, WORDS_MAX, "%s%s%s", device->name, device->there ? ", " : "",
			       device->title);
	return text;
}

static size_t
count(const struct check *check, enum check_level level)
{
	size_t n = 0;

	for (size_t i = 0; i < check->n_findings; i++)
		n += check->findings[i].level == level;
	return n;
}

static void
put_verdict(const struct check *check)
{
	const struct output_style *style = &check->cli->style;
	size_t n_to_fix = count(check, CHECK_FIX), n_notes = count(check, CHECK_NOTE);
	char where[WORDS_MAX] = "this computer", port[WORDS_MAX], job[FORMAT_MAX], n[FORMAT_MAX];

	check_span(job, check->job_hours);
	if (check->n_ports == 1)
		ls_text_copy(where, sizeof(where), port_words(check, &check->ports[0], port));
	if (n_to_fix > 0)
		render_sentence(style, TONE_BAD, 0, "Not fit yet for a job of %s on %s: %s first.",
				job, where,
				format_count(n, (int64_t)n_to_fix, "thing is to be mended",
					     "things are to be mended"));
	else if (n_notes > 0)
		render_sentence(style, TONE_GOOD, 0,
				"Nothing speaks against a job of %s on %s; %s worth knowing.", job,
				where, format_count(n, (int64_t)n_notes, "thing is", "things are"));
	else
		render_sentence(style, TONE_GOOD, 0, "Nothing speaks against a job of %s on %s.",
				job, where);
	if (check->n_ports == 0)
		render_sentence(
			style, TONE_PLAIN, 0,
			"No device is plugged in, so only the computer itself was looked at.");
}

static void
put_finding(const struct check *check, const struct check_finding *finding)
{
	char port[WORDS_MAX], prefix[WORDS_MAX] = "";
	enum tone tone = finding->level == CHECK_FINE ? TONE_PLAIN : tones[finding->level];

	if (check->n_ports > 1 && finding->port != CHECK_MACHINE)
		ls_text_format(prefix, sizeof(prefix),
			       "%s: ", port_words(check, &check->ports[finding->port], port));
	render_sentence(&check->cli->style, tone, 4, "  - %s%s", prefix, finding->what);
	if (finding->advice[0])
		render_sentence(&check->cli->style, TONE_PLAIN, 8, "    Do: %s%s", finding->advice,
				finding->command[0] ? ":" : "");
	if (finding->command[0]) /* not wrapped: it is to be typed */
		fprintf(check->cli->style.out, "        %s\n", finding->command);
}

/* Of many ports only those without problems are named. */
static void
put_quiet_ports(const struct check *check)
{
	for (size_t k = 0; k < check->n_ports; k++) {
		bool quiet = true;
		char port[WORDS_MAX];

		for (size_t i = 0; i < check->n_findings; i++)
			quiet = quiet && (check->findings[i].port != k ||
					  check->findings[i].level == CHECK_FINE);
		if (quiet)
			render_sentence(&check->cli->style, TONE_PLAIN, 4,
					"  - %s: nothing speaks against it.",
					port_words(check, &check->ports[k], port));
	}
}

int
check_print(const struct check *check)
{
	const struct output_style *style = &check->cli->style;

	put_verdict(check);
	for (enum check_level level = CHECK_FIX; level <= CHECK_FINE; level++) {
		if (count(check, level) == 0)
			continue;
		render_sentence(style, TONE_STRONG, 0, "%s", headings[level]);
		for (size_t i = 0; i < check->n_findings; i++) {
			const struct check_finding *finding = &check->findings[i];

			if (finding->level == level &&
			    (level != CHECK_FINE || finding->port == CHECK_MACHINE ||
			     check->n_ports == 1))
				put_finding(check, finding);
		}
		if (level == CHECK_FINE && check->n_ports > 1)
			put_quiet_ports(check);
	}
	return check_is_fit(check) ? CLI_FINE : CLI_PROBLEM;
}

static json_t *
finding_json(const struct check *check, const struct check_finding *finding)
{
	const char *port = finding->port == CHECK_MACHINE ? NULL : check->ports[finding->port].name;
	char todo[2 * WORDS_MAX + 2];

	ls_text_format(todo, sizeof(todo), "%s%s%s", finding->advice,
		       finding->command[0] ? ": " : "", finding->command);

	return json_pack("{s:s, s:s, s:s?, s:s, s:s?}", "id", finding->id, "level",
			 level_names[finding->level], "port", port, "what", finding->what, "do",
			 todo[0] ? todo : NULL);
}

int
check_print_json(const struct check *check)
{
	bool asked = check->cli->n_args > 0 && check->n_ports == 1;
	ls_json_auto json_t *findings = json_array();
	ls_json_auto json_t *members = NULL;
	int r;

	for (size_t i = 0; findings && i < check->n_findings; i++)
		if (json_array_append_new(findings, finding_json(check, &check->findings[i])) < 0)
			return cli_no_memory();
	members = json_pack("{s:b, s:s?, s:f, s:O*}", "fit", check_is_fit(check), "port",
			    asked ? check->ports[0].name : NULL, "job_seconds",
			    check->job_hours * 3600, "findings", findings);
	if (!findings || !members)
		return cli_no_memory();
	r = envelope_print(check->cli, "check", members);
	return r != CLI_FINE ? r : check_is_fit(check) ? CLI_FINE : CLI_PROBLEM;
}
