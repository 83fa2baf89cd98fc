#include "cli/diagnose/words.h"

#include <stdio.h>

#include "lib/base/text.h"

static const struct {
	const char *name, *unknown;
} kinds[LS_N_COMPONENT_KINDS] = {
	[LS_COMPONENT_HOST] = { "computer", "the computer, whose name was not recorded" },
	[LS_COMPONENT_CONTROLLER] = { "USB controller", "a USB controller that was not recorded" },
	[LS_COMPONENT_HUB] = { "hub", "a hub that was not recorded" },
	[LS_COMPONENT_PORT] = { "port", "a port that was not recorded" },
	[LS_COMPONENT_CABLE] = { "cable", "a cable without a label" },
	[LS_COMPONENT_DEVICE] = { "device", "a device that was not recorded" },
	[LS_COMPONENT_MODEL] = { "device model", "a device model that was not recorded" },
};

const char *
diagnose_kind(enum ls_component_kind kind)
{
	return kinds[kind].name;
}

const char *
diagnose_key(const struct diagnosis *diagnosis, enum ls_component_kind kind, const char *name,
	     const char *with, char text[DIAGNOSE_WORDS_MAX])
{
	char part[HISTORIES_NAME_MAX], other[HISTORIES_NAME_MAX];
	enum ls_component_kind with_kind = histories_kind(diagnosis->histories, with);

	histories_name(diagnosis->histories, name, part);
	histories_name(diagnosis->histories, with, other);
	if (kind == LS_N_COMPONENT_KINDS)
		ls_text_format(text, DIAGNOSE_WORDS_MAX, "surroundings");
	else if (*with && !*name)
		ls_text_format(text, DIAGNOSE_WORDS_MAX, "%s: of %s:%s",
			       ls_component_kind_name(kind), ls_component_kind_name(with_kind),
			       other);
	else if (*with)
		ls_text_format(text, DIAGNOSE_WORDS_MAX, "pair:%s:%s + %s:%s",
			       ls_component_kind_name(kind), part,
			       ls_component_kind_name(with_kind), other);
	else
		ls_text_format(text, DIAGNOSE_WORDS_MAX, "%s:%s", ls_component_kind_name(kind),
			       part);
	return text;
}

const char *
diagnose_words(const struct diagnosis *diagnosis, enum ls_component_kind kind, const char *name,
	       const char *with, char text[DIAGNOSE_WORDS_MAX])
{
	char part[HISTORIES_NAME_MAX], other[HISTORIES_NAME_MAX];
	enum ls_component_kind with_kind = histories_kind(diagnosis->histories, with);

	histories_name(diagnosis->histories, name, part);
	histories_name(diagnosis->histories, with, other);
	if (kind == LS_N_COMPONENT_KINDS)
		ls_text_format(text, DIAGNOSE_WORDS_MAX,
			       "something that is not recorded, such as interference or software");
	else if (!*part && *with)
		ls_text_format(text, DIAGNOSE_WORDS_MAX, "the %s used with %s \"%s\"",
			       kinds[kind].name, kinds[with_kind].name, other);
	else if (!*part)
		ls_text_copy(text, DIAGNOSE_WORDS_MAX, kinds[kind].unknown);
	else if (*with)
		ls_text_format(text, DIAGNOSE_WORDS_MAX, "%s \"%s\" together with %s \"%s\"",
			       kinds[kind].name, part, kinds[with_kind].name, other);
	else
		ls_text_format(text, DIAGNOSE_WORDS_MAX, "%s \"%s\"", kinds[kind].name, part);
	return text;
}

const char *
diagnose_minutes(char text[FORMAT_MAX], int minutes)
{
	if (minutes < 60)
		snprintf(text, FORMAT_MAX, "%d min", minutes);
	else if (minutes % 60)
		snprintf(text, FORMAT_MAX, "%d h %d min", minutes / 60, minutes % 60);
	else
		snprintf(text, FORMAT_MAX, "%d h", minutes / 60);
	return text;
}
