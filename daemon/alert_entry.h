#pragma once
/* One entry of the journal while it is put together; where there is no journal, a line on stderr. */
#include <sys/uio.h>

#include "lib/base/base.h"

#define ALERT_ENTRY_FIELDS 12
#define ALERT_ENTRY_TEXT   4096

struct alert_entry {
	struct iovec iov[ALERT_ENTRY_FIELDS];
	int n;
	size_t used;
	char text[ALERT_ENTRY_TEXT];
};

/* @message must be clean. */
void alert_entry_begin(struct alert_entry *entry, const char *message_id, int priority,
		       const char *message);
/* "NAME=value". What does not fit is left out. */
void alert_entry_add(struct alert_entry *entry, const char *format, ...) LS_PRINTF(2, 3);
void alert_entry_send(const struct alert_entry *entry);
