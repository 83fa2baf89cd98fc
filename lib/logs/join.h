#pragma once
/*
 * Messages out of lines: text that mails wrapped is put together, several messages on one line
 * are taken apart. Nothing is invented: what is put together must be a whole message.
 */
#include "lib/logs/clock.h"
#include "lib/logs/repeat.h"
#include "lib/logs/unread.h"
#include "lib/model/observation.h"

#define LS_LOG_MESSAGE_MAX 1024 /* printk's own limit */

enum ls_log_join_state {
	LS_LOG_JOIN_IDLE,
	LS_LOG_JOIN_OPEN,	/* not understood as it is: the next lines may be its end */
	LS_LOG_JOIN_UNDERSTOOD, /* understood: the next line may be its end and another message */
	LS_LOG_JOIN_DONE,	/* a device's own text: nothing may be read from what follows */
};

struct ls_log_join {
	struct ls_log_clock *clock;
	ls_observation_fn observe;
	void *user;
	bool observed; /* an observation was made since the caller cleared this */
	uint64_t n_observed;
	struct ls_log_repeat repeat;
	struct ls_log_unread unread; /* as long as nothing was observed */
	struct ls_log_unread hidden; /* behind a device's own text, on the same line */

	enum ls_log_join_state state;
	bool held; /* understood, but the next line may add to it; nothing was reported yet */
	struct ls_observation found; /* that */
	struct ls_device device;     /* its own */
	bool strong_only; /* of two ways to put rows together, neither was tried in full */
	int n_lines, n_blanks;
	struct ls_instant at;
	size_t spaced_len, tight_len;
	char spaced[LS_LOG_MESSAGE_MAX]; /* lines put together with a blank */
	char tight[LS_LOG_MESSAGE_MAX];	 /* and as they stand: terminals cut anywhere */
	bool blank_between; /* the row above ended in a blank, or this one begins with one */
};

/* A line with a head that the kernel wrote; its stamp was placed at @at. */
void ls_log_join_begin(struct ls_log_join *join, struct ls_cursor text, struct ls_instant at);
/* Reports what is held, unless @text, directly below, may be the rest of it. */
void ls_log_join_settle(struct ls_log_join *join, struct ls_cursor text);
/* A line without a head, directly below. @bare: it may also be a message of its own. */
void ls_log_join_continue(struct ls_log_join *join, struct ls_cursor text, bool bare);
/* The line before gets no more: whatever waits is decided. */
void ls_log_join_end(struct ls_log_join *join);
/* One message as the journal has it: whole, and nothing else. */
void ls_log_join_whole(struct ls_log_join *join, struct ls_cursor text, struct ls_instant at);
