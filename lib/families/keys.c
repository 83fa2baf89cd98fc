#include "lib/families/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/base/text.h"

#define NAME_MAX_BYTES 24
#define LONGEST_US     (UINT64_C(24) * 3600 * LS_SEC)

/* ---- headings ---------------------------------------------------------------------------- */

static const char heading_forms[] = "[FAMILY MODE], [FAMILY MODE, ANOTHER LOOK], [FAMILY MODE -> "
				    "MODE] or [FAMILY identity, KIND]";

/* a-z, 0-9 and "-"; NULL if there is none or memory is short. */
static char *
take_name(struct ls_cursor *cur)
{
	const char *start = cur->at;

	while (cur->at < cur->end && ((*cur->at >= 'a' && *cur->at <= 'z') || *cur->at == '-' ||
				      (*cur->at >= '0' && *cur->at <= '9'))) {
		if (cur->end - cur->at > 1 && cur->at[0] == '-' && cur->at[1] == '>')
			break;
		cur->at++;
	}
	if (cur->at == start || cur->at - start > NAME_MAX_BYTES)
		return NULL;
	return strndup(start, (size_t)(cur->at - start));
}

/* A name, or "*", which is NULL; false if it is neither. */
static bool
take_end(struct ls_cursor *cur, char **ret)
{
	if (ls_take_char(cur, '*'))
		return true;
	*ret = take_name(cur);
	return *ret;
}

/* What follows the family. */
static bool
take_rest(struct ls_cursor *cur, struct family_section *section)
{
	if (!take_end(cur, &section->name))
		return false;
	(void)ls_take_spaces(cur);
	section->kind = FAMILY_MODE;
	if (ls_take_literal(cur, "->")) {
		section->kind = FAMILY_EDGE;
		(void)ls_take_spaces(cur);
		return take_end(cur, &section->to) && cur->at == cur->end &&
		       (section->name || section->to);
	}
	if (!section->name)
		return false;
	if (ls_take_char(cur, ',')) {
		section->kind = FAMILY_LOOK;
		(void)ls_take_spaces(cur);
		if (cur->at == cur->end)
			return false;
		cur->at = cur->end;
	}
	if (strcmp(section->name, "identity") == 0)
		section->kind = FAMILY_IDENTITY;
	return cur->at == cur->end;
}

/* Single blanks, none at the ends: two spellings of one heading are the same section. */
static char *
single_blanks(const char *text)
{
	char *copy = malloc(strlen(text) + 1), *to = copy;

	for (; copy && *text; text++) {
		bool blank = *text == ' ' || *text == '\t';

		if (!blank)
			*to++ = *text;
		else if (to > copy && to[-1] != ' ')
			*to++ = ' ';
	}
	while (to > copy && to[-1] == ' ')
		to--;
	if (copy)
		*to = '\0';
	return copy;
}

int
family_heading_parse(const char *heading, struct family_section *section, char why[LS_TEXT_MAX])
{
	struct ls_cursor cur;
	char shown[80];

	section->key = single_blanks(heading);
	if (!section->key)
		return -ENOMEM;
	cur = ls_cursor_of(section->key, strlen(section->key));
	section->family = take_name(&cur);
	if (section->family && ls_take_spaces(&cur) && take_rest(&cur, section))
		return 1;
	ls_text_clean(shown, sizeof(shown), heading, strlen(heading));
	ls_text_format(why, LS_TEXT_MAX,
		       "[%s] is no heading; allowed are %s, names of a-z, 0-9 and -", shown,
		       heading_forms);
	return -EINVAL;
}

/* ---- values ------------------------------------------------------------------------------ */

static int
refuse(char why[LS_TEXT_MAX], const char *value, const char *allowed)
{
	char shown[80];

	ls_text_clean(shown, sizeof(shown), value, strlen(value));
	ls_text_format(why, LS_TEXT_MAX, "\"%s\" is not allowed here; allowed is %s", shown,
		       allowed);
	return -EINVAL;
}

static int
parse_duration(const char *value, uint64_t *ret, char why[LS_TEXT_MAX])
{
	static const struct {
		const char *name;
		uint64_t us;
	} units[] = { { "ms", LS_MS }, { "s", LS_SEC }, { "min", 60 * LS_SEC } };
	struct ls_cursor cur = ls_cursor_of(value, strlen(value));
	uint64_t number;

	if (ls_take_uint(&cur, LONGEST_US, &number)) {
		(void)ls_take_spaces(&cur);
		for (size_t i = 0; i < LS_COUNT(units); i++) {
			if (strcmp(cur.at, units[i].name) != 0 || number > LONGEST_US / units[i].us)
				continue;
			*ret = number * units[i].us;
			return 1;
		}
	}
	return refuse(why, value, "a time up to 24 hours with its unit: ms, s or min, like 300 s");
}

static int
parse_bool(const char *value, bool *ret, char why[LS_TEXT_MAX])
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return refuse(why, value, "yes or no");
	*ret = strcmp(value, "yes") == 0;
	return 1;
}

static int
parse_text(const char *value, char **ret)
{
	char clean[LS_TEXT_MAX];

	ls_text_clean(clean, sizeof(clean), value, strlen(value));
	*ret = strdup(clean);
	return *ret ? 1 : -ENOMEM;
}

static int
parse_meaning(const char *value, enum ls_edge_meaning *ret, char why[LS_TEXT_MAX])
{
	if (strcmp(value, "expected") != 0 && strcmp(value, "reboot") != 0)
		return refuse(why, value, "expected or reboot");
	*ret = strcmp(value, "reboot") == 0 ? LS_EDGE_REBOOT : LS_EDGE_EXPECTED;
	return 1;
}

/* "all", "last 16", "after SN:" or "hex after ECID:" */
static int
parse_take(const char *value, struct family_section *section, char why[LS_TEXT_MAX])
{
	struct ls_cursor cur = ls_cursor_of(value, strlen(value));
	uint64_t number;
	bool hex;

	if (strcmp(value, "all") == 0)
		return 1;
	if (ls_take_literal(&cur, "last ") && ls_take_uint(&cur, 64, &number) &&
	    cur.at == cur.end && number > 0) {
		section->take = FAMILY_TAKE_LAST;
		section->n_last = (unsigned int)number;
		return 1;
	}
	hex = ls_take_literal(&cur, "hex ");
	if (ls_take_literal(&cur, "after ") && cur.at < cur.end) {
		section->take = hex ? FAMILY_TAKE_HEX_AFTER : FAMILY_TAKE_AFTER;
		section->marker = strdup(cur.at);
		return section->marker ? 1 : -ENOMEM;
	}
	return refuse(why, value, "all, last N (up to 64), after TEXT or hex after TEXT");
}

static int
parse_identity_kind(const char *value, char **ret, char why[LS_TEXT_MAX])
{
	struct ls_cursor cur = ls_cursor_of(value, strlen(value));

	*ret = take_name(&cur);
	if (*ret && cur.at == cur.end)
		return 1;
	return refuse(why, value, "one short name of a-z, 0-9 and -, like ecid");
}

/* ---- keys -------------------------------------------------------------------------------- */

enum key {
	KEY_FIRST_MATCH,
	KEY_LAST_MATCH = KEY_FIRST_MATCH + FAMILY_N_SUBJECTS - 1,
	KEY_TITLE,
	KEY_BUSY,
	KEY_RESTING,
	KEY_STALL,
	KEY_CONTEXT,
	KEY_WINDOW,
	KEY_MIN,
	KEY_MEANING,
	KEY_WHY,
	KEY_KIND,
	KEY_TAKE,
	KEY_EXCEPT,
	N_KEYS,
};

#define IN(kind)  (1u << (kind))
#define IN_MODE	  IN(FAMILY_MODE)
#define IN_EDGE	  IN(FAMILY_EDGE)
#define IN_IDENT  IN(FAMILY_IDENTITY)
#define IN_LOOKS  (IN_MODE | IN(FAMILY_LOOK) | IN_IDENT)
#define MATCH_KEY IN_LOOKS, 0

static const struct {
	const char *name;
	unsigned int allowed, required; /* bits of enum family_kind */
} keys[N_KEYS] = {
	[FAMILY_ID] = { "id", MATCH_KEY },
	[FAMILY_VID] = { "vid", MATCH_KEY },
	[FAMILY_PID] = { "pid", MATCH_KEY },
	[FAMILY_BCD_DEVICE] = { "bcd_device", MATCH_KEY },
	[FAMILY_DEVICE_CLASS] = { "device_class", MATCH_KEY },
	[FAMILY_N_CONFIGURATIONS] = { "n_configurations", MATCH_KEY },
	[FAMILY_I_MANUFACTURER] = { "i_manufacturer", MATCH_KEY },
	[FAMILY_I_PRODUCT] = { "i_product", MATCH_KEY },
	[FAMILY_I_SERIAL] = { "i_serial", MATCH_KEY },
	[FAMILY_INTERFACE] = { "interface", MATCH_KEY },
	[FAMILY_SERIAL_HEX] = { "serial_hex", MATCH_KEY },
	[FAMILY_SERIAL] = { "serial", MATCH_KEY },
	[FAMILY_PRODUCT] = { "product", MATCH_KEY },
	[FAMILY_MANUFACTURER] = { "manufacturer", MATCH_KEY },
	[KEY_TITLE] = { "title", IN_MODE, IN_MODE },
	[KEY_BUSY] = { "busy", IN_MODE, 0 },
	[KEY_RESTING] = { "resting", IN_MODE, 0 },
	[KEY_STALL] = { "stall", IN_MODE, 0 },
	[KEY_CONTEXT] = { "context", IN_MODE, 0 },
	[KEY_WINDOW] = { "window", IN_EDGE, IN_EDGE },
	[KEY_MIN] = { "min", IN_EDGE, 0 },
	[KEY_MEANING] = { "meaning", IN_EDGE, 0 },
	[KEY_WHY] = { "why", IN_EDGE, IN_EDGE },
	[KEY_KIND] = { "kind", IN_IDENT, IN_IDENT },
	[KEY_TAKE] = { "take", IN_IDENT, IN_IDENT },
	[KEY_EXCEPT] = { "except", IN_IDENT, 0 },
};

static const char *const kind_names[] = {
	[FAMILY_MODE] = "a mode",
	[FAMILY_LOOK] = "another look of a mode",
	[FAMILY_EDGE] = "a change of mode",
	[FAMILY_IDENTITY] = "an identity",
};

static int
set(struct family_section *section, enum key key, const char *value, char why[LS_TEXT_MAX])
{
	switch (key) {
	case KEY_TITLE:
	case KEY_WHY:
		return parse_text(value, &section->text);
	case KEY_BUSY:
		return parse_bool(value, &section->mode.busy, why);
	case KEY_RESTING:
		return parse_bool(value, &section->mode.resting, why);
	case KEY_STALL:
		return parse_duration(value, &section->mode.stall_us, why);
	case KEY_CONTEXT:
		return parse_bool(value, &section->context, why);
	case KEY_WINDOW:
		return parse_duration(value, &section->edge.max_us, why);
	case KEY_MIN:
		return parse_duration(value, &section->edge.min_us, why);
	case KEY_MEANING:
		return parse_meaning(value, &section->edge.meaning, why);
	case KEY_KIND:
		return parse_identity_kind(value, &section->identity_kind, why);
	case KEY_TAKE:
		return parse_take(value, section, why);
	case KEY_EXCEPT:
		return family_match_add(&section->except, FAMILY_SERIAL, value, why);
	default:
		return family_match_add(&section->match, (enum family_subject)key, value, why);
	}
}

static void
list_keys(char *list, size_t size, unsigned int kind)
{
	list[0] = '\0';
	for (size_t i = 0; i < N_KEYS; i++) {
		if (keys[i].allowed & IN(kind))
			ls_text_append(list, size, "%s%s", list[0] ? ", " : "", keys[i].name);
	}
}

int
family_key_set(struct family_section *section, const char *name, const char *value,
	       char why[LS_TEXT_MAX])
{
	char list[200], shown[32];
	size_t key = 0;

	while (key < N_KEYS &&
	       (strcmp(keys[key].name, name) != 0 || !(keys[key].allowed & IN(section->kind))))
		key++;
	if (key == N_KEYS) {
		list_keys(list, sizeof(list), section->kind);
		ls_text_clean(shown, sizeof(shown), name, strlen(name));
		ls_text_format(why, LS_TEXT_MAX, "\"%s\" says nothing of %s; allowed are %s", shown,
			       kind_names[section->kind], list);
		return -EINVAL;
	}
	if (!value[0]) {
		ls_text_format(why, LS_TEXT_MAX, "\"%s\" has no value", name);
		return -EINVAL;
	}
	/* Conditions may be repeated, every other key is set once. */
	if ((section->seen & 1u << key) && key > KEY_LAST_MATCH) {
		ls_text_format(why, LS_TEXT_MAX, "\"%s\" was said before in this section", name);
		return -EINVAL;
	}
	section->seen |= 1u << key;
	return set(section, (enum key)key, value, why);
}

int
family_keys_complete(const struct family_section *section, char why[LS_TEXT_MAX])
{
	for (size_t i = 0; i < N_KEYS; i++) {
		if ((keys[i].required & IN(section->kind)) && !(section->seen & 1u << i)) {
			ls_text_format(why, LS_TEXT_MAX, "[%s] lacks \"%s\"", section->key,
				       keys[i].name);
			return -EINVAL;
		}
	}
	if (section->kind != FAMILY_EDGE && section->match.n == 0) {
		ls_text_format(why, LS_TEXT_MAX,
			       "[%s] does not say which devices it is about, for example by id",
			       section->key);
		return -EINVAL;
	}
	if (section->kind == FAMILY_EDGE && section->edge.min_us > section->edge.max_us) {
		ls_text_format(why, LS_TEXT_MAX, "[%s]: \"min\" is longer than \"window\"",
			       section->key);
		return -EINVAL;
	}
	return 1;
}
