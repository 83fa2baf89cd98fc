#include "lib/model/observation.h"

static const char *const sources[] = { LS_SOURCES(LS_ENUM_NAME) };
static const char *const source_words[] = { LS_SOURCES(LS_ENUM_WORDS) };
static const char *const kinds[] = { LS_OBS_KINDS(LS_ENUM_NAME) };
static const char *const speeds[] = { LS_SPEEDS(LS_ENUM_NAME) };

const char *
ls_source_name(enum ls_source source)
{
	return (size_t)source < LS_COUNT(sources) ? sources[source] : "unknown";
}

const char *
ls_source_words(enum ls_source source)
{
	return ls_name_of(source_words, LS_COUNT(source_words), source);
}

int
ls_source_from_name(const char *name, enum ls_source *ret)
{
	int found = ls_name_find(sources, LS_COUNT(sources), name);

	if (found < 0)
		return found;
	*ret = (enum ls_source)found;
	return 1;
}

const char *
ls_obs_kind_name(enum ls_obs_kind kind)
{
	return ls_name_of(kinds, LS_COUNT(kinds), kind);
}

int
ls_obs_kind_from_name(const char *name, enum ls_obs_kind *ret)
{
	int found = ls_name_find(kinds, LS_COUNT(kinds), name);

	if (found < 0)
		return found;
	*ret = (enum ls_obs_kind)found;
	return 1;
}

const char *
ls_speed_name(enum ls_speed speed)
{
	return ls_name_of(speeds, LS_COUNT(speeds), speed);
}
