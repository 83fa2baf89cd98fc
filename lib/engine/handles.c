#include "lib/engine/handles.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/engine/links.h"

/* Error handling of SCSI: abort, then at once a reset of the device. */
#define RESET_FOLLOWS_US (2 * LS_SEC)

static struct handle *
find(struct ls_engine *engine, const char *name)
{
	for (size_t i = 0; i < LS_COUNT(engine->handles); i++) {
		if (strcmp(engine->handles[i].name, name) == 0)
			return &engine->handles[i];
	}
	return NULL;
}

void
handles_keep(struct ls_engine *engine, const char *name, const struct link *link)
{
	struct handle *handle = find(engine, name);

	if (!handle)
		handle = &engine->handles[engine->next_handle++ % LS_COUNT(engine->handles)];
	ls_text_copy(handle->name, sizeof(handle->name), name);
	memcpy(handle->link, link->name, sizeof(handle->link));
}

struct link *
handles_find(struct ls_engine *engine, const char *name)
{
	const struct handle *handle = name[0] ? find(engine, name) : NULL;

	return handle ? links_find(engine, handle->link) : NULL;
}

static bool
is_held(const struct held_errors *held, struct ls_instant at)
{
	return held->last.handle[0] && held->last.at.mono_us + RESET_FOLLOWS_US >= at.mono_us;
}

void
handles_hold(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct held_errors *held = &engine->held;
	uint32_t n_failed = obs->n_failed, n_timeouts = obs->n_timeouts;

	if (strncmp(obs->handle, "host", strlen("host")) != 0)
		return;
	if (is_held(held, obs->at) && strcmp(held->last.handle, obs->handle) == 0) {
		n_failed += held->last.n_failed;
		n_timeouts += held->last.n_timeouts;
	} else {
		held->since = obs->at;
	}
	held->last = *obs;
	held->last.n_failed = n_failed;
	held->last.n_timeouts = n_timeouts;
}

int
handles_claim(struct ls_engine *engine, const struct link *link, struct ls_instant at,
	      struct ls_observation *ret)
{
	struct held_errors *held = &engine->held;

	if (!is_held(held, at))
		return 0;
	handles_keep(engine, held->last.handle, link);
	*ret = held->last;
	ret->at = held->since;
	*held = (struct held_errors){ 0 };
	return 1;
}
