#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* readers of an alert do not need the place in the code */
#include <systemd/sd-journal.h>

#include "daemon/alert.h"
#include "lib/engine/engine.h"
#include "lib/base/text.h"

#define MESSAGE_MAX   1024
#define LOST_EVERY_US (60 * LS_SEC)

/* Messages that are not of a cause. */
static const struct {
	const char *message_id;
	int priority;
} others[ALERT_N_KINDS - LS_N_CAUSES] = {
	[ALERT_LEFT - LS_N_CAUSES] = { "4748a66f00634383b48f7aea360d85af", LOG_INFO },
	[ALERT_UNAVAILABLE - LS_N_CAUSES] = { "faaafb96e6174628aae084d5fd4d78a5", LOG_NOTICE },
	[ALERT_AVAILABLE - LS_N_CAUSES] = { "b51e30fea4494b45a246a30d73e84146", LOG_NOTICE },
	[ALERT_LOST - LS_N_CAUSES] = { "8d982b41c0c141de8e499d3b57b4cd66", LOG_NOTICE },
	[ALERT_CABLE - LS_N_CAUSES] = { "2f1d6b0e7c5a4d43b98e3a60c7f4152d", LOG_INFO },
};

struct logged {
	int64_t id; /* 0: unused */
	enum alert_kind kind;
	uint32_t count;
	bool open;
};

/* Of one source. */
struct logged_gap {
	int64_t id;
	bool open;
	uint64_t lost_mono; /* when a loss was last logged, 0: never */
	uint64_t n_unlogged;
	bool unlogged_unknown; /* more than @n_unlogged */
};

struct alert {
	uint64_t return_window_us; /* of the engine */
	struct logged logged[LS_MAX_OPEN_INCIDENTS];
	struct logged_gap gaps[LS_N_SOURCES];
};

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define ENTRY_FIELDS   12
#define ENTRY_TEXT     4096

/* One entry of the journal while it is put together. */
struct entry {
	struct iovec iov[ENTRY_FIELDS];
	int n;
	size_t used;
	char text[ENTRY_TEXT];
};

static void entry_add(struct entry *entry, const char *format, ...) LS_PRINTF(2, 3);

/* "NAME=value". What does not fit is left out. */
static void
entry_add(struct entry *entry, const char *format, ...)
{
	char *at = entry->text + entry->used;
	size_t room = sizeof(entry->text) - entry->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(at, room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room || entry->n == ENTRY_FIELDS)
		return;
	entry->iov[entry->n++] = (struct iovec){ .iov_base = at, .iov_len = (size_t)n };
	entry->used += (size_t)n + 1;
}

/* @message must be clean. */
static void
entry_begin(struct entry *entry, const char *message_id, int priority, const char *message)
{
	entry->n = 0;
	entry->used = 0;
	entry_add(entry, "MESSAGE=%s", message);
	entry_add(entry, "MESSAGE_ID=%s", message_id);
	entry_add(entry, "PRIORITY=%d", priority);
}

/* sd_journal_sendv() also succeeds where there is no journal: then a line on stderr. */
static void
entry_send(const struct entry *entry)
{
	if (access(JOURNAL_SOCKET, F_OK) == 0 && sd_journal_sendv(entry->iov, entry->n) >= 0)
		return;
	fprintf(stderr, "linkstatd: %s\n", entry->text + strlen("MESSAGE="));
}

/* NULL if @kind is not a cause. */
static const struct ls_cause_row *
row_of(enum alert_kind kind)
{
	return (int)kind < LS_N_CAUSES ? ls_cause_row((enum ls_cause)kind) : NULL;
}

const char *
alert_message_id(enum alert_kind kind)
{
	const struct ls_cause_row *row = row_of(kind);

	if ((size_t)kind >= ALERT_N_KINDS)
		return "";
	return row ? row->message_id : others[kind - LS_N_CAUSES].message_id;
}

static int
priority_of(enum alert_kind kind)
{
	static const int priorities[] = {
		[LS_LEVEL_NOTICE] = LOG_NOTICE,
		[LS_LEVEL_INFO] = LOG_INFO,
		[LS_LEVEL_WARNING] = LOG_WARNING,
	};
	const struct ls_cause_row *row = row_of(kind);

	return row ? priorities[row->level] : others[kind - LS_N_CAUSES].priority;
}

static const char *
duration(uint64_t us, char ret[32])
{
	uint64_t s = us / LS_SEC, min = s / 60, h = min / 60;

	if (s < 10)
		snprintf(ret, 32, "%" PRIu64 ".%" PRIu64 " s", s, us % LS_SEC / (100 * LS_MS));
	else if (min < 2)
		snprintf(ret, 32, "%" PRIu64 " s", s);
	else if (h < 2)
		snprintf(ret, 32, "%" PRIu64 " min", min);
	else if (h < 48)
		snprintf(ret, 32, "%" PRIu64 " h %" PRIu64 " min", h, min % 60);
	else
		snprintf(ret, 32, "%" PRIu64 " d %" PRIu64 " h", h / 24, h % 24);
	return ret;
}

/* ---- incidents --------------------------------------------------------------------------- */

static enum alert_kind
kind_of(const struct ls_incident *incident)
{
	bool undecided = incident->open && incident->cause == LS_CAUSE_UNKNOWN;

	if (undecided && incident->n_disconnects > 0 && !incident->back)
		return ALERT_LEFT;
	return (size_t)incident->cause < LS_N_CAUSES ? (enum alert_kind)incident->cause
						     : (enum alert_kind)LS_CAUSE_UNKNOWN;
}

/* How often it happened: the number behind the verb of the sentence. */
static uint32_t
count_of(const struct ls_incident *incident)
{
	uint32_t count = 0;

	switch (ls_cause_row(incident->cause)->counts) {
	case LS_COUNTS_DISCONNECTS:
		count = incident->n_disconnects;
		break;
	case LS_COUNTS_RESETS:
		count = incident->n_resets;
		break;
	case LS_COUNTS_OVER_CURRENTS:
		count = incident->n_over_currents;
		break;
	}
	return count ? count : 1;
}

/* What was logged of @id, or an emptied place: that of the oldest incident, closed ones first. */
static struct logged *
find_logged(struct alert *alert, int64_t id)
{
	struct logged *spare = &alert->logged[0];

	for (size_t i = 0; i < LS_COUNT(alert->logged); i++) {
		struct logged *logged = &alert->logged[i];

		if (logged->id == id)
			return logged;
		if (logged->open < spare->open ||
		    (logged->open == spare->open && logged->id < spare->id))
			spare = logged;
	}
	*spare = (struct logged){ 0 };
	return spare;
}

static void
add_who(char *message, const struct ls_incident *incident, const struct ls_cause_row *row)
{
	const struct ls_device *device = &incident->device;
	const char *name = incident->socket.name;
	bool bus = strncmp(name, "usb", 3) == 0;
	const char *place = bus ? "bus" : "port";
	const char *subject = bus		    ? "the USB controller"
			      : row && row->subject ? row->subject
						    : "a device";

	if (!incident->has_device)
		ls_text_format(message, MESSAGE_MAX, "%s %s: %s", place, name, subject);
	else
		ls_text_format(message, MESSAGE_MAX, "%s %s: %s (%04x:%04x)", place, name,
			       device->product[0] ? device->product : "a device", device->vid,
			       device->pid);
}

/* @row is NULL for a device that left and may come back. */
static const char *
verb_of(const struct ls_incident *incident, const struct ls_cause_row *row)
{
	if (!row)
		return "left";
	return row->verb_no_drop && !incident->drop ? row->verb_no_drop : row->verb;
}

static void
add_mode(char message[MESSAGE_MAX], const struct ls_incident *incident, enum alert_kind kind)
{
	if (!incident->mode[0] || incident->mode_resting)
		return;
	if (kind == ALERT_LEFT)
		ls_text_append(message, MESSAGE_MAX, " %s", incident->mode);
	else if (incident->mode_after[0])
		ls_text_append(message, MESSAGE_MAX, ": from %s to %s", incident->mode,
			       incident->mode_after);
	else
		ls_text_append(message, MESSAGE_MAX, " in %s", incident->mode);
}

static void
make_sentence(const struct alert *alert, char message[MESSAGE_MAX],
	      const struct ls_incident *incident, enum alert_kind kind)
{
	uint32_t count = count_of(incident);
	const struct ls_cause_row *row = row_of(kind);
	char time[32];

	add_who(message, incident, row);
	ls_text_append(message, MESSAGE_MAX, " %s", verb_of(incident, row));
	add_mode(message, incident, kind);
	if (kind == ALERT_LEFT && incident->expected_us)
		ls_text_append(message, MESSAGE_MAX, "; it is expected back within %s",
			       duration(incident->expected_us, time));
	else if (kind == ALERT_LEFT)
		ls_text_append(message, MESSAGE_MAX,
			       "; if it is back within %s this is a lost link",
			       duration(alert->return_window_us, time));
	if (row && row->names_children && incident->n_children)
		ls_text_append(message, MESSAGE_MAX, " (%" PRIu32 " device%s)",
			       incident->n_children, incident->n_children == 1 ? "" : "s");
	if (count > 1)
		ls_text_append(message, MESSAGE_MAX, " %" PRIu32 " times", count);
	if (count > 1 && !incident->open)
		ls_text_append(message, MESSAGE_MAX, " within %s; %s",
			       duration(incident->closed.mono_us - incident->opened.mono_us, time),
			       incident->back ? "it is quiet now" : "it is over now");
	else if (incident->n_disconnects == 1 && incident->back && incident->back_after_us)
		ls_text_append(message, MESSAGE_MAX, " and was back after %s",
			       duration(incident->back_after_us, time));
	ls_text_append(message, MESSAGE_MAX, " (incident %" PRId64 ")", incident->id);
}

static void
log_incident(const struct alert *alert, const struct ls_incident *incident, enum alert_kind kind)
{
	const struct ls_device *device = &incident->device;
	int priority = incident->drop ? LOG_WARNING : priority_of(kind);
	char message[MESSAGE_MAX];
	struct entry entry;

	make_sentence(alert, message, incident, kind);
	entry_begin(&entry, alert_message_id(kind), priority, message);
	entry_add(&entry, "LINKSTAT_PORT=%s", incident->socket.id_path);
	entry_add(&entry, "LINKSTAT_NAME=%s", incident->socket.name);
	entry_add(&entry, "LINKSTAT_INCIDENT=%" PRId64, incident->id);
	entry_add(&entry, "LINKSTAT_CAUSE=%s", ls_cause_name(incident->cause));
	entry_add(&entry, "LINKSTAT_CONFIDENCE=%.2f", incident->confidence);
	if (incident->has_device)
		entry_add(&entry, "LINKSTAT_DEVICE=%04x:%04x:%s", device->vid, device->pid,
			  device->serial);
	entry_send(&entry);
}

static void
on_incident(struct alert *alert, const struct ls_incident *incident)
{
	enum alert_kind kind = kind_of(incident);
	uint32_t count = count_of(incident);
	struct logged *logged;
	bool news, flapped;

	if (!incident->settled)
		return;
	logged = find_logged(alert, incident->id);
	news = logged->id == 0 || logged->kind != kind || count >= 2 * (uint64_t)logged->count;
	flapped = logged->open && !incident->open && count > 1;
	if (news || flapped) {
		log_incident(alert, incident, kind);
		logged->count = count;
	}
	logged->id = incident->id;
	logged->kind = kind;
	logged->open = incident->open;
}

static void
on_absorbed(struct alert *alert, int64_t id)
{
	for (size_t i = 0; i < LS_COUNT(alert->logged); i++) {
		if (alert->logged[i].id == id)
			alert->logged[i].open = false;
	}
}

/* ---- gaps -------------------------------------------------------------------------------- */

static void
log_gap(const struct ls_gap *gap, enum alert_kind kind, const char *message)
{
	struct entry entry;

	entry_begin(&entry, alert_message_id(kind), priority_of(kind), message);
	entry_add(&entry, "LINKSTAT_SOURCE=%s", ls_source_name(gap->source));
	entry_send(&entry);
}

/* A flood of losses is one message a minute, with their sum. */
static void
on_loss(struct logged_gap *logged, const struct ls_gap *gap)
{
	char message[MESSAGE_MAX] = "";

	if (gap->n_lost == UINT32_MAX)
		logged->unlogged_unknown = true;
	else
		logged->n_unlogged += gap->n_lost;
	if (logged->lost_mono && gap->began.mono_us < logged->lost_mono + LOST_EVERY_US)
		return;
	logged->lost_mono = gap->began.mono_us;
	ls_text_append(message, MESSAGE_MAX, "%s lost ", ls_source_name(gap->source));
	if (logged->n_unlogged)
		ls_text_append(message, MESSAGE_MAX, "%s%" PRIu64 " record%s",
			       logged->unlogged_unknown ? "more than " : "", logged->n_unlogged,
			       logged->n_unlogged == 1 ? "" : "s");
	else
		ls_text_append(message, MESSAGE_MAX, "an unknown number of records");
	ls_text_append(message, MESSAGE_MAX, ": %s", gap->reason);
	log_gap(gap, ALERT_LOST, message);
	logged->n_unlogged = 0;
	logged->unlogged_unknown = false;
}

static void
on_gap(struct alert *alert, const struct ls_gap *gap)
{
	struct logged_gap *logged =
		&alert->gaps[(size_t)gap->source < LS_N_SOURCES ? gap->source : 0];
	/* A gap that began before this boot has no time on its monotonic clock. */
	int64_t us = gap->began.mono_us ? (int64_t)(gap->ended.mono_us - gap->began.mono_us)
					: gap->ended.real_us - gap->began.real_us;
	char message[MESSAGE_MAX] = "", time[32];

	if (gap->n_lost) {
		on_loss(logged, gap);
		return;
	}
	/* That linkstatd itself was not running can only be logged afterwards. */
	if ((gap->open && gap->source == LS_SOURCE_NONE) ||
	    (logged->id == gap->id && logged->open == gap->open))
		return;
	logged->id = gap->id;
	logged->open = gap->open;
	if (gap->open)
		ls_text_append(message, MESSAGE_MAX, "%s sees nothing: %s",
			       ls_source_name(gap->source), gap->reason);
	else
		ls_text_append(message, MESSAGE_MAX, "%s saw nothing for %s: %s",
			       ls_source_name(gap->source),
			       duration(us > 0 ? (uint64_t)us : 0, time), gap->reason);
	log_gap(gap, gap->open ? ALERT_UNAVAILABLE : ALERT_AVAILABLE, message);
}

/* An assumed label of a cable, so that the user can correct it. */
static void
on_event(const struct ls_event *event)
{
	char message[MESSAGE_MAX] = "";
	struct entry entry;

	if (event->kind != LS_EVENT_CABLE || !event->assumed)
		return;
	ls_text_append(message, MESSAGE_MAX, "port %s: %s", event->socket.name, event->what);
	entry_begin(&entry, alert_message_id(ALERT_CABLE), priority_of(ALERT_CABLE), message);
	entry_add(&entry, "LINKSTAT_PORT=%s", event->socket.id_path);
	entry_add(&entry, "LINKSTAT_NAME=%s", event->socket.name);
	entry_send(&entry);
}

void
alert_record(struct alert *alert, const struct ls_record *record)
{
	switch (record->kind) {
	case LS_RECORD_EVENT:
		on_event(record->event);
		break;
	case LS_RECORD_INCIDENT:
		on_incident(alert, record->incident);
		break;
	case LS_RECORD_GAP:
		on_gap(alert, record->gap);
		break;
	case LS_RECORD_ABSORBED:
		on_absorbed(alert, record->absorbed.id);
		break;
	default:
		break;
	}
}

int
alert_new(struct alert **ret)
{
	struct alert *alert = calloc(1, sizeof(*alert));
	struct ls_engine_config config;

	if (!alert)
		return -ENOMEM;
	ls_engine_config_default(&config);
	alert->return_window_us = config.return_window_us;
	*ret = alert;
	return 0;
}

void
alert_free(struct alert *alert)
{
	free(alert);
}
