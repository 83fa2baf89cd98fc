#include "daemon/sources/source.h"

#include <string.h>

#include "daemon/base/state.h"
#include "lib/base/text.h"

void
source_observation(struct ls_observation *ret, enum ls_source source, enum ls_obs_kind kind,
		   const char *text)
{
	*ret = (struct ls_observation){ .at = state_now(), .source = source, .kind = kind };
	ls_text_clean(ret->text, sizeof(ret->text), text, strlen(text));
}
