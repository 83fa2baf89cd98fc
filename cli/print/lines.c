#include "cli/print/lines.h"

#include <inttypes.h>
#include <string.h>

#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/words.h"
#include "lib/model/record.h"

int
lines_exit_code(const json_t *incidents)
{
	const json_t *incident;
	size_t i;

	json_array_foreach(incidents, i, incident)
	{
		if (field_flag(incident, "drop"))
			return CLI_PROBLEM;
	}
	return CLI_FINE;
}

/* The cause of an incident is not final while its device may still return. */
static void
put_cause(const struct output_style *style, const json_t *incident)
{
	const char *cause = field_text(incident, "cause");
	bool open = !field_has(incident, "closed_at");
	char sure[WORDS_MAX];

	if (open && strcmp(cause, ls_cause_name(LS_CAUSE_UNKNOWN)) == 0) {
		fputs("not known why so far", style->out);
		return;
	}
	words_sure(sure, incident);
	fprintf(style->out, "%s%s%s%s", words_cause(cause), open ? " (going on)" : "",
		*sure ? ", " : "", sure);
}

void
lines_put_incident(const struct output_style *style, const json_t *incident)
{
	char at[FORMAT_MAX], back[FORMAT_MAX], port[WORDS_MAX];
	int64_t at_us;

	field_time(incident, "opened_at", &at_us);
	fprintf(style->out, "%s  %-8s  %-19s  %-10s  ", format_stamp(at, at_us),
		field_text(incident, "name"), field_flag(incident, "drop") ? "DROP" : "incident",
		"linkstat");
	put_cause(style, incident);
	if (field_has(incident, "label"))
		fprintf(style->out, ", on %s", words_port(port, incident));
	if (field_has(incident, "back_after_seconds"))
		fprintf(style->out, ", %s",
			format_return(back, field_real(incident, "back_after_seconds")));
	fprintf(style->out, "  (linkstat show %" PRId64 ")\n", field_int(incident, "id"));
}

void
lines_put_event(const struct output_style *style, const json_t *event)
{
	const char *name = field_text(event, "name");
	char at[FORMAT_MAX];
	int64_t at_us;

	field_time(event, "at", &at_us);
	fprintf(style->out, "%s  %-8s  %-19s  %-10s  %s", format_stamp(at, at_us),
		*name ? name : "-", words_kind(field_text(event, "kind")),
		words_source(field_text(event, "source")), field_text(event, "what"));
	if (field_has(event, "incident"))
		fprintf(style->out, "  (incident %" PRId64 ")", field_int(event, "incident"));
	fputc('\n', style->out);
}
