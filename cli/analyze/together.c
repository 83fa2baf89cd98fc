#include "cli/analyze/together.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"
#include "lib/base/text.h"

#define AGREE_US	((int64_t)(2 * LS_SEC)) /* a program hears of it later than the kernel */
#define ZONE_US		((int64_t)(900 * LS_SEC))
#define ZONE_MAX	(14 * 4) /* quarters of an hour */
#define KERNEL_MAX	600
#define ENOUGH		3 /* events that agree; one or two do so by chance */
#define ENOUGH_OF_ZONES 2
#define AFTER_US	((int64_t)(60 * LS_SEC)) /* a device may come back after its restore failed */
#define AGREE_S		3.
#define YEAR_S		(365 * 86400.)
#define YEAR_2000_US	(INT64_C(946684800) * (int64_t)LS_SEC)
#define CAUSED_US	((int64_t)(40 * LS_SEC)) /* idevicerestore notices within its timeout of 30 s */

struct moments {
	int64_t at[KERNEL_MAX];
	size_t n;
};

static int
by_time(const void *a, const void *b)
{
	const int64_t *one = a, *two = b;

	return (*one > *two) - (*one < *two);
}

static void
add(struct moments *moments, int64_t at_us)
{
	if (moments->n < KERNEL_MAX)
		moments->at[moments->n++] = at_us;
}

static bool
is_apple(const json_t *incident)
{
	return strcmp(field_text(field_object(incident, "device"), "vid"), "05ac") == 0;
}

/* When Apple devices left, and when they came back. */
static void
collect_kernel(const json_t *sum, struct moments *ret)
{
	const json_t *incident;
	size_t i;

	ret->n = 0;
	json_array_foreach(field_list(sum, "incidents"), i, incident)
	{
		int64_t at_us;

		if (!is_apple(incident) || !field_time(incident, "disconnected_at", &at_us))
			continue;
		add(ret, at_us);
		if (field_has(incident, "back_after_seconds"))
			add(ret,
			    at_us + (int64_t)(field_real(incident, "back_after_seconds") * LS_SEC));
	}
	qsort(ret->at, ret->n, sizeof(*ret->at), by_time);
}

/* When the program saw the device leave, or come in another mode. */
static void
collect_program(const json_t *restore, struct moments *ret)
{
	const json_t *phase;
	size_t i;

	ret->n = 0;
	json_array_foreach(field_list(restore, "phases"), i, phase)
	{
		int64_t at_us;

		if (field_has(phase, "mode") && field_time(phase, "at", &at_us))
			add(ret, at_us);
	}
}

static bool
has_near(const struct moments *kernel, int64_t at_us)
{
	size_t from = 0, to = kernel->n;

	while (from < to) {
		size_t middle = (from + to) / 2;

		if (kernel->at[middle] < at_us - AGREE_US)
			from = middle + 1;
		else
			to = middle;
	}
	return from < kernel->n && kernel->at[from] <= at_us + AGREE_US;
}

static size_t
count_agreeing(const struct moments *program, const struct moments *kernel, int64_t offset_us)
{
	size_t n = 0;

	for (size_t i = 0; i < program->n; i++)
		n += has_near(kernel, program->at[i] + offset_us);
	return n;
}

struct offset {
	int64_t us;
	size_t n; /* events that agree */
};

static void
try_offset(const struct moments *program, const struct moments *kernel, int64_t us,
	   struct offset *best)
{
	size_t n = count_agreeing(program, kernel, us);

	if (n > best->n || (n == best->n && llabs(us) < llabs(best->us)))
		*best = (struct offset){ us, n };
}

/* A device that comes and goes all the time would agree with anything. */
static bool
is_convincing(const struct moments *program, const struct moments *kernel,
	      const struct offset *offset, size_t enough)
{
	size_t n = 0;

	for (size_t i = 0; i < kernel->n && program->n > 0; i++)
		n += kernel->at[i] >= program->at[0] + offset->us - AGREE_US &&
		     kernel->at[i] <= program->at[program->n - 1] + offset->us + AGREE_US;
	return offset->n >= enough && 2 * offset->n >= program->n && n <= 3 * program->n;
}

/* Both have dates: the clocks differ by a time zone, or by nothing. Else by anything. */
static bool
find_offset(const struct moments *program, const struct moments *kernel, bool dated,
	    struct offset *ret)
{
	*ret = (struct offset){ 0, 0 };
	for (int64_t i = -ZONE_MAX; i <= ZONE_MAX && dated; i++)
		try_offset(program, kernel, i * ZONE_US, ret);
	if (dated && is_convincing(program, kernel, ret, ENOUGH_OF_ZONES))
		return true;
	*ret = (struct offset){ 0, 0 };
	for (size_t i = 0; i < program->n; i++)
		for (size_t k = 0; k < kernel->n; k++)
			try_offset(program, kernel, kernel->at[k] - program->at[i], ret);
	return is_convincing(program, kernel, ret, ENOUGH);
}

/* The incidents of Apple devices during @restore, on its new clock. */
static json_t *
incidents_of(const json_t *sum, const json_t *restore, int64_t offset_us)
{
	json_t *list = json_array();
	const json_t *incident;
	int64_t from_us = 0, to_us = 0, at_us;
	size_t i;

	(void)field_time(restore, "began_at", &from_us);
	(void)field_time(restore, "ended_at", &to_us);
	json_array_foreach(field_list(sum, "incidents"), i, incident)
	{
		if (!is_apple(incident) || !field_time(incident, "opened_at", &at_us) ||
		    at_us < from_us + offset_us - AGREE_US || at_us > to_us + offset_us + AFTER_US)
			continue;
		(void)json_array_append(list, json_object_get(incident, "id"));
	}
	return list;
}

static int
find_one(const json_t *sum, json_t *restore, const struct moments *kernel)
{
	struct moments program;
	struct offset offset;
	bool dated = field_flag(restore, "dated") && kernel->n > 0 && kernel->at[0] > YEAR_2000_US;
	bool found;

	collect_program(restore, &program);
	found = find_offset(&program, kernel, dated, &offset);
	if (json_object_set_new(restore, "clock_offset_seconds",
				found ? json_real((double)offset.us / LS_SEC) : json_null()) < 0 ||
	    json_object_set_new(restore, "agreeing_events",
				json_integer(found ? (json_int_t)offset.n : 0)) < 0 ||
	    json_object_set_new(restore, "incidents",
				found ? incidents_of(sum, restore, offset.us) : json_array()) < 0)
		return -ENOMEM;
	return 0;
}

int
together_find(json_t *sum)
{
	struct moments *kernel = calloc(1, sizeof(*kernel));
	json_t *restore;
	size_t i;
	int r = kernel ? 0 : -ENOMEM;

	if (r == 0)
		collect_kernel(sum, kernel);
	json_array_foreach(json_object_get(sum, "restores"), i, restore)
	{
		if (r == 0)
			r = find_one(sum, restore, kernel);
	}
	free(kernel);
	return r;
}

/* ---- text ---------------------------------------------------------------------------------- */

static const json_t *
incident_of(const json_t *sum, int64_t id)
{
	const json_t *incident;
	size_t i;

	json_array_foreach(field_list(sum, "incidents"), i, incident)
	{
		if (field_int(incident, "id") == id)
			return incident;
	}
	return NULL;
}

/* How the clock of the restore program stands to that of the kernel log: a sentence. */
static const char *
words_clock(char text[WORDS_MAX], double seconds)
{
	char duration[FORMAT_MAX];

	format_duration(duration, fabs(seconds));
	if (fabs(seconds) < AGREE_S)
		ls_text_format(text, WORDS_MAX, "Their clocks agree.");
	else if (fabs(seconds) > YEAR_S)
		ls_text_format(text, WORDS_MAX, "One of the two has no dates.");
	else
		ls_text_format(text, WORDS_MAX, "Its clock is %s %s.", duration,
			       seconds > 0 ? "behind" : "ahead");
	return text;
}

/* @offset_us: of the restore's clock. */
static void
put_drop(const struct cli *cli, const json_t *restore, const json_t *incident, int64_t offset_us)
{
	const char *place = field_text(restore, "place");
	char sure[WORDS_MAX], port[WORDS_MAX], when[WORDS_MAX] = "", duration[FORMAT_MAX];
	int64_t at_us = 0, failed_us = 0, before_us;
	bool near;

	(void)field_time(incident, "opened_at", &at_us);
	(void)field_time(restore, "failed_at", &failed_us);
	before_us = failed_us + offset_us - at_us;
	near = failed_us > 0 && before_us >= -AGREE_US && before_us <= CAUSED_US;
	if (near)
		ls_text_format(
			when, sizeof(when), ", %s before it failed%s%s",
			format_duration(duration, (double)(before_us > 0 ? before_us : 0) / LS_SEC),
			*place ? ", " : "", place);
	words_sure(sure, incident);
	render_sentence(&cli->style, TONE_BAD, 4, "  Incident %" PRId64 " on %s: %s%s%s%s.",
			field_int(incident, "id"), words_port(port, incident),
			words_cause(field_text(incident, "cause")), *sure ? ", " : "", sure, when);
	if (near && field_has(incident, "next"))
		render_sentence(&cli->style, TONE_STRONG, 8, "  Next: %s",
				field_text(incident, "next"));
}

static void
put_together(const struct cli *cli, const json_t *sum, const json_t *restore)
{
	double seconds = field_real(restore, "clock_offset_seconds");
	char file[WORDS_MAX], clock[WORDS_MAX];
	const json_t *id;
	size_t i, n_drops = 0;

	words_file(file, field_text(restore, "file"), cli->style.utf8);
	fputc('\n', cli->style.out);
	render_sentence(&cli->style, TONE_STRONG, 0,
			"Together: %s tells of the same attempt as the kernel log: %" PRId64
			" events agree. %s",
			file, field_int(restore, "agreeing_events"), words_clock(clock, seconds));
	json_array_foreach(field_list(restore, "incidents"), i, id)
	{
		const json_t *incident = incident_of(sum, json_integer_value(id));

		if (!incident || !field_flag(incident, "drop"))
			continue;
		n_drops++;
		put_drop(cli, restore, incident, (int64_t)(seconds * LS_SEC));
	}
	if (n_drops == 0)
		render_sentence(&cli->style, TONE_PLAIN, 4,
				"  The link did not drop during this restore: look at the device, "
				"its firmware file and the program.");
}

void
together_print(const struct cli *cli, const json_t *sum)
{
	const json_t *restore;
	size_t i;

	json_array_foreach(field_list(sum, "restores"), i, restore)
	{
		if (field_has(restore, "clock_offset_seconds"))
			put_together(cli, sum, restore);
	}
}
