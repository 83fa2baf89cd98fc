#include "cli/commands/job_report.h"

#include <inttypes.h>
#include <string.h>

#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"
#include "lib/base/text.h"
#include "lib/model/job.h"

#define INDENT	    10 /* aligned with the text after "linkstat: " */
#define DROPS_SHOWN 5

const char *
job_report_outcome(char *text, size_t size, const json_t *object)
{
	int64_t code = field_int(object, "code");

	switch (ls_job_outcome_of(field_text(object, "outcome"))) {
	case LS_JOB_EXITED:
		ls_text_format(text, size, "exit code %" PRId64, code);
		break;
	case LS_JOB_KILLED:
		ls_text_format(text, size, "killed by signal %" PRId64, code);
		break;
	case LS_JOB_RUNNING:
		ls_text_format(text, size, "running");
		break;
	default:
		ls_text_format(text, size, "end not seen");
	}
	return text;
}

static void
put_line(const struct cli *cli, enum tone tone, const char *text)
{
	render_sentence(&cli->style, tone, INDENT, "%*s%s", INDENT, "", text);
}

static size_t
count_drops(const json_t *incidents)
{
	const json_t *incident;
	size_t n = 0, i;

	json_array_foreach(incidents, i, incident)
	{
		n += field_flag(incident, "drop");
	}
	return n;
}

/* @place is that of the first drop. */
static void
put_drop(const struct cli *cli, const json_t *incident, const char *place)
{
	char port[WORDS_MAX], device[WORDS_MAX], text[WORDS_MAX];
	char sure[WORDS_MAX], back[FORMAT_MAX];
	const char *cable = field_text(incident, "cable");
	const char *name = words_device(device, field_object(incident, "device"));
	bool returned = field_has(incident, "back_after_seconds");

	words_sure(sure, incident);
	ls_text_format(text, sizeof(text),
		       "%s: %s%s%s%s dropped%s%s: %s%s%s%s%s%s. See: linkstat show %" PRId64,
		       words_port(port, incident), *name ? name : "a device",
		       *cable ? " with cable \"" : "", cable, *cable ? "\"" : "",
		       *place ? ", " : "", place, words_cause(field_text(incident, "cause")),
		       *sure ? " (" : "", sure, *sure ? ")" : "", returned ? ", " : "",
		       returned ? format_return(back, field_real(incident, "back_after_seconds"))
				: "",
		       field_int(incident, "id"));
	put_line(cli, TONE_PLAIN, text);
	if (*words_apple_error(text, incident))
		put_line(cli, TONE_PLAIN, text);
}

static void
put_drops(const struct cli *cli, const struct job_summary *summary)
{
	const json_t *incidents = field_list(summary->reply, "incidents"), *incident;
	size_t n = 0, i;

	json_array_foreach(incidents, i, incident)
	{
		if (!field_flag(incident, "drop"))
			continue;
		if (n++ < DROPS_SHOWN)
			put_drop(cli, incident, n == 1 ? summary->place : "");
	}
	if (n > DROPS_SHOWN)
		put_line(cli, TONE_PLAIN, "The others are in: linkstat incidents");
}

static bool
was_unavailable(const json_t *gaps)
{
	return json_array_size(gaps) > 0;
}

static void
put_summary(const struct cli *cli, const struct job_summary *summary)
{
	const json_t *incidents = field_list(summary->reply, "incidents");
	size_t n_drops = count_drops(incidents), n = json_array_size(incidents);
	bool unavailable = was_unavailable(field_list(summary->reply, "gaps"));
	char text[WORDS_MAX], time[FORMAT_MAX], count[FORMAT_MAX];

	format_duration(time, summary->seconds);
	if (n_drops == 1)
		ls_text_format(text, sizeof(text), "The link dropped.");
	else if (n_drops > 1)
		ls_text_format(text, sizeof(text), "The link dropped %zu times.", n_drops);
	else if (n > 0)
		ls_text_format(text, sizeof(text),
			       "The link did not drop in these %s; %s, see: linkstat incidents",
			       time,
			       format_count(count, (int64_t)n, "other thing happened",
					    "other things happened"));
	else if (unavailable)
		ls_text_format(text, sizeof(text),
			       "No link trouble was seen in these %s, but not all was watched.",
			       time);
	else
		ls_text_format(text, sizeof(text), "No link trouble in these %s.", time);
	put_line(cli, n_drops ? TONE_BAD : unavailable ? TONE_WARN : TONE_GOOD, text);
}

static void
put_ports(const struct cli *cli, const json_t *job)
{
	const json_t *port;
	char text[WORDS_MAX], name[WORDS_MAX], in[FORMAT_MAX], out[FORMAT_MAX], n[FORMAT_MAX];
	size_t i;

	json_array_foreach(field_list(job, "ports"), i, port)
	{
		int64_t errors = field_int(port, "errors");

		ls_text_format(
			text, sizeof(text), "%s: %s sent, %s received, %s", words_port(name, port),
			format_size(out, field_int(port, "bytes_out")),
			format_size(in, field_int(port, "bytes_in")),
			errors ? format_count(n, errors, "failed transfer", "failed transfers")
			       : "no failed transfer");
		put_line(cli, errors ? TONE_WARN : TONE_PLAIN, text);
	}
}

static void
put_gaps(const struct cli *cli, const json_t *gaps)
{
	const json_t *gap;
	char text[WORDS_MAX];
	size_t i;

	json_array_foreach(gaps, i, gap)
	{
		put_line(cli, TONE_WARN, words_gap(text, cli->now_us, gap));
	}
}

void
job_report_put(const struct cli *cli, const struct job_summary *summary)
{
	char time[FORMAT_MAX], text[WORDS_MAX];

	render_sentence(&cli->style, TONE_STRONG, INDENT, "linkstat: %s after %s.", summary->ended,
			format_duration(time, summary->seconds));
	if (summary->reply) {
		put_summary(cli, summary);
		put_drops(cli, summary);
		put_ports(cli, field_object(summary->reply, "job"));
		put_gaps(cli, field_list(summary->reply, "gaps"));
	} else {
		ls_text_format(text, sizeof(text), "Nothing was recorded: %s%s",
			       summary->not_recorded, words_stop(summary->not_recorded));
		put_line(cli, TONE_WARN, text);
	}
	if (summary->could_sleep)
		put_line(cli, TONE_DIM,
			 "Nothing kept the computer from going to sleep: logind did not answer, or "
			 "does not allow it here.");
}
