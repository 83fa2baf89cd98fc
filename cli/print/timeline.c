#include "cli/print/timeline.h"

#include <string.h>

#include "cli/print/words.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/html.h"

#define WIDE  1000.0
#define TICKS 4

static double
place(const struct timeline *timeline, int64_t at_us)
{
	double all = (double)(timeline->to_us - timeline->from_us);
	double x = (double)(at_us - timeline->from_us) / (all > 0 ? all : 1) * WIDE;

	return x < 0 ? 0 : x > WIDE ? WIDE : x;
}

struct box {
	double y, height;
	const char *class;
	double width_min; /* a session of a second is seen */
};

static void
put_box(FILE *out, const struct timeline *timeline, int64_t from_us, int64_t to_us,
	const struct box *box)
{
	double from = place(timeline, from_us), width = place(timeline, to_us) - from;

	if (to_us < timeline->from_us || from_us > timeline->to_us)
		return;
	width = width < box->width_min ? box->width_min : width;
	fprintf(out, "<rect class=\"%s\" x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%.0f\">",
		box->class, from, box->y, width, box->height);
}

static int64_t
end_of(const struct timeline *timeline, const json_t *object)
{
	int64_t end;

	return field_time(object, "ended_at", &end) == 1 ? end : timeline->to_us;
}

static void
put_gaps(FILE *out, const struct timeline *timeline)
{
	static const struct box box = { 0, 30, "gap", 0.2 };
	const json_t *gap;
	size_t i;

	json_array_foreach(timeline->gaps, i, gap)
	{
		int64_t from, to = end_of(timeline, gap);

		if (field_time(gap, "began_at", &from) != 1 || to < timeline->from_us ||
		    from > timeline->to_us ||
		    strcmp(field_text(gap, "kind"), ls_gap_kind_name(LS_GAP_SUMMARY)) == 0)
			continue; /* it stands for many gaps, not for one time */
		put_box(out, timeline, from, to, &box);
		fputs("<title>", out);
		html_format(out, "%s was blind: %s", field_text(gap, "source"),
			    field_text(gap, "reason"));
		fputs("</title></rect>", out);
	}
}

static void
put_sessions(FILE *out, const struct timeline *timeline, const char *port)
{
	static const struct box box = { 9, 12, "bar", 1.5 };
	char began[FORMAT_MAX], duration[FORMAT_MAX];
	const json_t *session;
	size_t i;

	json_array_foreach(timeline->sessions, i, session)
	{
		int64_t from, to = end_of(timeline, session);

		if (strcmp(field_text(session, "port"), port) != 0 ||
		    field_time(session, "started_at", &from) != 1 || to < timeline->from_us)
			continue;
		put_box(out, timeline, from, to, &box);
		fputs("<title>", out);
		html_format(
			out, "%s%s%s%s, from %s on, connected %s, drops: %lld",
			*field_text(session, "product") ? field_text(session, "product")
							: field_text(session, "device"),
			field_has(session, "cable") ? ", cable \"" : "",
			field_text(session, "cable"), field_has(session, "cable") ? "\"" : "",
			format_stamp(began, from),
			format_duration(duration, 3600 * field_real(session, "connected_hours")),
			(long long)field_int(session, "drops"));
		fputs("</title></rect>", out);
	}
}

static void
put_drops(FILE *out, const struct timeline *timeline, const char *port)
{
	const json_t *drop;
	char at[FORMAT_MAX];
	size_t i;

	json_array_foreach(timeline->drops, i, drop)
	{
		int64_t at_us;

		if (strcmp(field_text(drop, "port"), port) != 0 || !field_flag(drop, "drop") ||
		    field_time(drop, "opened_at", &at_us) != 1 || at_us < timeline->from_us)
			continue;
		fprintf(out,
			"<line class=\"drop\" x1=\"%.2f\" x2=\"%.2f\" y1=\"1\" y2=\"29\"><title>",
			place(timeline, at_us), place(timeline, at_us));
		html_format(out, "%s: %s (incident %lld)", format_stamp(at, at_us),
			    words_cause(field_text(drop, "cause")),
			    (long long)field_int(drop, "id"));
		fputs("</title></line>", out);
	}
}

static void
put_lane(FILE *out, const struct timeline *timeline, const json_t *port)
{
	const char *label = field_text(port, "label"), *name = field_text(port, "name");

	fputs("<div class=\"lane\"><div><b>", out);
	html_text(out, *label ? label : name);
	fputs("</b>", out);
	if (*label) {
		fputs(" <span class=\"dim\">", out);
		html_text(out, name);
		fputs("</span>", out);
	}
	fprintf(out,
		"</div><svg viewBox=\"0 0 %.0f 30\" preserveAspectRatio=\"none\" role=\"img\">"
		"<title>",
		WIDE);
	html_format(out, "Sessions and drops of %s", *label ? label : name);
	fputs("</title>", out);
	put_gaps(out, timeline);
	put_sessions(out, timeline, field_text(port, "port"));
	put_drops(out, timeline, field_text(port, "port"));
	fputs("</svg></div>\n", out);
}

static void
put_axis(FILE *out, const struct timeline *timeline)
{
	char at[FORMAT_MAX];

	fputs("<div class=\"lane axis-row\"><div></div><div class=\"axis\">", out);
	for (int i = 0; i < TICKS; i++) {
		int64_t at_us =
			timeline->from_us + (timeline->to_us - timeline->from_us) / (TICKS - 1) * i;

		fputs("<span>", out);
		html_format(out, "%.16s", format_stamp(at, at_us));
		fputs("</span>", out);
	}
	fputs("</div></div>\n", out);
}

void
html_timeline(FILE *out, const struct timeline *timeline)
{
	const json_t *port;
	size_t i;

	json_array_foreach(timeline->ports, i, port)
	{
		put_lane(out, timeline, port);
	}
	put_axis(out, timeline);
	fputs("<div class=\"key dim\"><span><svg viewBox=\"0 0 24 16\"><rect class=\"bar\" y=\"4\" "
	      "width=\"24\" height=\"8\"/></svg>a device was there</span><span><svg viewBox=\"0 0 "
	      "24 16\"><line class=\"drop\" x1=\"12\" x2=\"12\" y2=\"16\"/></svg>a drop</span>"
	      "<span><svg viewBox=\"0 0 24 16\"><rect class=\"gap\" width=\"24\" "
	      "height=\"16\"/></svg>something was blind</span></div>\n",
	      out);
}
