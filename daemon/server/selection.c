#include "daemon/server/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server/context.h"
#include "daemon/server/limits.h"
#include "lib/base/cursor.h"
#include "lib/base/time.h"

/* 1: @real_us is set where the parameter is there, 0: @reply says what is wrong. */
static int
take_time(const struct varlink_call *call, const char *field, int64_t *real_us,
	  struct varlink_reply *reply)
{
	const char *text = json_string_value(json_object_get(call->parameters, field));
	int r;

	if (!text || ls_time_parse(text, real_us) == 1)
		return 1;
	r = context_bad_time(field, "it is no time like 2026-11-22T14:03:11Z", reply);
	return r < 0 ? r : 0;
}

static int
take_window(struct store_filter *filter, const struct varlink_call *call,
	    struct varlink_reply *reply)
{
	int r = take_time(call, "since", &filter->since_us, reply);

	if (r == 1)
		r = take_time(call, "until", &filter->until_us, reply);
	if (r != 1 || filter->since_us <= filter->until_us)
		return r;
	r = context_bad_time("until", "it is before since", reply);
	return r < 0 ? r : 0;
}

static int
take_ports(struct selection *selection, const struct varlink_call *call,
	   struct varlink_reply *reply)
{
	const json_t *ports = json_object_get(call->parameters, "ports");
	size_t n = json_array_size(ports);
	int r;

	if (n > SERVER_PAGE) {
		r = varlink_invalid(reply, "ports");
		return r < 0 ? r : 0;
	}
	selection->ports = calloc(n + 1, sizeof(*selection->ports));
	if (!selection->ports)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		selection->ports[i] = json_string_value(json_array_get(ports, i));
	selection->filter.ports = selection->ports;
	selection->filter.n_ports = n;
	return 1;
}

/* Where the page begins: behind what was sent, or behind the cursor of the call. */
static int
take_cursor(struct store_filter *filter, const struct varlink_call *call,
	    struct varlink_reply *reply)
{
	const char *text = json_string_value(json_object_get(call->parameters, "cursor"));
	struct ls_cursor cur;
	uint64_t id = 0;
	int r;

	filter->after_id = call->position;
	if (!text || call->position > 0)
		return 1;
	cur = ls_cursor_of(text, strlen(text));
	if (ls_take_uint(&cur, INT64_MAX, &id) && ls_cursor_left(&cur) == 0 && id > 0) {
		filter->after_id = (int64_t)id;
		return 1;
	}
	r = context_error(reply, CONTEXT_INTERFACE ".BadCursor",
			  &(const struct ls_wire_field){ "cursor", json_string(text) }, 1);
	return r < 0 ? r : 0;
}

static int
take_limit(struct store_filter *filter, const struct varlink_call *call,
	   struct varlink_reply *reply)
{
	const json_t *limit = json_object_get(call->parameters, "limit");
	int r;

	filter->limit = SERVER_PAGE;
	if (!json_is_integer(limit))
		return 1;
	if (json_integer_value(limit) < 1) {
		r = varlink_invalid(reply, "limit");
		return r < 0 ? r : 0;
	}
	if (json_integer_value(limit) < SERVER_PAGE)
		filter->limit = (size_t)json_integer_value(limit);
	return 1;
}

int
selection_init(struct selection *selection, const struct varlink_call *call,
	       struct varlink_reply *reply)
{
	int r;

	*selection = (struct selection){
		.filter = { .since_us = INT64_MIN, .until_us = INT64_MAX },
	};
	r = take_window(&selection->filter, call, reply);
	if (r == 1)
		r = take_ports(selection, call, reply);
	if (r == 1)
		r = take_cursor(&selection->filter, call, reply);
	return r == 1 ? take_limit(&selection->filter, call, reply) : r;
}

void
selection_done(struct selection *selection)
{
	free(selection->ports);
}
