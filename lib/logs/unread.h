#pragma once
/*
 * Lines that name USB, for a log of which nothing was understood: it may have a shape that is not
 * known, and then "nothing happened" would be wrong.
 */
#include "lib/logs/line.h"

#define LS_LOG_UNREAD_MAX 200 /* bytes that are kept of the first one */

struct ls_log_unread {
	uint64_t n;
	char first[LS_LOG_UNREAD_MAX]; /* UTF-8, cut */
};

/* @text: without its head, as far as there is one that was understood. */
void ls_log_unread_add(struct ls_log_unread *unread, enum ls_log_owner owner, struct ls_cursor text,
		       struct ls_cursor line);
