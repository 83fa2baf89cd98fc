#include "lib/logs/line.h"

/* Beginnings of the names of months in the languages of log files; the longest that fits counts. */
static const char *const months[12] = {
	"jan jän ene gen ian sty led oca tammi янв січ ιαν gener ocak",
	"feb fév fev lut úno şub helmi фев лют φεβ",
	"mar mär mrz mrt maa már bře maalis мар бер μαρ",
	"apr avr abr kwi dub ápr nis huhti апр кві απρ",
	"may mai mei maj mag kvě máj touko мая май тра μαϊ μαι",
	"jun juin giu iun cze čer jún haz kesä июн чер ιουν",
	"jul juil lug iul lip čec červenec júl tem heinä июл лип ιουλ",
	"aug août aou ago sie srp ağu elo авг сер αυγ",
	"sep set wrz zář sze eyl syys сен вер σεπ",
	"oct okt ott out paź říj eki loka окт жов οκτ",
	"nov lis kas marras ноя лис νοε",
	"dec dez des déc dic gru pro ara joulu дек гру δεκ",
};

static const char english[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static bool
begins_with(const struct ls_cursor *word, const struct ls_cursor *name)
{
	size_t len = ls_cursor_left(name);

	if (ls_cursor_left(word) < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = word->at[i];

		if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != name->at[i])
			return false;
	}
	return true;
}

int
ls_log_month(const struct ls_cursor *word)
{
	int best = 0;
	size_t best_len = 0;

	/* Most logs are English. */
	for (int i = 0; i < 12 && ls_cursor_left(word) == 3; i++)
		if (memcmp(word->at, &english[3 * i], 3) == 0)
			return i + 1;
	for (size_t i = 0; i < LS_COUNT(months); i++) {
		struct ls_cursor names = ls_cursor_of(months[i], strlen(months[i]));

		while (ls_cursor_left(&names) > 0) {
			struct ls_cursor name = ls_take_until(&names, ' ');

			ls_take_spaces(&names);
			if (ls_cursor_left(&name) <= best_len || !begins_with(word, &name))
				continue;
			best = (int)i + 1;
			best_len = ls_cursor_left(&name);
		}
	}
	return best;
}
