#include "lib/model/record.h"

static const char *const sides[] = { LS_SIDES(LS_ENUM_NAME) };
static const char *const side_words[] = { LS_SIDES(LS_ENUM_WORDS) };
static const char *const gap_kinds[] = { LS_GAP_KINDS(LS_ENUM_NAME) };
static const char *const event_kinds[] = { LS_EVENT_KINDS(LS_ENUM_NAME) };

const char *
ls_side_name(enum ls_side side)
{
	return ls_name_of(sides, LS_COUNT(sides), side);
}

const char *
ls_side_words(enum ls_side side)
{
	return ls_name_of(side_words, LS_COUNT(side_words), side);
}

const char *
ls_event_kind_name(enum ls_event_kind kind)
{
	return (size_t)kind < LS_N_EVENTS ? event_kinds[kind] : "unknown";
}

const char *
ls_gap_kind_name(enum ls_gap_kind kind)
{
	return ls_name_of(gap_kinds, LS_COUNT(gap_kinds), kind);
}

int
ls_side_from_name(const char *name, enum ls_side *ret)
{
	int found = ls_name_find(sides, LS_COUNT(sides), name);

	if (found < 0)
		return found;
	*ret = (enum ls_side)found;
	return 1;
}

int
ls_event_kind_from_name(const char *name, enum ls_event_kind *ret)
{
	int found = ls_name_find(event_kinds, LS_COUNT(event_kinds), name);

	if (found < 0)
		return found;
	*ret = (enum ls_event_kind)found;
	return 1;
}
