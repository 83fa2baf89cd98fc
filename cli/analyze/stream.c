#include "cli/analyze/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze/json.h"
#include "cli/analyze/recorded.h"
#include "cli/analyze/restores.h"
#include "cli/base/cli.h"
#include "cli/offline/capture.h"
#include "cli/offline/input.h"
#include "cli/print/format.h"
#include "cli/print/progress.h"
#include "lib/logs/kind.h"
#include "lib/logs/macos.h"
#include "lib/logs/restore.h"

#define RECORDS_AT_ONCE 65536
#define LOG_AT_ONCE	((size_t)64 * 1024) /* fits the cache; larger is not faster */
#define PAST_MAX	256		    /* devices whose number was reused */

struct stream {
	struct stream_options with;
	struct input *input; /* borrowed */
	bool has_ended;
	enum stream_kind kind;
	char why[CAPTURE_WHY_MAX]; /* why no further */

	struct capture *capture;
	struct capture_watch *watch;
	json_t *past;
	uint64_t n_merged;

	struct ls_log_text *log;
	struct recorded *recorded;		  /* instead of @log */
	struct ls_log_macos *macos;		  /* the same */
	struct ls_restore_reader *restore;	  /* beside it; NULL: no log of a restore */
	const struct ls_restore_attempt *attempt; /* at the end, if it says something */
	struct analyze_log facts;		  /* of a log */
	struct ls_log_counts counts;
	bool no_memory;
	bool is_log; /* by its first lines */
	uint64_t n_bytes;
	uint32_t boot;

	struct progress progress;
	char bytes[LOG_AT_ONCE];
};

static void
show_progress(struct stream *stream)
{
	char records[FORMAT_MAX] = "";
	uint64_t n_bytes;

	if (stream->capture) {
		n_bytes = capture_n_read(stream->capture);
		snprintf(records, sizeof(records), "%" PRIu64 " records, ",
			 capture_counts(stream->capture)->n_records);
	} else {
		n_bytes = input_n_read(stream->input);
	}
	progress_show(&stream->progress, input_name(stream->input), records, n_bytes);
}

/* ---- captures ---- */

static void
on_capture(const struct ls_observation *obs, void *user)
{
	struct stream *stream = user;

	stream->with.observe(obs, false, stream->with.user);
}

static void
count_device(struct stream *stream, const struct ls_enumerated *known,
	     const struct ls_traffic_counts *counts)
{
	struct ls_traffic_sum sum;
	char name[LS_ID_PATH_MAX];

	if (!stream->with.offline)
		return;
	ls_traffic_sum(counts, &sum);
	ls_enumeration_name(known->port, name, sizeof(name));
	offline_add_traffic(stream->with.offline, name, &sum);
	offline_set_device(stream->with.offline, name, &known->device);
}

static bool
on_past(const struct ls_enumerated *known, const struct ls_traffic_counts *counts, void *user)
{
	struct stream *stream = user;

	if (json_array_size(stream->past) == PAST_MAX) {
		stream->n_merged++;
		return false;
	}
	count_device(stream, known, counts);
	return json_array_append_new(stream->past,
				     analyze_device(known->bus, known->devnum, known, counts)) == 0;
}

static void
on_device(unsigned int bus, unsigned int devnum, const struct ls_traffic_counts *counts, void *user)
{
	struct stream *stream = user;
	const struct ls_enumerated *known =
		ls_enumeration_find(capture_watch_enumeration(stream->watch), bus, devnum);

	if (known)
		count_device(stream, known, counts);
}

static int
begin_capture(struct stream *stream)
{
	const struct capture_watch_options options = {
		.observe = on_capture,
		.on_past = on_past,
		.user = stream,
	};
	int r = capture_new(stream->input, stream->why, &stream->capture);

	if (r == -EBADMSG) /* @why has the reason */
		return 0;
	if (r == 0)
		r = capture_watch_new(&options, &stream->watch);
	stream->past = json_array();
	stream->kind = STREAM_CAPTURE;
	return r == 0 && stream->past ? 0 : -ENOMEM;
}

static void
step_capture(struct stream *stream)
{
	size_t n = stream->with.records_at_once ? stream->with.records_at_once : RECORDS_AT_ONCE;
	int r = capture_read(stream->capture, n, stream->watch);

	if (r > 0)
		return;
	stream->has_ended = true;
	capture_watch_finish(stream->watch, capture_counts(stream->capture)->last_us);
	if (r < 0)
		snprintf(stream->why, sizeof(stream->why), "%s", capture_why(stream->capture));
}

/* ---- logs ---- */

/* Lines without a date get their boot clock as time since 1970. */
static void
on_log(const struct ls_observation *obs, void *user)
{
	struct stream *stream = user;
	struct ls_observation dated = *obs;
	uint32_t boot = stream->macos ? ls_log_macos_boot(stream->macos)
			: stream->log ? ls_log_text_boot(stream->log)
				      : 0;

	if (dated.at.real_us == 0)
		dated.at.real_us = (int64_t)obs->at.mono_us;
	if (!stream->facts.any)
		stream->facts.first_us = dated.at.real_us;
	if (stream->facts.last_us < dated.at.real_us)
		stream->facts.last_us = dated.at.real_us;
	stream->facts.any = true;
	if (obs->source == LS_SOURCE_KERNEL_LOG)
		stream->no_memory |= ls_log_counts_add(&stream->counts, obs) < 0;
	stream->with.observe(&dated, boot != stream->boot, stream->with.user);
	stream->boot = boot;
}

static int
begin_log(struct stream *stream)
{
	struct ls_log_text_options options;
	const uint8_t *head;
	size_t len;

	stream->kind = STREAM_LOG;
	head = input_head(stream->input, &len);
	if (recorded_is_one(head, len))
		return recorded_new(on_log, stream, &stream->recorded);
	input_log_options(stream->input, &options);
	return ls_log_text_new(&options, on_log, stream, &stream->log);
}

/* The first bytes of a text say who wrote it. */
static void
choose_reader(struct stream *stream, size_t n)
{
	struct ls_log_text_options options;

	stream->is_log = stream->recorded || ls_log_is_one(stream->bytes, n);
	if (stream->recorded)
		return;
	input_log_options(stream->input, &options);
	if (ls_log_macos_is_one(stream->bytes, n))
		stream->no_memory |= ls_log_macos_new(&options, on_log, stream, &stream->macos) < 0;
	if (ls_restore_is_one(stream->bytes, n))
		stream->no_memory |= ls_restore_reader_new(&options, &stream->restore) < 0;
}

static void
feed_log(struct stream *stream, size_t n)
{
	if (stream->recorded)
		recorded_feed(stream->recorded, stream->bytes, n);
	else if (stream->macos)
		ls_log_macos_feed(stream->macos, stream->bytes, n);
	else
		ls_log_text_feed(stream->log, stream->bytes, n);
	if (stream->restore)
		ls_restore_reader_feed(stream->restore, stream->bytes, n);
}

static void
finish_log(struct stream *stream)
{
	if (stream->recorded)
		recorded_finish(stream->recorded, &stream->facts.summary);
	else if (stream->macos)
		ls_log_macos_finish(stream->macos, &stream->facts.summary);
	else
		ls_log_text_finish(stream->log, &stream->facts.summary);
	if (stream->restore)
		stream->attempt = ls_restore_reader_finish(stream->restore);
	if (stream->attempt && stream->attempt->n_phases == 0)
		stream->attempt = NULL;
}

static void
step_log(struct stream *stream)
{
	size_t n = input_read(stream->input, stream->bytes, sizeof(stream->bytes));
	bool is_first = stream->n_bytes == 0;
	const char *reason;

	if (is_first) /* so far only the first bytes, by which captures are recognised */
		n += input_read(stream->input, stream->bytes + n, sizeof(stream->bytes) - n);
	reason = input_why(stream->input);
	if (n > 0 && is_first && input_is_binary(stream->bytes, n < 4096 ? n : 4096)) {
		stream->kind = STREAM_NOTHING;
		stream->has_ended = true;
		snprintf(stream->why, sizeof(stream->why),
			 "is neither a capture (pcap, pcapng) nor a text");
		return;
	}
	stream->n_bytes += n;
	if (is_first)
		choose_reader(stream, n);
	if (n > 0) {
		feed_log(stream, n);
		return;
	}
	stream->has_ended = true;
	finish_log(stream);
	if (reason)
		snprintf(stream->why, sizeof(stream->why),
			 "read up to line %" PRIu64 ", and no further: %s",
			 stream->facts.summary.lines, reason);
}

/* ---- both ---- */

static int
begin(struct stream *stream)
{
	const char *reason;
	size_t len;

	if (capture_is_one(stream->input))
		return begin_capture(stream);
	(void)input_head(stream->input, &len);
	reason = input_why(stream->input);
	if (!reason && len > 0)
		return begin_log(stream);
	if (reason)
		snprintf(stream->why, sizeof(stream->why), "cannot be used: %s", reason);
	else
		snprintf(stream->why, sizeof(stream->why), "is empty");
	return 0;
}

static void
complain(struct stream *stream)
{
	progress_end(&stream->progress);
	if (*stream->why && !stream->with.quiet)
		cli_complain("%s%s %s.", input_name(stream->input),
			     stream->kind == STREAM_NOTHING ? "" : ":", stream->why);
}

int
stream_new(struct input *input, const struct stream_options *options, struct stream **ret)
{
	ls_auto(stream) *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return cli_no_memory();
	stream->with = *options;
	stream->input = input;
	if (begin(stream) < 0)
		return cli_no_memory();
	progress_start(&stream->progress, input_fd(input), !options->quiet);
	stream->has_ended = stream->kind == STREAM_NOTHING;
	if (stream->has_ended)
		complain(stream);
	*ret = LS_STEAL(&stream);
	return CLI_FINE;
}

void
stream_free(struct stream *stream)
{
	if (!stream)
		return;
	capture_free(stream->capture);
	capture_watch_free(stream->watch);
	json_decref(stream->past);
	ls_log_text_free(stream->log);
	recorded_free(stream->recorded);
	ls_log_macos_free(stream->macos);
	ls_restore_reader_free(stream->restore);
	ls_log_counts_done(&stream->counts);
	free(stream);
}

enum stream_kind
stream_kind(const struct stream *stream)
{
	return stream->kind;
}

int
stream_step(struct stream *stream)
{
	if (stream->has_ended)
		return 0;
	if (stream->kind == STREAM_CAPTURE)
		step_capture(stream);
	else
		step_log(stream);
	if (!stream->has_ended) {
		show_progress(stream);
		return 1;
	}
	complain(stream);
	return 0;
}

int
stream_verdict(const struct stream *stream)
{
	return *stream->why ? CLI_PROBLEM : CLI_FINE;
}

/* A device that has not returned by the end was away at least that long. */
static void
go_to_end(struct stream *stream)
{
	struct ls_instant end = stream->facts.summary.last;

	if (stream->kind == STREAM_CAPTURE)
		end = capture_watch_now(stream->watch);
	if (end.real_us == 0)
		end.real_us = (int64_t)end.mono_us;
	/* Lines without time stamps are one microsecond apart. */
	if (stream->kind == STREAM_LOG &&
	    (uint64_t)stream->facts.last_us <= stream->facts.summary.lines)
		offline_set_timeless(stream->with.offline);
	if (!stream->with.is_joined)
		offline_advance(stream->with.offline, end);
}

int
stream_count(struct stream *stream)
{
	if (stream->with.offline && stream->kind != STREAM_NOTHING)
		go_to_end(stream);
	if (stream->kind == STREAM_CAPTURE)
		ls_traffic_visit(capture_watch_traffic(stream->watch), on_device, stream);
	if (stream->kind == STREAM_LOG && stream->with.offline)
		offline_count_lines(stream->with.offline, &stream->counts);
	return stream->no_memory ? -ENOMEM : 0;
}

static int
report_restore(struct stream *stream, json_t *group)
{
	struct ls_log_text_options options;

	if (!stream->attempt || !json_object_get(group, "restores"))
		return 0;
	input_log_options(stream->input, &options);
	return json_array_append_new(json_object_get(group, "restores"),
				     restores_json(input_name(stream->input), stream->attempt,
						   options.utc_offset_us)) < 0
		       ? -ENOMEM
		       : 0;
}

int
stream_report(struct stream *stream, json_t *group)
{
	const char *why = *stream->why ? stream->why : NULL;
	json_t *object;

	stream->facts.file = input_name(stream->input);
	stream->facts.why = why;
	stream->facts.understood =
		stream->is_log || stream->attempt || stream->facts.summary.usb_lines > 0;
	if (report_restore(stream, group) < 0)
		return -ENOMEM;
	if (stream->kind == STREAM_LOG)
		object = analyze_log(&stream->facts);
	else if (stream->kind == STREAM_CAPTURE)
		object = analyze_capture(input_name(stream->input), stream->capture, stream->watch,
					 stream->past, why);
	else
		object = analyze_nothing(input_name(stream->input), stream->why);
	if (stream->n_merged > 0)
		(void)json_array_append_new(
			json_object_get(group, "notes"),
			json_sprintf("%s: %llu devices are counted with one that had their number "
				     "before",
				     input_name(stream->input),
				     (unsigned long long)stream->n_merged));
	return json_array_append_new(
		       json_object_get(group, stream->kind == STREAM_LOG ? "logs" : "captures"),
		       object) < 0
		       ? -ENOMEM
		       : 0;
}

struct ls_enumeration *
stream_enumeration(struct stream *stream)
{
	return stream->watch ? capture_watch_enumeration(stream->watch) : NULL;
}

uint64_t
stream_first_us(const struct stream *stream)
{
	return stream->capture ? capture_counts(stream->capture)->first_us : 0;
}
