#include "lib/base/hash.h"
#include "lib/logs/text.h"
#include "lib/base/port.h"
#include "tests/fuzz/check.h"

/* The result of a reader as one number, and its clock values. */
struct sums {
	const struct ls_log_text *log;
	uint64_t sum, n;
	uint32_t boot;
	struct ls_instant last;
};

static void
add(struct sums *sums, const void *bytes, size_t len)
{
	sums->sum = ls_hash(sums->sum, bytes, len);
}

static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct sums *sums = user;
	uint32_t boot = ls_log_text_boot(sums->log);

	CHECK(obs->source == LS_SOURCE_KERNEL_LOG);
	CHECK(obs->kind > LS_OBS_NONE && obs->kind < LS_N_OBS);
	CHECK(obs->text[0]);
	check_clean(obs->text, sizeof(obs->text));
	CHECK(!obs->port[0] || ls_port_name_valid(obs->port));
	CHECK(boot >= sums->boot);
	if (sums->n > 0 && boot == sums->boot) {
		CHECK(obs->at.mono_us >= sums->last.mono_us);
		CHECK(obs->at.real_us >= sums->last.real_us);
	}
	sums->boot = boot;
	sums->last = obs->at;
	sums->n++;
	add(sums, &obs->at, sizeof(obs->at));
	add(sums, &obs->kind, sizeof(obs->kind));
	add(sums, obs->port, strlen(obs->port));
	add(sums, obs->text, strlen(obs->text));
}

static void
read_in_steps(const uint8_t *data, size_t len, size_t step, struct sums *sums,
	      struct ls_log_text_summary *summary)
{
	struct ls_log_text_options options = { .year = 2022 };
	struct ls_log_text *log;

	CHECK(ls_log_text_new(&options, on_observation, sums, &log) == 0);
	sums->log = log;
	for (size_t i = 0; i < len;) {
		size_t n = step < len - i ? step : len - i;
		char *exact = malloc(n); /* reading past a piece is found */

		CHECK(exact);
		memcpy(exact, data + i, n);
		ls_log_text_feed(log, exact, n);
		free(exact);
		i += n;
	}
	ls_log_text_finish(log, summary);
	ls_log_text_free(log);
}

/* Any cut of the file into pieces gives the same observations. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sums whole = { 0 };
	struct ls_log_text_summary summary;
	size_t steps[] = { 1, 7, len / 2 + 1 };

	read_in_steps(data, len, len ? len : 1, &whole, &summary);
	CHECK(summary.usb_lines <= whole.n);
	CHECK(summary.boots > 0);
	for (size_t i = 0; i < LS_COUNT(steps); i++) {
		struct sums pieces = { 0 };
		struct ls_log_text_summary again;

		read_in_steps(data, len, steps[i], &pieces, &again);
		CHECK(pieces.n == whole.n && pieces.sum == whole.sum);
		CHECK(strcmp(summary.format, again.format) == 0);
		CHECK(summary.lines == again.lines && summary.usb_lines == again.usb_lines);
		CHECK(summary.cut_lines == again.cut_lines && summary.boots == again.boots);
	}
	return 0;
}
