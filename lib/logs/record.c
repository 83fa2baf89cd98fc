#include "lib/logs/record.h"

#include "lib/observe/log_loss.h"

#define MAX_CLOCK (UINT64_C(1) << 60)

enum field {
	FIELD_NONE,
	FIELD_MESSAGE,
	FIELD_TRANSPORT,
	FIELD_FACILITY,
	FIELD_IDENTIFIER,
	FIELD_PID,
	FIELD_BOOT,
	FIELD_REAL,
	FIELD_MONO,
	FIELD_SOURCE_MONO,
};

#define FIELD(name, field)                                                                         \
	{                                                                                          \
		name, sizeof(name) - 1, field                                                      \
	}

static const struct {
	const char *name;
	size_t len;
	enum field field;
} fields[] = {
	FIELD("MESSAGE", FIELD_MESSAGE),
	FIELD("_TRANSPORT", FIELD_TRANSPORT),
	FIELD("SYSLOG_FACILITY", FIELD_FACILITY),
	FIELD("SYSLOG_IDENTIFIER", FIELD_IDENTIFIER),
	FIELD("_PID", FIELD_PID),
	FIELD("_BOOT_ID", FIELD_BOOT),
	FIELD("__REALTIME_TIMESTAMP", FIELD_REAL),
	FIELD("__MONOTONIC_TIMESTAMP", FIELD_MONO),
	FIELD("_SOURCE_MONOTONIC_TIMESTAMP", FIELD_SOURCE_MONO),
};

bool
ls_log_cursor_is(const struct ls_cursor *text, const char *word)
{
	return ls_cursor_left(text) == strlen(word) && memcmp(text->at, word, strlen(word)) == 0;
}

static enum field
field_of(const struct ls_cursor *name)
{
	for (size_t i = 0; i < LS_COUNT(fields); i++)
		if (ls_cursor_left(name) == fields[i].len &&
		    memcmp(name->at, fields[i].name, fields[i].len) == 0)
			return fields[i].field;
	return FIELD_NONE;
}

size_t
ls_log_copy(char *dst, size_t size, const struct ls_cursor *src)
{
	size_t len = ls_cursor_left(src) < size ? ls_cursor_left(src) : size;

	memcpy(dst, src->at, len);
	return len;
}

static void
set_clock(struct ls_log_record *record, enum field field, struct ls_cursor value)
{
	uint64_t usec;

	if (!ls_take_uint(&value, MAX_CLOCK, &usec) || ls_cursor_left(&value) > 0)
		return;
	if (field == FIELD_REAL) {
		record->stamp.date = LS_LOG_REAL;
		record->stamp.real_us = (int64_t)usec;
	} else if (field == FIELD_SOURCE_MONO || !record->has_source_clock) {
		record->stamp.has_mono = true;
		record->stamp.mono_us = usec;
		record->has_source_clock |= field == FIELD_SOURCE_MONO;
	}
}

void
ls_log_record_field(struct ls_log_record *record, struct ls_cursor name, struct ls_cursor value)
{
	enum field field = field_of(&name);

	switch (field) {
	case FIELD_NONE:
		break;
	case FIELD_MESSAGE:
		record->message_len = ls_log_copy(record->message, sizeof(record->message), &value);
		break;
	case FIELD_TRANSPORT:
		record->from_kernel |= ls_log_cursor_is(&value, "kernel");
		record->from_program |= !ls_log_cursor_is(&value, "kernel");
		record->from_journald |= ls_log_cursor_is(&value, "driver");
		break;
	case FIELD_FACILITY: /* programs can write to /dev/kmsg, but not as the kernel */
		record->from_program |= !ls_log_cursor_is(&value, "0");
		break;
	case FIELD_IDENTIFIER: /* the kernel's, where the transport was left out */
		record->from_kernel |= ls_log_cursor_is(&value, "kernel");
		record->from_program |= !ls_log_cursor_is(&value, "kernel");
		break;
	case FIELD_PID:
		record->from_program = true;
		break;
	case FIELD_BOOT:
		record->boot_len = ls_log_copy(record->boot, sizeof(record->boot), &value);
		break;
	case FIELD_REAL:
	case FIELD_MONO:
	case FIELD_SOURCE_MONO:
		set_clock(record, field, value);
		break;
	}
}

void
ls_log_record_end(struct ls_log_record *record, struct ls_log_join *join)
{
	struct ls_cursor text = ls_cursor_of(record->message, record->message_len);
	struct ls_cursor version = text;
	struct ls_observation loss;

	if (record->from_kernel && !record->from_program && record->message_len > 0) {
		ls_log_clock_boot_id(join->clock, record->boot, record->boot_len);
		if (record->boot_len == 0 && ls_take_literal(&version, "Linux version "))
			ls_log_clock_new_boot(join->clock);
		ls_log_join_whole(join, text, ls_log_clock_place(join->clock, &record->stamp));
	}
	if (record->from_journald && ls_log_loss_parse(text, &loss)) {
		loss.at = ls_log_clock_place(join->clock, &record->stamp);
		join->observe(&loss, join->user);
	}
	if (join->n_observed == 0)
		ls_log_unread_add(&join->unread, record->from_kernel ? LS_LOG_KERNEL : LS_LOG_OTHER,
				  text, text);
	record->from_kernel = false;
	record->from_program = false;
	record->from_journald = false;
	record->has_source_clock = false;
	record->stamp = (struct ls_log_stamp){ 0 };
	record->boot_len = 0;
	record->message_len = 0;
}
