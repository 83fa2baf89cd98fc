#include "cli/diagnose/priors.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/sanitize.h"
#include "lib/base/cursor.h"
#include "lib/wire/session_row.h"

#define PRIOR_MAX 1e6

static const struct {
	const char *key;
	size_t offset;
	bool positive; /* 0 makes no distribution */
} keys[] = {
	{ "nothing", offsetof(struct ls_blame_priors, nothing), false },
	{ "one", offsetof(struct ls_blame_priors, one), false },
	{ "two", offsetof(struct ls_blame_priors, two), false },
	{ "pair", offsetof(struct ls_blame_priors, pair), false },
	{ "surroundings", offsetof(struct ls_blame_priors, surroundings), false },
	{ "host", offsetof(struct ls_blame_priors, component[LS_COMPONENT_HOST]), false },
	{ "controller", offsetof(struct ls_blame_priors, component[LS_COMPONENT_CONTROLLER]),
	  false },
	{ "hub", offsetof(struct ls_blame_priors, component[LS_COMPONENT_HUB]), false },
	{ "port", offsetof(struct ls_blame_priors, component[LS_COMPONENT_PORT]), false },
	{ "cable", offsetof(struct ls_blame_priors, component[LS_COMPONENT_CABLE]), false },
	{ "device", offsetof(struct ls_blame_priors, component[LS_COMPONENT_DEVICE]), false },
	{ "model", offsetof(struct ls_blame_priors, component[LS_COMPONENT_MODEL]), false },
	{ "good_shape", offsetof(struct ls_blame_priors, good_shape), true },
	{ "good_hours", offsetof(struct ls_blame_priors, good_hours), true },
	{ "bad_shape", offsetof(struct ls_blame_priors, bad_shape), true },
	{ "bad_hours", offsetof(struct ls_blame_priors, bad_hours), true },
};

static int
find_key(struct ls_cursor name)
{
	for (size_t i = 0; i < LS_COUNT(keys); i++)
		if (strlen(keys[i].key) == ls_cursor_left(&name) &&
		    memcmp(keys[i].key, name.at, ls_cursor_left(&name)) == 0)
			return (int)i;
	return -1;
}

static void
say_keys(char why[PRIORS_WHY_MAX])
{
	size_t len = strlen(why);

	for (size_t i = 0; i < LS_COUNT(keys); i++)
		len += (size_t)snprintf(why + len, PRIORS_WHY_MAX - len, "%s%s", i ? ", " : "",
					keys[i].key);
}

static int
set_one(struct ls_cursor pair, struct ls_blame_priors *priors, char why[PRIORS_WHY_MAX])
{
	struct ls_cursor rest = pair, name = ls_take_until(&rest, '=');
	int key = find_key(name);
	double value;
	char shown[64], text[64];

	snprintf(text, sizeof(text), "%.*s", (int)ls_cursor_left(&pair), pair.at);
	sanitize_text(shown, sizeof(shown), text, true);
	if (key < 0) {
		snprintf(why, PRIORS_WHY_MAX, "\"%s\" is not known; known are ", shown);
		say_keys(why);
		return -EINVAL;
	}
	if (!ls_take_char(&rest, '=') || !ls_session_number(rest, &value) || value > PRIOR_MAX ||
	    !(keys[key].positive ? value > 0 : value >= 0)) {
		snprintf(why, PRIORS_WHY_MAX,
			 "\"%s\" is wrong; a number %s and up to 1000000 "
			 "is wanted, as in %s=0.5",
			 shown, keys[key].positive ? "above 0" : "from 0", keys[key].key);
		return -EINVAL;
	}
	memcpy((char *)priors + keys[key].offset, &value, sizeof(value));
	return 1;
}

int
priors_parse(const char *text, struct ls_blame_priors *priors, char why[PRIORS_WHY_MAX])
{
	struct ls_cursor cur = ls_cursor_of(text, strlen(text));
	int r = 1;

	do {
		r = set_one(ls_take_until(&cur, ','), priors, why);
	} while (r > 0 && ls_take_char(&cur, ','));
	return r;
}
