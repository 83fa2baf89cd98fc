#pragma once
/*
 * Records on their way to the store, oldest first: those that are written and not yet on the disk, then
 * those that wait. While the store cannot write they are capped: what goes first is the details of
 * events, whose numbers are kept as long as it takes.
 */
#include "lib/base/base.h"
#include "lib/model/record.h"

#define BACKLOG_MAX 2048

struct store;

struct backlog_entry {
	struct ls_record record; /* points to @payload */
	void *payload;
	bool announced;
};

/* Events of a kind and port in a month, without their details. */
struct backlog_count {
	struct ls_socket socket;
	enum ls_event_kind kind;
	int64_t at_us; /* of the last one */
	int64_t n;
};

typedef void (*backlog_fn)(const struct ls_record *record, void *user);

struct backlog {
	struct backlog_entry entries[BACKLOG_MAX];
	size_t n, n_written; /* the first n_written are in the store */
	struct backlog_count *counts;
	size_t n_counts;
	uint32_t n_details; /* events that are only counted */
	uint32_t n_lost;    /* records that are not even that */
	backlog_fn announce;
	void *user;
};

void backlog_init(struct backlog *backlog, backlog_fn announce, void *user);
void backlog_done(struct backlog *backlog);

/* A copy. @failed: the store cannot write, so that of a session only the last state is kept, too. */
void backlog_add(struct backlog *backlog, const struct ls_record *record, bool failed);
/* Within a batch of @store: what waits, and what is only counted. 0 or -errno. */
int backlog_put(const struct backlog *backlog, struct store *store);
/* The batch was committed. */
void backlog_written(struct backlog *backlog);
/* Announces what was not, of the first @n. */
void backlog_announce(struct backlog *backlog, size_t n);
/* The first @n are on the disk. */
void backlog_forget(struct backlog *backlog, size_t n);
/* Nothing waits but counters of transfers, which nobody is told of. */
bool backlog_is_quiet(const struct backlog *backlog);
