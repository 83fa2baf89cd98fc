#include "daemon/store/backlog.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/schema.h"
#include "daemon/store/store.h"

/* As many ports as the engine knows, and the kinds that they have. */
#define COUNTS_MAX 4096

void
backlog_init(struct backlog *backlog, backlog_fn announce, void *user)
{
	*backlog = (struct backlog){ .announce = announce, .user = user };
}

void
backlog_done(struct backlog *backlog)
{
	backlog_forget(backlog, backlog->n);
	free(backlog->counts);
}

static const void *
payload_of(const struct ls_record *record, size_t *size)
{
	switch (record->kind) {
	case LS_RECORD_EVENT:
		*size = sizeof(*record->event);
		return record->event;
	case LS_RECORD_SESSION:
		*size = sizeof(*record->session);
		return record->session;
	case LS_RECORD_INCIDENT:
		*size = sizeof(*record->incident);
		return record->incident;
	case LS_RECORD_GAP:
		*size = sizeof(*record->gap);
		return record->gap;
	case LS_RECORD_TRAFFIC:
		*size = sizeof(*record->traffic);
		return record->traffic;
	case LS_RECORD_TAIL:
		*size = sizeof(*record->tail);
		return record->tail;
	default:
		*size = 0;
		return NULL;
	}
}

static void
point_to(struct ls_record *record, const void *payload)
{
	if (record->kind == LS_RECORD_EVENT)
		record->event = payload;
	else if (record->kind == LS_RECORD_SESSION)
		record->session = payload;
	else if (record->kind == LS_RECORD_INCIDENT)
		record->incident = payload;
	else if (record->kind == LS_RECORD_GAP)
		record->gap = payload;
	else if (record->kind == LS_RECORD_TRAFFIC)
		record->traffic = payload;
	else if (record->kind == LS_RECORD_TAIL)
		record->tail = payload;
}

static bool
replaces(const struct ls_record *news, const struct ls_record *old, bool failed)
{
	if (news->kind != old->kind)
		return false;
	if (news->kind == LS_RECORD_TRAFFIC)
		return news->traffic->session == old->traffic->session &&
		       news->traffic->minute_us == old->traffic->minute_us;
	if (news->kind == LS_RECORD_SESSION)
		return failed && news->session->id == old->session->id;
	return news->kind == LS_RECORD_INCIDENT && news->incident->id == old->incident->id &&
	       (failed || news->incident->settled == old->incident->settled);
}

/* Of what changed twice before it was written only the last state is needed. */
static struct backlog_entry *
find_superseded(struct backlog *backlog, const struct ls_record *record, bool failed)
{
	for (size_t i = backlog->n; i-- > backlog->n_written;) {
		if (replaces(record, &backlog->entries[i].record, failed))
			return &backlog->entries[i];
	}
	return NULL;
}

static void
announce(struct backlog *backlog, struct backlog_entry *entry)
{
	if (entry->announced)
		return;
	entry->announced = true;
	backlog->announce(&entry->record, backlog->user);
}

void
backlog_announce(struct backlog *backlog, size_t n)
{
	for (size_t i = 0; i < n; i++)
		announce(backlog, &backlog->entries[i]);
}

static void
remove_entry(struct backlog *backlog, size_t at)
{
	free(backlog->entries[at].payload);
	backlog->n--;
	memmove(backlog->entries + at, backlog->entries + at + 1,
		(backlog->n - at) * sizeof(backlog->entries[0]));
}

void
backlog_forget(struct backlog *backlog, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(backlog->entries[i].payload);
	memmove(backlog->entries, backlog->entries + n,
		(backlog->n - n) * sizeof(backlog->entries[0]));
	backlog->n -= n;
	backlog->n_written -= n < backlog->n_written ? n : backlog->n_written;
}

static struct backlog_count *
find_count(struct backlog *backlog, const struct ls_event *event)
{
	int64_t month = event->at.real_us / STORE_MONTH_US;

	for (size_t i = 0; i < backlog->n_counts; i++) {
		struct backlog_count *count = &backlog->counts[i];

		if (count->kind == event->kind && count->at_us / STORE_MONTH_US == month &&
		    strcmp(count->socket.id_path, event->socket.id_path) == 0)
			return count;
	}
	return NULL;
}

/* An event without its details; false where there is no room even for that. */
static bool
count_event(struct backlog *backlog, const struct ls_event *event)
{
	struct backlog_count *count = find_count(backlog, event);

	if (!event->socket.id_path[0]) /* is counted for no port */
		return true;
	if (!count && !backlog->counts)
		backlog->counts = calloc(COUNTS_MAX, sizeof(*backlog->counts));
	if (!count && backlog->counts && backlog->n_counts < COUNTS_MAX) {
		count = &backlog->counts[backlog->n_counts++];
		*count = (struct backlog_count){ .socket = event->socket, .kind = event->kind };
	}
	if (!count)
		return false;
	count->at_us = event->at.real_us;
	count->n++;
	return true;
}

/* What can go with the least harm. */
static size_t
find_least(const struct backlog *backlog)
{
	static const enum ls_record_kind kinds[] = { LS_RECORD_EVENT, LS_RECORD_TAIL,
						     LS_RECORD_TRAFFIC };

	for (size_t k = 0; k < LS_COUNT(kinds); k++) {
		for (size_t i = backlog->n_written; i < backlog->n; i++) {
			if (backlog->entries[i].record.kind == kinds[k])
				return i;
		}
	}
	return backlog->n_written;
}

static void
make_room(struct backlog *backlog)
{
	struct backlog_entry *entry;
	size_t at;

	if (backlog->n_written > 0) { /* only a power cut could lose them */
		backlog_announce(backlog, backlog->n_written);
		backlog_forget(backlog, backlog->n_written);
		return;
	}
	at = find_least(backlog);
	entry = &backlog->entries[at];
	announce(backlog, entry);
	if (entry->record.kind == LS_RECORD_EVENT && count_event(backlog, entry->record.event))
		backlog->n_details++;
	else
		backlog->n_lost++;
	remove_entry(backlog, at);
}

void
backlog_add(struct backlog *backlog, const struct ls_record *record, bool failed)
{
	struct backlog_entry *entry = find_superseded(backlog, record, failed);
	size_t size;
	const void *payload = payload_of(record, &size);
	void *copy;

	if (entry) {
		memcpy(entry->payload, payload, size);
		entry->announced = false;
		return;
	}
	if (backlog->n == BACKLOG_MAX)
		make_room(backlog);
	copy = payload ? malloc(size) : NULL;
	if (payload && !copy) {
		backlog->n_lost++;
		return;
	}
	entry = &backlog->entries[backlog->n++];
	*entry = (struct backlog_entry){ .record = *record, .payload = copy };
	if (copy) {
		memcpy(copy, payload, size);
		point_to(&entry->record, copy);
	}
}

int
backlog_put(const struct backlog *backlog, struct store *store)
{
	int r = 0;

	for (size_t i = 0; i < backlog->n_counts && r == 0; i++)
		r = store_put_count(store, &backlog->counts[i].socket, backlog->counts[i].kind,
				    backlog->counts[i].at_us, backlog->counts[i].n);
	for (size_t i = backlog->n_written; i < backlog->n && r == 0; i++)
		r = store_put(store, &backlog->entries[i].record);
	return r;
}

void
backlog_written(struct backlog *backlog)
{
	backlog->n_written = backlog->n;
	backlog->n_counts = 0;
	free(LS_STEAL(&backlog->counts));
}

bool
backlog_is_quiet(const struct backlog *backlog)
{
	for (size_t i = 0; i < backlog->n; i++) {
		if (backlog->entries[i].record.kind != LS_RECORD_TRAFFIC)
			return false;
	}
	return true;
}
