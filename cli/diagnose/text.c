#include "cli/diagnose/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/sanitize.h"
#include "cli/diagnose/words.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "lib/base/text.h"

#define LIST_MAX      4096
#define POSSIBLE_MIN  0.01
#define POSSIBLE_MOST 4
/* A cable without a name that is this likely is worth a name. */
#define UNLABELLED_MIN 0.05

/* ---- parts of sentences --------------------------------------------------------------------- */

static const char *
words(const struct cli *cli, const struct diagnosis *diagnosis, const struct ls_suspect *suspect,
      char text[DIAGNOSE_WORDS_MAX])
{
	char full[DIAGNOSE_WORDS_MAX];

	diagnose_words(diagnosis, suspect->kind, suspect->name, suspect->with, full);
	sanitize_text(text, DIAGNOSE_WORDS_MAX, full, cli->style.utf8);
	return text;
}

static void
append(char list[LIST_MAX], const char *separator, const char *text)
{
	ls_text_append(list, LIST_MAX, "%s%s", *list ? separator : "", text);
}

/* Typed hours have two digits: to the minute, above 10 hours to the hour. */
static const char *
duration(char text[FORMAT_MAX], double hours)
{
	int minutes = hours < 10 ? (int)round(hours * 60) : 0;

	if (hours >= 10 && hours < 48) {
		snprintf(text, FORMAT_MAX, "%.0f h", hours);
		return text;
	}
	if (minutes < 10)
		return format_duration(text, hours * 3600);
	return diagnose_minutes(text, minutes);
}

/* "6 drops in 1 h 12 min". */
static const char *
drops_in(char text[2 * FORMAT_MAX], uint32_t drops, double hours)
{
	char n[FORMAT_MAX], time[FORMAT_MAX];

	snprintf(text, 2 * FORMAT_MAX, "%s in %s", format_count(n, drops, "drop", "drops"),
		 duration(time, hours));
	return text;
}

/* Whether @kind describes where @suspect was used: it is not part of the suspect itself. */
static bool
is_company(const struct ls_blame *blame, const struct ls_suspect *suspect,
	   enum ls_component_kind kind, uint32_t n)
{
	bool itself = *suspect->with && kind == suspect->with_kind;

	/* Nor of what cannot be distinguished from it. */
	for (size_t i = 0; i < blame->n_suspects; i++)
		itself = itself || (blame->suspects[i].group == suspect->group &&
				    blame->suspects[i].kind == kind);
	return n > 0 && !itself && (kind != LS_COMPONENT_HOST || n > 1);
}

/* "3 ports and 2 devices", or @same: "the same ports and devices"; "" if there is nothing. */
static const char *
company(char text[LIST_MAX], const struct ls_blame *blame, const struct ls_suspect *suspect,
	bool same)
{
	bool has_ports = suspect->kind == LS_COMPONENT_HOST ||
			 suspect->kind == LS_COMPONENT_CONTROLLER ||
			 suspect->kind == LS_COMPONENT_HUB; /* none of its ports is without it */
	const struct {
		enum ls_component_kind kind;
		uint32_t n;
		const char *one, *many;
	} counts[] = {
		{ LS_COMPONENT_HOST, same ? 0 : suspect->n_hosts, "computer", "computers" },
		{ LS_COMPONENT_PORT, same && has_ports ? 0 : suspect->n_ports, "port", "ports" },
		{ LS_COMPONENT_CABLE, suspect->n_cables, "cable", "cables" },
		{ LS_COMPONENT_DEVICE, suspect->n_devices, "device", "devices" },
	};
	size_t shown = 0, wanted = 0;
	char n[FORMAT_MAX];

	text[0] = '\0';
	for (size_t i = 0; i < LS_COUNT(counts); i++)
		wanted += is_company(blame, suspect, counts[i].kind, counts[i].n);
	for (size_t i = 0; i < LS_COUNT(counts); i++) {
		if (!is_company(blame, suspect, counts[i].kind, counts[i].n))
			continue;
		append(text,
		       ++shown < wanted ? ", "
		       : same		? " or "
					: " and ",
		       !same ? format_count(n, counts[i].n, counts[i].one, counts[i].many)
		       : counts[i].n == 1 ? counts[i].one
					  : counts[i].many);
	}
	return text;
}

/* ---- the answer ----------------------------------------------------------------------------- */

/* The verdict names it: with the first class, or on its own beside that. */
static bool
is_accused(const struct ls_blame *blame, size_t i)
{
	return ls_blame_accuses(blame) &&
	       (i < blame->n_named ||
		ls_blame_class(blame, blame->suspects[i].group) >= LS_BLAME_SURE);
}

/* All of a class: "A or B". */
static void
list_class(const struct cli *cli, const struct diagnosis *diagnosis, unsigned int group,
	   char list[LIST_MAX])
{
	const struct ls_blame *blame = diagnosis->blame;
	char part[DIAGNOSE_WORDS_MAX];

	list[0] = '\0';
	for (size_t i = 0; i < blame->n_suspects; i++) {
		if (blame->suspects[i].group == group)
			append(list, " or ", words(cli, diagnosis, &blame->suspects[i], part));
	}
}

static const char *
why_not_enough(const struct ls_blame *blame)
{
	size_t n_same = 0;

	for (size_t i = 0; i < blame->n_never_varied; i++)
		n_same += *blame->never_varied[i].name != '\0';
	if (blame->drops == 0)
		return "So far nothing dropped, but that was too short to call it reliable.";
	if (blame->drops < LS_BLAME_DROPS_MIN)
		return "One drop may be chance. Wait for a second.";
	if (n_same >= 3)
		return "Something is wrong, but nearly everything was the same in all sessions, "
		       "so nothing can be separated yet.";
	if (blame->probability < 0.5)
		return "Too many things could explain the drops equally well.";
	return "That is not enough to be sure.";
}

static void
put_not_enough(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	char all[2 * FORMAT_MAX], n[FORMAT_MAX];

	if (diagnosis->n_sessions == 0) {
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"  There is no session to look at. Use the device with linkstatd "
				"running, or give tables with --sessions, then ask again.");
		return;
	}
	render_sentence(&cli->style, TONE_PLAIN, 2, "  %s, in %s. %s",
			drops_in(all, blame->drops, blame->hours),
			format_count(n, (int64_t)diagnosis->n_sessions, "session", "sessions"),
			why_not_enough(blame));
}

/* The sentences that complete the answer. */
static void
put_rest_of_answer(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	char all[2 * FORMAT_MAX];

	switch (blame->verdict) {
	case LS_VERDICT_INSEPARABLE:
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"  Which of them cannot be told: they were never used apart.");
		break;
	case LS_VERDICT_SURROUNDINGS:
		render_sentence(
			&cli->style, TONE_PLAIN, 2,
			"  %s altogether. Try another power supply, another place away from "
			"motors and radios, and another version of the software.",
			drops_in(all, blame->drops, blame->hours));
		break;
	case LS_VERDICT_NOTHING_SPECIAL:
		render_sentence(&cli->style, TONE_PLAIN, 2, "  %s altogether.",
				drops_in(all, blame->drops, blame->hours));
		break;
	case LS_VERDICT_NOT_ENOUGH_DATA:
		put_not_enough(cli, diagnosis);
		break;
	case LS_VERDICT_SUSPECT:
		break;
	}
}

void
diagnose_print_answer(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	char list[LIST_MAX], percent[FORMAT_MAX];

	format_percent(percent, blame->probability);
	list_class(cli, diagnosis, 1, list);
	switch (blame->verdict) {
	case LS_VERDICT_SUSPECT:
		render_sentence(&cli->style, TONE_BAD, 2, "Most likely at fault: %s (%s)", list,
				percent);
		break;
	case LS_VERDICT_INSEPARABLE:
		render_sentence(&cli->style, TONE_BAD, 2, "At fault is one of these: %s (%s)", list,
				percent);
		break;
	case LS_VERDICT_SURROUNDINGS:
		render_sentence(&cli->style, TONE_BAD, 2,
				"No part: it drops with all of them (%s).", percent);
		break;
	case LS_VERDICT_NOTHING_SPECIAL:
		render_sentence(&cli->style, TONE_GOOD, 2,
				"Nothing special: no part stands out (%s).", percent);
		break;
	case LS_VERDICT_NOT_ENOUGH_DATA:
		render_sentence(&cli->style, TONE_WARN, 2, "Not enough data to blame anything.");
		break;
	}
}

/* ---- the evidence --------------------------------------------------------------------------- */

static bool
are_several(const struct ls_blame *blame)
{
	for (size_t i = blame->n_named; i < blame->n_suspects; i++) {
		if (is_accused(blame, i))
			return true;
	}
	return false;
}

static const char *
without_it(const struct ls_blame *blame, const struct ls_suspect *suspect)
{
	size_t n = 0;

	for (size_t i = 0; i < blame->n_suspects; i++)
		n += blame->suspects[i].group == suspect->group;
	if (n > 1)
		return "Without these";
	return *suspect->with && *suspect->name ? "Not together" : "Without it";
}

/* Of the first suspect of its class. */
static void
put_evidence(const struct cli *cli, const struct diagnosis *diagnosis,
	     const struct ls_suspect *suspect)
{
	char with[2 * FORMAT_MAX], without[2 * FORMAT_MAX], where[LIST_MAX], same[LIST_MAX];
	char date[FORMAT_MAX], came[DIAGNOSE_WORDS_MAX] = "", shown[DIAGNOSE_WORDS_MAX];

	drops_in(with, suspect->drops, suspect->hours);
	drops_in(without, suspect->drops_without, suspect->hours_without);
	company(where, diagnosis->blame, suspect, false);
	company(same, diagnosis->blame, suspect, true);
	if (are_several(diagnosis->blame)) /* without it the others still drop */
		render_sentence(&cli->style, TONE_PLAIN, 2, "  %s%s%s.", with,
				*where ? ", with " : "", where);
	else if (suspect->hours_without > 0 || suspect->drops_without > 0)
		render_sentence(&cli->style, TONE_PLAIN, 2, "  %s%s%s.  %s, %s%s: %s.", with,
				*where ? ", with " : "", where,
				without_it(diagnosis->blame, suspect),
				*same ? "the same " : "the rest", same, without);
	else
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"  %s%s%s.  Nothing of that was ever used without it.", with,
				*where ? ", with " : "", where);
	if (suspect->since_us) {
		if (*suspect->came)
			diagnose_words(diagnosis, suspect->came_kind, suspect->came, "", came);
		sanitize_text(shown, sizeof(shown), came, cli->style.utf8);
		render_sentence(&cli->style, TONE_PLAIN, 2, "  It began about %s%s%s%s.",
				format_time(date, suspect->since_us, cli->now_us),
				*shown ? ", when " : "", shown, *shown ? " came" : "");
	}
}

/* What the verdict names, and what is as sure beside that, each with its sessions. */
static void
put_accused(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	char list[LIST_MAX], percent[FORMAT_MAX];

	if (!ls_blame_accuses(blame))
		return;
	if (blame->verdict != LS_VERDICT_SURROUNDINGS)
		put_evidence(cli, diagnosis, &blame->suspects[0]);
	for (size_t i = blame->n_named; i < blame->n_suspects; i++) {
		unsigned int group = blame->suspects[i].group;

		if (!is_accused(blame, i) || group == blame->suspects[i - 1].group)
			continue;
		list_class(cli, diagnosis, group, list);
		render_sentence(&cli->style, TONE_BAD, 2, "Also at fault: %s (%s)", list,
				format_percent(percent, ls_blame_class(blame, group)));
		put_evidence(cli, diagnosis, &blame->suspects[i]);
	}
}

/* It is about all that is accused, surroundings too. */
static void
put_load(const struct cli *cli, const struct ls_blame *blame)
{
	if (ls_blame_accuses(blame) && blame->under_load >= LS_BLAME_SURE)
		render_sentence(
			&cli->style, TONE_PLAIN, 2,
			"  It drops only while data flows: hours without data do not count.");
}

static void
append_share(char list[LIST_MAX], const char *what, double probability)
{
	char text[LIST_MAX + FORMAT_MAX], percent[FORMAT_MAX];

	if (probability < POSSIBLE_MIN)
		return;
	ls_text_format(text, sizeof(text), "%s (%s)", what, format_percent(percent, probability));
	append(list, "; ", text);
}

/* Classes, each with its own number. */
static void
put_possible(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	char list[LIST_MAX] = "", class[LIST_MAX];
	unsigned int done = 0;
	size_t n = 0;

	for (size_t i = 0; i < blame->n_suspects && n < POSSIBLE_MOST; i++) {
		unsigned int group = blame->suspects[i].group;

		if (is_accused(blame, i) || group == done)
			continue;
		done = group;
		list_class(cli, diagnosis, group, class);
		append_share(list, class, ls_blame_class(blame, group));
		n++;
	}
	if (blame->verdict != LS_VERDICT_NOTHING_SPECIAL)
		append_share(list, "no part is at fault", blame->nothing);
	if (*list && blame->drops > 0)
		render_sentence(&cli->style, TONE_PLAIN, 2, "%s: %s.",
				is_accused(blame, 0) ? "Also possible" : "Possible", list);
}

static void
put_never_varied(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	char varied[LIST_MAX] = "", recorded[LIST_MAX] = "", part[DIAGNOSE_WORDS_MAX];

	for (size_t i = 0; i < blame->n_never_varied && blame->drops > 0; i++) {
		const struct ls_never_varied *never = &blame->never_varied[i];
		struct ls_suspect one = { .kind = never->kind };

		memcpy(one.name, never->name, sizeof(one.name));
		if (*never->name)
			append(varied, ", ", words(cli, diagnosis, &one, part));
		else if (never->kind != LS_COMPONENT_CABLE)
			append(recorded, ", ", diagnose_kind(never->kind));
	}
	if (*varied)
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"The same in all sessions: %s. Whether that matters is not known.",
				varied);
	if (*recorded)
		render_sentence(&cli->style, TONE_PLAIN, 2, "Never recorded: %s.", recorded);
}

/* Without names sessions cannot show which cable it is. */
static void
put_unlabelled(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	double sum = 0;

	for (size_t i = 0; i < blame->n_suspects; i++) {
		if (blame->suspects[i].kind == LS_COMPONENT_CABLE && !*blame->suspects[i].name)
			sum += blame->suspects[i].probability;
	}
	if (sum < UNLABELLED_MIN || blame->drops == 0)
		return;
	render_sentence(&cli->style, TONE_PLAIN, 2,
			"It may be a cable, and cables without a name cannot be told apart. "
			"Name each one when you plug it in: linkstat cable PORT NAME "
			"(\"" LS_CABLE_BUILT_IN "\" for a device with a fixed cable).");
}

static void
put_patterns(const struct cli *cli, const struct diagnosis *diagnosis)
{
	for (size_t i = 0; i < diagnosis->n_patterns; i++)
		render_sentence(&cli->style, TONE_WARN, 2, "Pattern: %s",
				diagnosis->patterns[i].evidence);
}

void
diagnose_print_evidence(const struct cli *cli, const struct diagnosis *diagnosis)
{
	put_rest_of_answer(cli, diagnosis);
	put_accused(cli, diagnosis);
	put_load(cli, diagnosis->blame);
	put_possible(cli, diagnosis);
	put_never_varied(cli, diagnosis);
	put_unlabelled(cli, diagnosis);
	put_patterns(cli, diagnosis);
}

void
diagnose_print_notes(const struct cli *cli, const struct diagnosis *diagnosis)
{
	char n[FORMAT_MAX], focus[HISTORIES_NAME_MAX];

	if (diagnosis->focus) {
		sanitize_text(focus, sizeof(focus), diagnosis->focus, cli->style.utf8);
		render_sentence(&cli->style, TONE_DIM, 2,
				"Looked at %" PRIu64 " of %" PRIu64
				" sessions: those of \"%s\", and "
				"those with the same cables, ports, hubs and devices.",
				diagnosis->n_sessions, diagnosis->n_known, focus);
	}
	if (diagnosis->n_left_out > 0)
		render_sentence(&cli->style, TONE_DIM, 2, "%s left out: %s.",
				format_count(n, (int64_t)diagnosis->n_left_out, "session was",
					     "sessions were"),
				cli->since.set || cli->until.set
					? "the start, the hours or the drops are not known"
					: "the hours or the drops are not known");
}
