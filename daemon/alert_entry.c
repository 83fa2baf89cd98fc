#include "daemon/alert_entry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* the place in the code helps nobody who reads an alert */
#include <systemd/sd-journal.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

void
alert_entry_add(struct alert_entry *entry, const char *format, ...)
{
	char *at = entry->text + entry->used;
	size_t room = sizeof(entry->text) - entry->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(at, room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room || entry->n == ALERT_ENTRY_FIELDS)
		return;
	entry->iov[entry->n++] = (struct iovec){ .iov_base = at, .iov_len = (size_t)n };
	entry->used += (size_t)n + 1;
}

void
alert_entry_begin(struct alert_entry *entry, const char *message_id, int priority,
		  const char *message)
{
	entry->n = 0;
	entry->used = 0;
	alert_entry_add(entry, "MESSAGE=%s", message);
	alert_entry_add(entry, "MESSAGE_ID=%s", message_id);
	alert_entry_add(entry, "PRIORITY=%d", priority);
}

/* sd_journal_sendv() also says that it worked where there is no journal. */
void
alert_entry_send(const struct alert_entry *entry)
{
	if (access(JOURNAL_SOCKET, F_OK) == 0 && sd_journal_sendv(entry->iov, entry->n) >= 0)
		return;
	fprintf(stderr, "linkstatd: %s\n", entry->text + strlen("MESSAGE="));
}
