#include "daemon/server/method_import.h"

#include <errno.h>
#include <string.h>

#include "daemon/server/context.h"
#include "daemon/server/handlers.h"
#include "daemon/server/import.h"
#include "daemon/store/import.h"
#include "lib/base/time.h"

/* A call is handled in one go, and all sources share this thread. */
#define LINES_MAX   128
#define MONO_US_MAX (INT64_C(1) << 52)
/* Who imports and says nothing for so long gives way to the next one. */
#define PATIENCE_US (30 * LS_SEC)

struct line {
	struct ls_instant at;
	const char *text;
	size_t len;
};

void
method_import_drop(struct context *context, const struct varlink_peer *peer)
{
	if (peer && context->importer != peer)
		return;
	import_free(LS_STEAL(&context->import));
	context->importer = NULL;
}

json_t *
method_imported(const struct context *context)
{
	struct store_import_summary summary;

	/* What cannot be read is left out: the rest of the answer matters more. */
	if (store_imports(context->store, &summary) < 0 || summary.boots == 0)
		return json_null();
	return ls_wire_object(
		(const struct ls_wire_field[]){
			{ "boots", json_integer(summary.boots) },
			{ "since", ls_wire_time(summary.since_us) },
			{ "until", ls_wire_time(summary.until_us) },
		},
		3);
}

/* 1, or 0: it is none. */
static int
take_instant(const json_t *at, const json_t *mono_us, struct ls_instant *ret)
{
	json_int_t mono = json_integer_value(mono_us);

	if (!json_is_integer(mono_us) || mono < 0 || mono > MONO_US_MAX ||
	    ls_time_parse(json_string_value(at), &ret->real_us) != 1)
		return 0;
	ret->mono_us = (uint64_t)mono;
	return 1;
}

/* 1, or 0: a line has no time, or there are too many. */
static int
take_lines(const json_t *array, struct line lines[LINES_MAX])
{
	const json_t *item;
	size_t i;

	if (json_array_size(array) > LINES_MAX)
		return 0;
	json_array_foreach(array, i, item)
	{
		const json_t *text = json_object_get(item, "text");

		if (!take_instant(json_object_get(item, "at"), json_object_get(item, "mono_us"),
				  &lines[i].at))
			return 0;
		lines[i].text = json_string_value(text);
		lines[i].len = json_string_length(text);
	}
	return 1;
}

static int
feed(struct import *import, const struct line *lines, size_t n)
{
	int r = n > 0 ? import_begin(import, lines[0].at) : 0;

	if (r < 0 || n == 0)
		return r;
	for (size_t i = 0; i < n; i++)
		import_line(import, lines[i].at, lines[i].text, lines[i].len);
	return import_commit(import);
}

static int
answer(struct varlink_reply *reply, const char *state, const struct import_counts *counts)
{
	const struct ls_wire_field fields[] = {
		{ "state", json_string(state) },
		{ "lines", json_integer(counts->lines) },
		{ "watched", json_integer(counts->watched) },
		{ "repeated", json_integer(counts->repeated) },
		{ "unplaced", json_integer(counts->unplaced) },
		{ "sessions", json_integer(counts->sessions) },
		{ "incidents", json_integer(counts->incidents) },
		{ "drops", json_integer(counts->drops) },
	};

	return varlink_answer(reply, fields, LS_COUNT(fields));
}

/* 1: context->import is that of the call, 0: @reply says that there is none, or -errno. */
static int
find_import(struct context *context, const struct varlink_call *call, struct varlink_reply *reply)
{
	const struct import_options options = {
		.store = context->store,
		.live = context->state->engine,
		.boot_id = json_string_value(json_object_get(call->parameters, "boot")),
		.now_us = state_now().real_us,
		.dry_run = json_is_true(json_object_get(call->parameters, "dry_run")),
	};
	int r;

	if (context->import && context->importer != call->peer &&
	    state_now().mono_us - context->import_used_us < PATIENCE_US) {
		r = context_error(reply, CONTEXT_INTERFACE ".ImportUnderWay", NULL, 0);
		return r < 0 ? r : 0;
	}
	context->import_used_us = state_now().mono_us;
	if (context->import && context->importer == call->peer &&
	    strcmp(import_boot_id(context->import), options.boot_id) == 0)
		return 1;
	method_import_drop(context, NULL);
	r = import_new(&options, &context->import);
	if (r == 1)
		context->importer = call->peer;
	else if (r == 0)
		r = answer(reply, "known", &(const struct import_counts){ 0 });
	else if (r == -EINVAL)
		r = varlink_invalid(reply, "boot");
	else
		r = context_history_error(context, r, NULL, reply);
	return r;
}

int
method_import_kernel_log(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	struct context *context = user;
	const json_t *array = json_object_get(call->parameters, "lines");
	const json_t *ended_at = json_object_get(call->parameters, "ended_at");
	bool done = json_is_string(ended_at);
	struct line lines[LINES_MAX];
	struct ls_instant ended = { 0 };
	int r = context_may_add(context, call, QUOTA_IMPORT, reply);

	if (r != 1)
		return r;
	if (!take_lines(array, lines))
		return varlink_invalid(reply, "lines");
	if (done &&
	    !take_instant(ended_at, json_object_get(call->parameters, "ended_mono_us"), &ended))
		return varlink_invalid(reply, "ended_at");
	r = find_import(context, call, reply);
	if (r != 1)
		return r;
	r = feed(context->import, lines, json_array_size(array));
	if (r == -EALREADY) { /* what was left of this boot is still being undone */
		method_import_drop(context, NULL);
		return context_error(reply, CONTEXT_INTERFACE ".ImportUnderWay", NULL, 0);
	}
	if (r == 0 && done)
		r = import_end(context->import, ended);
	if (r == 0)
		r = answer(reply, done ? "done" : "taking", import_counts(context->import));
	else
		r = context_history_error(context, r, NULL, reply);
	if (done || reply->error)
		method_import_drop(context, NULL);
	return r;
}
