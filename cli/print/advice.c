#include "cli/print/advice.h"

#include "lib/model/record.h"

const struct ls_cause_row *
advice_for(const char *cause)
{
	enum ls_cause found;

	return ls_cause_row(ls_cause_from_name(cause, &found) == 1 ? found : LS_CAUSE_UNKNOWN);
}

const char *
advice_words(const char *cause)
{
	enum ls_cause found;

	return ls_cause_from_name(cause, &found) == 1 ? ls_cause_words(found) : cause;
}

const char *
advice_side(const char *side)
{
	enum ls_side found;
	const char *words = ls_side_from_name(side, &found) == 1 ? ls_side_words(found) : "";

	return *words ? words : NULL;
}

const char *
advice_source(const char *source)
{
	enum ls_source found;

	return ls_source_from_name(source, &found) == 1 ? ls_source_words(found) : source;
}
