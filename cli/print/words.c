#include "cli/print/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/sanitize.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "lib/base/text.h"
#include "lib/explain/apple_code.h"

const char *
words_port(char text[WORDS_MAX], const json_t *object)
{
	const char *name = field_text(object, "name");
	const char *label = field_text(object, "label");

	if (!*name)
		name = field_text(object, "port");
	if (*label && *name)
		ls_text_format(text, WORDS_MAX, "\"%s\" (%s)", label, name);
	else if (*label)
		ls_text_format(text, WORDS_MAX, "\"%s\"", label);
	else
		ls_text_copy(text, WORDS_MAX, *name ? name : "this computer");
	return text;
}

const char *
words_cable(char text[WORDS_MAX], const json_t *object)
{
	const char *cable = field_text(object, "cable");
	bool assumed = field_flag(object, "cable_assumed");

	text[0] = '\0';
	if (*cable)
		ls_text_format(text, WORDS_MAX, ", cable \"%s\"%s", cable,
			       assumed ? " (assumed)" : "");
	return text;
}

const char *
words_device(char text[WORDS_MAX], const json_t *device)
{
	const char *product = field_text(device, "product");

	if (*product)
		return product;
	text[0] = '\0';
	/* It disconnected or failed before its descriptor was read. */
	if (strcmp(field_text(device, "vid"), "0000") == 0 &&
	    strcmp(field_text(device, "pid"), "0000") == 0)
		return text;
	if (device)
		ls_text_format(text, WORDS_MAX, "%s:%s", field_text(device, "vid"),
			       field_text(device, "pid"));
	return text;
}

const char *
words_gap(char text[WORDS_MAX], int64_t now_us, const json_t *gap)
{
	const char *source = words_source(field_text(gap, "source"));
	const char *reason = field_text(gap, "reason");
	char from[FORMAT_MAX], to[FORMAT_MAX], records[FORMAT_MAX];
	int64_t began_us, ended_us, lost = field_int(gap, "lost");

	field_time(gap, "began_at", &began_us);
	format_time(from, began_us, now_us);
	if (field_has(gap, "lost"))
		ls_text_format(text, WORDS_MAX, "%s lost %s at %s: %s%s", source,
			       lost > 0 ? format_count(records, lost, "record", "records")
					: "an unknown number of records",
			       from, reason, words_stop(reason));
	else if (field_time(gap, "ended_at", &ended_us))
		ls_text_format(text, WORDS_MAX, "%s was blind from %s to %s: %s%s", source, from,
			       format_time(to, ended_us, now_us), reason, words_stop(reason));
	else
		ls_text_format(text, WORDS_MAX, "%s has been blind since %s: %s%s", source, from,
			       reason, words_stop(reason));
	return text;
}

const char *
words_imported(char text[WORDS_MAX], const struct cli *cli, const json_t *imported)
{
	char from[FORMAT_MAX], to[FORMAT_MAX], boots[FORMAT_MAX];
	int64_t since_us, until_us;

	text[0] = '\0';
	if (field_time(imported, "since", &since_us) && field_time(imported, "until", &until_us))
		ls_text_format(
			text, WORDS_MAX,
			"%s imported from the journal, from %s to %s; transfers of that time "
			"are not known.",
			format_count(boots, field_int(imported, "boots"), "boot was", "boots were"),
			format_short(from, since_us, cli->now_us),
			format_short(to, until_us, cli->now_us));
	return text;
}

const char *
words_causes(char text[WORDS_MAX], const struct cli *cli, const json_t *counts)
{
	const char *cause, *words;
	char name[WORDS_MAX];
	size_t n = 0;
	json_t *count;

	text[0] = '\0';
	json_object_foreach((json_t *)(uintptr_t)counts, cause, count)
	{
		if (json_integer_value(count) == 0 || n > WORDS_MAX - 16)
			continue;
		/* Keys do not go through sanitize_json(). */
		sanitize_text(name, sizeof(name), cause, cli->style.utf8);
		words = words_cause(name);
		ls_text_format(text + n, WORDS_MAX - n, "%s%" PRId64 " %s %s", n > 0 ? ", " : "",
			       (int64_t)json_integer_value(count), cli->style.utf8 ? "×" : "x",
			       words);
		n = strlen(text);
	}
	return text;
}

/* How each enum ls_transfer_class is printed; "cancelled" and "gone" are normal. */
static const struct {
	const char *class, *one, *many;
	bool link;
} failures[] = {
	{ "link", "1 link", "link", true },	      { "babble", "1 babble", "babble", true },
	{ "timeout", "1 timeout", "timeouts", true }, { "stall", NULL, "stalls apart", false },
	{ "host", NULL, "of this computer", false },  { "other", NULL, "other", false },
};

int64_t
words_link_errors(const json_t *port)
{
	const json_t *counts = field_object(port, "transfer_errors");
	int64_t n = 0;

	for (size_t i = 0; i < LS_COUNT(failures); i++)
		n += failures[i].link ? field_int(counts, failures[i].class) : 0;
	return n;
}

/* Appends the number of transfers and the amount of data. */
static void
append_exposure(char text[WORDS_MAX], const json_t *port, int64_t n_errors)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double n = (double)field_int(port, "transfers");
	double size = (double)(field_int(port, "bytes_in") + field_int(port, "bytes_out"));
	size_t unit = 0;

	for (; size >= 999.5 && unit < LS_COUNT(units) - 1; unit++)
		size /= 1000;
	ls_text_append(text, WORDS_MAX, n < 1e6 ? " in %.0f transfer" : " in %.1f million transfer",
		       n < 1e6 ? n : n / 1e6);
	ls_text_append(text, WORDS_MAX, "%s", n == 1 ? "" : "s");
	if (n_errors > 0 && n > 0)
		ls_text_append(text, WORDS_MAX, " (%.*f per million)",
			       (double)n_errors * 1e6 / n < 99.95, (double)n_errors * 1e6 / n);
	ls_text_append(text, WORDS_MAX, unit > 0 && size < 9.95 ? ", %.1f %s" : ", %.0f %s", size,
		       units[unit]);
}

const char *
words_transfers(char text[WORDS_MAX], const json_t *port)
{
	const json_t *counts = field_object(port, "transfer_errors");
	int64_t n_errors = words_link_errors(port), n_shown = 0;

	text[0] = '\0';
	if (n_errors == 0)
		ls_text_append(text, WORDS_MAX, "no link errors");
	for (size_t i = 0; i < LS_COUNT(failures); i++) {
		int64_t n = field_int(counts, failures[i].class);

		if (i > 0 && failures[i - 1].link && !failures[i].link)
			append_exposure(text, port, n_errors);
		n_shown += n;
		if (n > 0 && !failures[i].link)
			ls_text_append(text, WORDS_MAX, "; %s: %" PRId64, failures[i].many, n);
		else if (n == 1)
			ls_text_append(text, WORDS_MAX, "%s%s", n_shown > n ? ", " : "",
				       failures[i].one);
		else if (n > 1)
			ls_text_append(text, WORDS_MAX, "%s%" PRId64 " %s", n_shown > n ? ", " : "",
				       n, failures[i].many);
	}
	if (n_shown == 0)
		text[0] = '\0';
	return text;
}

const char *
words_kind(const char *kind)
{
	return strcmp(kind, "link-errors") == 0 ? "transfers fail" : kind;
}

const char *
words_file(char text[WORDS_MAX], const char *file, bool utf8)
{
	sanitize_text(text, WORDS_MAX, strcmp(file, "-") == 0 ? "standard input" : file, utf8);
	return text;
}

const char *
words_span(char text[WORDS_MAX], const struct cli *cli)
{
	char since[FORMAT_MAX], until[FORMAT_MAX];

	format_time(since, cli->since.real_us, cli->now_us);
	format_time(until, cli->until.real_us, cli->now_us);
	if (cli->since.set && cli->until.set)
		ls_text_format(text, WORDS_MAX, "from %s to %s", since, until);
	else if (cli->since.set)
		ls_text_format(text, WORDS_MAX, "since %s", since);
	else if (cli->until.set)
		ls_text_format(text, WORDS_MAX, "until %s", until);
	else
		ls_text_format(text, WORDS_MAX, "in all that linkstatd remembers");
	return text;
}

const char *
words_sure(char text[WORDS_MAX], const json_t *incident)
{
	char sure[FORMAT_MAX];

	text[0] = '\0';
	if (strcmp(field_text(incident, "cause"), ls_cause_name(LS_CAUSE_UNKNOWN)) != 0)
		ls_text_format(text, WORDS_MAX, "%s sure",
			       format_percent(sure, field_real(incident, "confidence")));
	return text;
}

const char *
words_apple_error(char text[WORDS_MAX], const json_t *incident)
{
	const char *vid = field_text(field_object(incident, "device"), "vid");
	enum ls_cause cause;
	unsigned int code = 0;

	if (field_flag(incident, "drop") &&
	    ls_cause_from_name(field_text(incident, "cause"), &cause) > 0)
		code = ls_explain_apple_code(cause, (uint16_t)strtoul(vid, NULL, 16),
					     field_text(incident, "mode"),
					     field_text(incident, "mode_after"));
	text[0] = '\0';
	if (code > 0)
		ls_text_format(text, WORDS_MAX,
			       "Finder and iTunes show this as error %u, see: linkstat %u", code,
			       code);
	return text;
}

const char *
words_stop(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && strchr(".!?", text[len - 1]) ? "" : ".";
}

const char *
words_what(char text[WORDS_MAX], const json_t *incident)
{
	int64_t n = field_int(incident, "count");

	ls_text_copy(text, WORDS_MAX, words_cause(field_text(incident, "cause")));
	if (n > 1)
		ls_text_append(text, WORDS_MAX, ", %" PRId64 " times", n);
	return text;
}

const struct ls_cause_row *
words_cause_row(const char *cause)
{
	enum ls_cause found;

	return ls_cause_row(ls_cause_from_name(cause, &found) == 1 ? found : LS_CAUSE_UNKNOWN);
}

const char *
words_cause(const char *cause)
{
	enum ls_cause found;

	return ls_cause_from_name(cause, &found) == 1 ? ls_cause_words(found) : cause;
}

const char *
words_side(const char *side)
{
	enum ls_side found;
	const char *words = ls_side_from_name(side, &found) == 1 ? ls_side_words(found) : "";

	return *words ? words : NULL;
}

const char *
words_source(const char *source)
{
	enum ls_source found;

	return ls_source_from_name(source, &found) == 1 ? ls_source_words(found) : source;
}
