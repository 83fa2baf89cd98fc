#include "lib/explain/kernel.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/explain/phrase.h"
#include "lib/explain/read.h"
#include "lib/observe/kernel_messages.h"

#define PHRASE_MAX 200

static const char *
step_name(enum ls_enum_step step)
{
	static const char *const names[] = {
		[LS_STEP_NONE] = "",
		[LS_STEP_DESCRIPTOR] = " descriptor",
		[LS_STEP_ADDRESS] = " address",
		[LS_STEP_CONFIG] = " config",
		[LS_STEP_ENABLE] = " enable",
		[LS_STEP_DEBOUNCE] = " debounce",
		[LS_STEP_OTHER] = " other",
		[LS_STEP_INVALID_DESCRIPTOR] = " invalid-descriptor",
		[LS_STEP_SLOT] = " slot",
	};

	return names[step];
}

static struct ls_explain_entry *
find_entry(struct ls_explain *table, const struct ls_kernel_message *message)
{
	char id[64];

	snprintf(id, sizeof(id), "kernel %s%s", ls_obs_kind_name(message->kind),
		 step_name(message->step));
	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->entries[i].id, id) == 0)
			return &table->entries[i];
	return NULL;
}

/* "device descriptor read/%w, error %e" as "device descriptor read/ * , error # "; the unit of "%wmA"
 * is a part of the word. */
static void
make_phrase(const char *pattern, char ret[PHRASE_MAX])
{
	size_t len = 0;

	for (; *pattern && len + 4 < PHRASE_MAX; pattern++) {
		if (*pattern != '%' || !pattern[1]) {
			ret[len++] = *pattern;
			continue;
		}
		pattern++;
		if (*pattern == '*' && !pattern[1])
			break;
		ret[len++] = ' ';
		ret[len++] = strchr("nepb", *pattern) ? '#' : '*';
		ret[len++] = ' ';
		while (isalnum((unsigned char)pattern[1]))
			pattern++;
	}
	ret[len] = '\0';
}

/* One word that stays would be found in lines about anything. */
static bool
says_enough(const char *phrase)
{
	struct ls_words words;
	size_t n = 0;

	ls_words_split(&words, phrase);
	for (size_t i = 0; i < words.n; i++)
		n += strcmp(words.at[i], "*") != 0;
	return n >= 2;
}

int
ls_explain_add_kernel_messages(struct ls_explain *table)
{
	char phrase[PHRASE_MAX];
	int r = 0;

	for (size_t i = 0; r == 0 && i < ls_n_kernel_messages; i++) {
		struct ls_explain_entry *entry = find_entry(table, &ls_kernel_messages[i]);

		make_phrase(ls_kernel_messages[i].pattern, phrase);
		if (entry && says_enough(phrase))
			r = ls_explain_add_phrase(entry, LS_PHRASE_TEXT, phrase);
	}
	return r;
}
