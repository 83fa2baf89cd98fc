#include "lib/observe/host_context.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/base/text.h"

#define NUMBER_MAX (1 << 30)
/* The default of the kernel's drivers/usb/core/devio.c. */
#define USBFS_DEFAULT_MB 16

const struct ls_host_context ls_host_context_unknown = {
	.load = -1,
	.usbfs_memory_mb = -1,
	.n_others_flowing = -1,
};

/*
 * From this share of the last 10 s on it is notable. A busy machine shares its CPU all the time,
 * and one that copies files waits for its disk; waiting for memory means a shortage.
 */
static const struct {
	const char *notable;
	double some;
} resources[LS_N_HOST_RESOURCES] = {
	[LS_HOST_MEMORY] = { "memory was short", 5 },
	[LS_HOST_CPU] = { "the CPU was short", 40 },
	[LS_HOST_IO] = { "the disk was busy", 30 },
};

static bool
take_average(struct ls_cursor *cur, const char *who, double *ret)
{
	return ls_take_literal(cur, who) && ls_take_literal(cur, " avg10=") &&
	       ls_take_decimal(cur, NUMBER_MAX, ret) && *ret <= 100;
}

bool
ls_host_pressure_parse(const char *text, size_t len, struct ls_host_pressure *ret)
{
	struct ls_cursor cur = ls_cursor_of(text, len);
	struct ls_host_pressure pressure = { .known = true };

	*ret = (struct ls_host_pressure){ 0 };
	if (!take_average(&cur, "some", &pressure.some))
		return false;
	(void)ls_take_until(&cur, '\n');
	(void)ls_take_char(&cur, '\n');
	if (ls_cursor_left(&cur) && !take_average(&cur, "full", &pressure.full))
		return false;
	*ret = pressure;
	return true;
}

double
ls_host_load_parse(const char *text, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(text, len);
	double load;

	return ls_take_decimal(&cur, NUMBER_MAX, &load) && ls_take_char(&cur, ' ') ? load : -1;
}

bool
ls_host_number_parse(const char *text, size_t len, int *ret)
{
	struct ls_cursor cur = ls_cursor_of(text, len);
	int value;

	if (!ls_take_int(&cur, NUMBER_MAX, &value))
		return false;
	(void)ls_take_char(&cur, '\n');
	if (ls_cursor_left(&cur))
		return false;
	*ret = value;
	return true;
}

/* The line under way; what does not fit is cut. */
struct line {
	char text[2 * LS_TEXT_MAX];
	size_t len;
};

static void LS_PRINTF(2, 3) put(struct line *line, const char *format, ...)
{
	size_t room = sizeof(line->text) - line->len;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->text + line->len, room, format, args);
	va_end(args);
	if (n > 0)
		line->len += (size_t)n < room ? (size_t)n : room - 1;
}

static void
part(struct line *line)
{
	put(line, "%s", line->len ? "; " : "");
}

static void
put_shortages(struct line *line, const struct ls_host_context *context)
{
	for (int i = 0; i < LS_N_HOST_RESOURCES; i++) {
		const struct ls_host_pressure *pressure = &context->pressure[i];

		if (!pressure->known || pressure->some < resources[i].some)
			continue;
		part(line);
		put(line, "%s: %.0f %% of the last 10 s stalled", resources[i].notable,
		    pressure->some);
		if (pressure->full >= 1)
			put(line, " (%.0f %% for every program)", pressure->full);
	}
	if (context->hub.suspended) {
		part(line);
		put(line, "its hub was in power saving");
	}
}

/* "memory, CPU and disk had time" of those that are known. */
static void
put_all_clear(struct line *line, const struct ls_host_context *context)
{
	static const char *const names[] = { "memory", "CPU", "disk" };
	size_t n_known = 0, n = 0;

	for (int i = 0; i < LS_N_HOST_RESOURCES; i++)
		n_known += context->pressure[i].known;
	for (int i = 0; i < LS_N_HOST_RESOURCES; i++) {
		if (!context->pressure[i].known)
			continue;
		n++;
		put(line, "%s%s", n == 1 ? "computer: " : n == n_known ? " and " : ", ", names[i]);
	}
	if (n_known)
		put(line, " had time");
	else if (context->load >= 0)
		put(line, "computer: this kernel does not tell of shortages");
}

static void
put_power(struct line *line, const struct ls_host_power *device)
{
	if (device->autosuspend == LS_AUTOSUSPEND_UNKNOWN)
		return;
	part(line);
	if (device->autosuspend == LS_AUTOSUSPEND_OFF || device->delay_ms < 0)
		put(line, "autosuspend off");
	else
		put(line, "autosuspend after %.3g s of rest", (double)device->delay_ms / 1000);
}

void
ls_host_context_describe(const struct ls_host_context *context, char text[LS_TEXT_MAX])
{
	struct line line = { .len = 0 };

	put_shortages(&line, context);
	if (!line.len)
		put_all_clear(&line, context);
	if (context->load >= 0) {
		part(&line);
		put(&line, "load %.1f", context->load);
	}
	put_power(&line, &context->device);
	if (context->n_others_flowing > 0) {
		part(&line);
		put(&line, "%d other device%s of this controller moved data",
		    context->n_others_flowing, context->n_others_flowing == 1 ? "" : "s");
	} else if (context->n_others_flowing == 0) {
		part(&line);
		put(&line, "no other device of this controller moved data");
	}
	if (context->usbfs_memory_mb >= 0 && context->usbfs_memory_mb != USBFS_DEFAULT_MB) {
		part(&line);
		if (context->usbfs_memory_mb == 0)
			put(&line, "usbfs_memory_mb without limit");
		else
			put(&line, "usbfs_memory_mb %d", context->usbfs_memory_mb);
	}
	ls_text_copy(text, LS_TEXT_MAX, line.text);
}
