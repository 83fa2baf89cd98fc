#pragma once
/*
 * One file of an input as a stream of observations: a capture or a log, recognised by its first
 * bytes. Errors are reported on stderr; what precedes them counts.
 */
#include "cli/offline/offline.h"
#include "lib/wire/wire.h"

struct input;
struct stream;

struct stream_options {
	/* Times on the mono clock grow but for some 10 ms, unless @new_boot. */
	void (*observe)(const struct ls_observation *obs, bool new_boot, void *user);
	void *user;
	struct offline *offline; /* receives the counts of each port; NULL: none */
	size_t records_at_once;	 /* of a capture, in one step; 0: the default */
	bool is_joined;		 /* with another stream: its clock is not that of the engine */
	bool quiet;		 /* nothing on stderr */
};

/*
 * The file at which @input is; borrowed until stream_free(). Copies @options. An enum cli_exit;
 * CLI_FINE: *ret is there, also of what turns out to be unreadable.
 */
int stream_new(struct input *input, const struct stream_options *options, struct stream **ret);
void stream_free(struct stream *stream); /* NULL is fine */
LS_DEFINE_AUTO(stream)

/* What began as a log may become STREAM_NOTHING after its first bytes. */
enum stream_kind { STREAM_NOTHING, STREAM_CAPTURE, STREAM_LOG };
enum stream_kind stream_kind(const struct stream *stream);
/* Reads on. 1: there may be more; 0: the end, or an error. */
int stream_step(struct stream *stream);
/* CLI_FINE, or CLI_PROBLEM: it could not be read, or not to its end. */
int stream_verdict(const struct stream *stream);
/*
 * After the last step: advances the engine to the end of the file and passes it the counts of each
 * port. 0 or -ENOMEM.
 */
int stream_count(struct stream *stream);
/* Then: adds the file to "captures" or "logs" of @group. 0 or -ENOMEM. */
int stream_report(struct stream *stream, json_t *group);

/* Takes ports of devices from another source: see ls_enumeration_place(). Captures only. */
struct ls_enumeration *stream_enumeration(struct stream *stream);
/* CLOCK_REALTIME of a capture's first record, or 0. */
uint64_t stream_first_us(const struct stream *stream);
