#include "lib/base/text.h"
#include "tests/causes/facts.h"

/* By number, from lib/engine/facts.h. */
static const char *const names[64] = {
#include "fact_names.inc"
};

void
facts_text(uint64_t facts, char text[FACTS_TEXT_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < LS_COUNT(names); i++) {
		if (facts >> i & 1)
			ls_text_append(text, FACTS_TEXT_MAX, "%s%s", *text ? " " : "",
				       names[i] ? names[i] : "?");
	}
}
