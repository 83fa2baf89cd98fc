#include "cli/print/numbers.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "cli/base/field.h"
#include "lib/base/text.h"

uint32_t
numbers_clip(int64_t n)
{
	return n <= 0 ? 0 : n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

void
numbers_history(const json_t *port, struct ls_history *ret)
{
	const json_t *cell;
	size_t i;

	*ret = (struct ls_history){ 0 };
	json_array_foreach(field_list(port, "history"), i, cell)
	{
		ls_history_add(ret, &(struct ls_history_cell){
					    .n = numbers_clip(field_int(cell, "sessions")),
					    .drops = numbers_clip(field_int(cell, "drops")),
					    .hours = field_real(cell, "connected_hours"),
				    });
	}
}

static void
add_rest(struct ls_history *history, uint32_t drops)
{
	struct ls_history_cell rest = { .n = drops, .drops = drops };

	for (size_t i = 0; i < history->n_cells; i++)
		rest.n -= rest.n < history->cells[i].drops ? rest.n : history->cells[i].drops;
	rest.drops = rest.n;
	ls_history_add(history, &rest);
}

struct numbers
numbers_of(const struct ls_history *history, int64_t drops, double hours, double job_hours)
{
	struct numbers numbers = { .hours = hours, .drops = drops, .job_hours = job_hours };
	struct ls_history all = *history;
	uint32_t n = numbers_clip(drops);

	if (n && all.n_cells) {
		add_rest(&all, n);
		numbers.known =
			ls_rate_of(all.cells, all.n_cells, &numbers.rate) &&
			ls_survival_of(all.cells, all.n_cells, job_hours, &numbers.survival);
	} else {
		numbers.known = ls_rate(n, hours, &numbers.rate) &&
				ls_survival(n, hours, job_hours, &numbers.survival);
	}
	numbers.grade[0] = ls_grade(n, numbers.known ? &numbers.rate : NULL);
	return numbers;
}

static const char *
to(const struct output_style *style)
{
	return style->utf8 ? "…" : "...";
}

static const char *
one_rate(char text[FORMAT_MAX], double rate)
{
	int digits = rate < 0.00995 ? 4 : rate < 0.995 ? 2 : rate < 9.95 ? 1 : 0;

	if (rate < 0.00005)
		snprintf(text, FORMAT_MAX, "0");
	else
		snprintf(text, FORMAT_MAX, "%.*f", digits, rate);
	return text;
}

const char *
numbers_rate(char text[NUMBERS_MAX], const struct output_style *style,
	     const struct numbers *numbers)
{
	char low[FORMAT_MAX], high[FORMAT_MAX], middle[FORMAT_MAX];

	if (!numbers->known || numbers->hours < NUMBERS_HOURS_MIN)
		return style->dash;
	ls_text_format(text, NUMBERS_MAX, "%s (%s %s %s)", one_rate(middle, numbers->rate.median),
		       one_rate(low, numbers->rate.low), to(style),
		       one_rate(high, numbers->rate.high));
	return text;
}

const char *
numbers_survival(char text[NUMBERS_MAX], const struct output_style *style,
		 const struct numbers *numbers)
{
	const struct ls_interval *survival = &numbers->survival;
	char middle[FORMAT_MAX];
	int low, high;

	if (!numbers->known || numbers->hours < NUMBERS_HOURS_MIN)
		return "not enough data";
	low = format_whole_percent(fmin(survival->low, survival->high));
	high = format_whole_percent(fmax(survival->low, survival->high));
	format_percent(middle, survival->median);
	if (low == high)
		ls_text_copy(text, NUMBERS_MAX, middle);
	else
		ls_text_format(text, NUMBERS_MAX, "%s (%d %s %d)", middle, low, to(style), high);
	return text;
}

int
numbers_add_json(json_t *object, const struct numbers *numbers)
{
	const struct ls_interval *rate = &numbers->rate, *survival = &numbers->survival;
	json_t *rates = numbers->known ? json_pack("{s:f, s:f, s:f}", "low", rate->low, "median",
						   rate->median, "high", rate->high)
				       : json_null();
	json_t *survivals = numbers->known ? json_pack("{s:f, s:f, s:f, s:f}", "job_seconds",
						       numbers->job_hours * 3600, "low",
						       fmin(survival->low, survival->high),
						       "median", survival->median, "high",
						       fmax(survival->low, survival->high))
					   : json_null();
	int r = json_object_set_new(object, "rate", rates);

	if (json_object_set_new(object, "survival", survivals) < 0 ||
	    json_object_set_new(object, "grade", json_string(numbers->grade)) < 0)
		r = -1;
	return r < 0 ? -ENOMEM : 0;
}

struct numbers
numbers_of_port(const json_t *port, double job_hours)
{
	struct ls_history history;

	numbers_history(port, &history);
	return numbers_of(&history, field_int(port, "drops"),
			  field_real(port, "connected_seconds") / 3600, job_hours);
}
