#include "cli/diagnose/next.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/sanitize.h"
#include "cli/diagnose/words.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "lib/base/text.h"

#define TRIAL_MAX 4096
/* One drop in two days of use is rare. */
#define RARE_HOURS 48

static const char *const remedies[LS_N_COMPONENT_KINDS] = {
	[LS_COMPONENT_HOST] =
		"Use another computer, or install all updates of this one, of its BIOS too, "
		"and try again.",
	[LS_COMPONENT_CONTROLLER] =
		"Use ports of another controller: other sockets of the computer, or an "
		"add-in card.",
	[LS_COMPONENT_HUB] = "Plug in without this hub, or use another one.",
	[LS_COMPONENT_PORT] = "Use another port, and label this one (linkstat name).",
	[LS_COMPONENT_CABLE] = "Put this cable aside and use another one.",
	[LS_COMPONENT_DEVICE] =
		"It drops wherever it is used: update its firmware, clean its contacts, or have it "
		"repaired.",
	[LS_COMPONENT_MODEL] =
		"All devices of this model drop: look for a newer firmware or another "
		"model.",
};

static const char *
named(const struct cli *cli, const struct diagnosis *diagnosis, enum ls_component_kind kind,
      const char *name, char text[DIAGNOSE_WORDS_MAX])
{
	char full[DIAGNOSE_WORDS_MAX];

	diagnose_words(diagnosis, kind, name, "", full);
	sanitize_text(text, DIAGNOSE_WORDS_MAX, full, cli->style.utf8);
	return text;
}

/* A computer that is in all sessions need not be mentioned. */
static bool
is_obvious(const struct ls_blame *blame, enum ls_component_kind kind)
{
	for (size_t i = 0; i < blame->n_never_varied; i++)
		if (kind == LS_COMPONENT_HOST && blame->never_varied[i].kind == kind)
			return true;
	return false;
}

static bool
is_exchanged(const struct ls_swap *swap, enum ls_component_kind kind)
{
	for (size_t i = 0; i < swap->n_exchanges; i++)
		if (swap->exchanges[i].kind == kind)
			return true;
	return false;
}

/* The rest of the trial: on port "1-4" with device "iPhone", without what is swapped. */
static void
describe_trial(const struct cli *cli, const struct diagnosis *diagnosis, char text[TRIAL_MAX])
{
	static const struct {
		enum ls_component_kind kind;
		const char *word;
	} places[] = {
		{ LS_COMPONENT_PORT, "on" },
		{ LS_COMPONENT_HOST, "of" },
		{ LS_COMPONENT_CABLE, "with" },
		{ LS_COMPONENT_DEVICE, "with" },
	};
	const struct ls_swap *swap = diagnosis->swap;
	char part[DIAGNOSE_WORDS_MAX];
	const char *word = "";

	text[0] = '\0';
	for (size_t i = 0; i < LS_COUNT(places); i++) {
		const char *name = swap->names[places[i].kind];

		if (!*name || is_exchanged(swap, places[i].kind) ||
		    is_obvious(diagnosis->blame, places[i].kind))
			continue;
		word = strcmp(word, places[i].word) == 0 ? "and" : places[i].word;
		ls_text_append(text, TRIAL_MAX, " %s %s", word,
			       named(cli, diagnosis, places[i].kind, name, part));
	}
}

/* Rounded up for people: to 5 minutes, above 6 hours to the hour. */
static const char *
run_time(char text[FORMAT_MAX], double hours)
{
	int step = hours < 6 ? 5 : 60;
	int minutes = (int)ceil(hours * 60 / step - 1e-9) * step;

	return diagnose_minutes(text, minutes);
}

/* An outcome that does not make certain what the other one would. */
static bool
decides_nothing(const struct ls_swap *swap, const struct ls_swap_outcome *outcome)
{
	const struct ls_swap_outcome *other = &swap->outcomes[outcome == &swap->outcomes[0]];

	return outcome->verdict == LS_VERDICT_NOT_ENOUGH_DATA && outcome->names && other->names &&
	       outcome->kind == other->kind && strcmp(outcome->name, other->name) == 0;
}

static const char *
meaning(const struct cli *cli, const struct diagnosis *diagnosis,
	const struct ls_swap_outcome *outcome, char text[TRIAL_MAX])
{
	char full[DIAGNOSE_WORDS_MAX] = "", part[DIAGNOSE_WORDS_MAX], percent[FORMAT_MAX];
	bool names = outcome->names;

	if (names)
		diagnose_words(diagnosis, outcome->kind, outcome->name, outcome->with, full);
	sanitize_text(part, sizeof(part), full, cli->style.utf8);
	format_percent(percent, outcome->certainty);
	if (outcome->verdict == LS_VERDICT_NOTHING_SPECIAL)
		ls_text_format(text, TRIAL_MAX, "no part is at fault (%s)", percent);
	else if (!names || decides_nothing(diagnosis->swap, outcome))
		ls_text_format(text, TRIAL_MAX, "nothing is certain yet");
	else if (outcome->verdict == LS_VERDICT_SUSPECT)
		ls_text_format(text, TRIAL_MAX, "%s is at fault (%s)", part, percent);
	else if (outcome->verdict == LS_VERDICT_SURROUNDINGS)
		ls_text_format(text, TRIAL_MAX, "no part is at fault, but what is around (%s)",
			       percent);
	else if (outcome->verdict == LS_VERDICT_INSEPARABLE)
		ls_text_format(text, TRIAL_MAX, "%s is at fault, or what always goes with it (%s)",
			       part, percent);
	else
		ls_text_format(text, TRIAL_MAX, "%s becomes the first suspect (%s)", part, percent);
	return text;
}

static void
put_outcomes(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_swap *swap = diagnosis->swap;
	char text[TRIAL_MAX];

	for (size_t i = 0; i < LS_COUNT(swap->outcomes); i++)
		render_sentence(&cli->style, TONE_PLAIN, 6, "      %s: %s.",
				swap->outcomes[i].drop ? "A drop" : "No drop",
				meaning(cli, diagnosis, &swap->outcomes[i], text));
}

static void
put_swap(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_swap *swap = diagnosis->swap;
	char from[DIAGNOSE_WORDS_MAX], to[DIAGNOSE_WORDS_MAX], rest[TRIAL_MAX], time[FORMAT_MAX];
	char exchanges[TRIAL_MAX] = "";

	for (size_t i = 0; i < swap->n_exchanges; i++) {
		const struct ls_exchange *exchange = &swap->exchanges[i];

		named(cli, diagnosis, exchange->kind, exchange->from, from);
		named(cli, diagnosis, exchange->kind, exchange->to, to);
		ls_text_append(exchanges, sizeof(exchanges), "%s%s instead of %s",
			       i ? ", and " : "", to, from);
	}
	describe_trial(cli, diagnosis, rest);
	render_sentence(&cli->style, TONE_STRONG, 6, "%s use %s%s%s, for %s.",
			diagnosis->blame->verdict == LS_VERDICT_SUSPECT ? "To be surer:" : "Next:",
			exchanges, swap->n_exchanges > 1 && *rest ? "," : "", rest,
			run_time(time, swap->run_hours));
	put_outcomes(cli, diagnosis);
}

static const char *
article(enum ls_component_kind kind)
{
	return kind == LS_COMPONENT_HUB		 ? "another hub"
	       : kind == LS_COMPONENT_CABLE	 ? "another cable"
	       : kind == LS_COMPONENT_PORT	 ? "another port"
	       : kind == LS_COMPONENT_DEVICE	 ? "another device"
	       : kind == LS_COMPONENT_CONTROLLER ? "a port of another USB controller"
	       : kind == LS_COMPONENT_MODEL	 ? "a device of another model"
						 : "another computer (and with it another port)";
}

/* Of the first one of a class, which is the only part that is named; with a device its model may be. */
static const char *
remedy(const struct ls_blame *blame, const struct ls_suspect *first)
{
	if (*first->name && *first->with)
		return "Keep these two apart: each is fine without the other.";
	for (size_t i = 0; i < blame->n_suspects && first->kind == LS_COMPONENT_DEVICE; i++) {
		if (blame->suspects[i].group == first->group &&
		    blame->suspects[i].kind == LS_COMPONENT_MODEL)
			return "Use another one, of another model: all of this model may do it. "
			       "Else "
			       "update its firmware, clean its contacts, or have it repaired.";
	}
	return remedies[first->kind];
}

/* Whether that is worth an exchange is up to the user. */
static void
put_how_rare(const struct cli *cli, const struct ls_suspect *suspect)
{
	double hours_for_each = suspect->drops > 0 ? suspect->hours / suspect->drops : 0;
	char time[FORMAT_MAX];

	if (hours_for_each < RARE_HOURS)
		return;
	format_duration(time, 3600 * 24 * round(hours_for_each / 24));
	render_sentence(&cli->style, TONE_PLAIN, 6,
			"      That is one drop in %s of use: exchange it only if that matters.",
			time);
}

/* One that is at fault beside the one that the verdict names. */
static bool
is_one_more(const struct ls_blame *blame, size_t i)
{
	return i >= blame->n_named && blame->suspects[i].group != blame->suspects[i - 1].group &&
	       ls_blame_class(blame, blame->suspects[i].group) >= LS_BLAME_SURE;
}

/* Each by its name. Of many, one may stand for another that was used with it (many.h). */
static void
put_remedies(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	char full[DIAGNOSE_WORDS_MAX], part[DIAGNOSE_WORDS_MAX];
	bool many = false;

	for (size_t i = 1; i < blame->n_suspects; i++)
		many = many || is_one_more(blame, i);
	if (!many) {
		render_sentence(&cli->style, TONE_STRONG, 6, "Do:   %s",
				remedy(blame, &blame->suspects[0]));
		return;
	}
	for (size_t i = 0; i < blame->n_suspects; i++) {
		const struct ls_suspect *suspect = &blame->suspects[i];

		if (i > 0 && !is_one_more(blame, i))
			continue;
		diagnose_words(diagnosis, suspect->kind, suspect->name, suspect->with, full);
		sanitize_text(part, sizeof(part), full, cli->style.utf8);
		render_sentence(&cli->style, TONE_STRONG, 6, "%s%s: %s",
				i ? "      " : "Do:   ", part, remedy(blame, suspect));
	}
	render_sentence(&cli->style, TONE_PLAIN, 6,
			"      Change one part at a time and diagnose again: where several are at "
			"fault, one name may be wrong.");
}

/* No outcome would change the verdict. */
static bool
is_idle(const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	const struct ls_suspect *first = &blame->suspects[0];

	if (blame->verdict == LS_VERDICT_SURROUNDINGS)
		return true;
	if (!ls_blame_accuses(blame))
		return false;
	for (size_t i = 0; i < LS_COUNT(diagnosis->swap->outcomes); i++) {
		const struct ls_swap_outcome *outcome = &diagnosis->swap->outcomes[i];

		if (outcome->verdict != blame->verdict || outcome->kind != first->kind ||
		    strcmp(outcome->name, first->name) != 0 ||
		    strcmp(outcome->with, first->with) != 0)
			return false;
	}
	return true;
}

void
diagnose_print_next(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	const struct ls_swap *swap = diagnosis->swap;
	char time[FORMAT_MAX];

	if (blame->verdict == LS_VERDICT_SUSPECT) {
		put_remedies(cli, diagnosis);
		put_how_rare(cli, &blame->suspects[0]);
	}
	if (blame->drops == 0 || blame->verdict == LS_VERDICT_NOTHING_SPECIAL)
		return;
	run_time(time, swap->run_hours);
	if (swap->possible && !is_idle(diagnosis))
		put_swap(cli, diagnosis);
	else if (swap->get != LS_N_COMPONENT_KINDS && blame->verdict != LS_VERDICT_SUSPECT &&
		 blame->verdict != LS_VERDICT_SURROUNDINGS)
		render_sentence(
			&cli->style, TONE_STRONG, 6,
			"Next: try %s that was not used yet, with everything else as before, for "
			"%s.",
			article(swap->get), time);
}
