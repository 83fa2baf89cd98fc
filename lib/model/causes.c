#include <errno.h>
#include <string.h>

#include "lib/model/causes.h"

static const struct ls_cause_row rows[] = {
#define CAUSE(id, wire_name, ...) [id] = { .name = wire_name, __VA_ARGS__ },
#include "lib/model/causes.def"
#undef CAUSE
};

const struct ls_cause_row *
ls_cause_row(enum ls_cause cause)
{
	return &rows[(size_t)cause < LS_COUNT(rows) ? cause : LS_CAUSE_UNKNOWN];
}

const char *
ls_cause_name(enum ls_cause cause)
{
	return ls_cause_row(cause)->name;
}

const char *
ls_cause_words(enum ls_cause cause)
{
	return ls_cause_row(cause)->words;
}

int
ls_cause_from_name(const char *name, enum ls_cause *ret)
{
	for (size_t i = 0; i < LS_COUNT(rows); i++) {
		if (strcmp(rows[i].name, name) == 0) {
			*ret = (enum ls_cause)i;
			return 1;
		}
	}
	return -EINVAL;
}
