#pragma once
/* The kernel log as observations. */
#include "daemon/sources/source.h"

struct event_base;
struct source_kmsg;

/*
 * Kernel log from @fd (/dev/kmsg, nonblocking, or a stand-in of the same record semantics); owns
 * it on success. With @resume, records up to sequence number @after_seq were taken before and are
 * skipped, and those that are there already are replayed with their own time; without, it begins
 * after the last record. @on_seq gets the number of every record taken. 0 or -errno.
 */
typedef void (*source_seq_fn)(uint64_t seq, void *user);
struct source_kmsg_options {
	int fd;
	bool resume;
	uint64_t after_seq;
	source_sink_fn sink;
	source_seq_fn on_seq;
	void *user;
};
int source_kmsg_new(struct event_base *base, const struct source_kmsg_options *options,
		    struct source_kmsg **ret);
/* Takes all records that are there already, before the loop runs; then AVAILABLE. */
void source_kmsg_replay(struct source_kmsg *source);
void source_kmsg_free(struct source_kmsg *source);
LS_DEFINE_AUTO(source_kmsg)
