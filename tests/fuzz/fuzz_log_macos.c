/* A log of macOS: whole, and in pieces, it says the same, and what it says is clean. */
#include "lib/base/hash.h"
#include "lib/base/port.h"
#include "lib/logs/macos.h"
#include "tests/fuzz/check.h"

struct sums {
	const struct ls_log_macos *log;
	uint64_t sum;
	uint32_t boot;
	struct ls_instant last;
};

static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct sums *sums = user;
	uint32_t boot = ls_log_macos_boot(sums->log);

	CHECK(obs->source == LS_SOURCE_KERNEL_LOG);
	CHECK(obs->kind > LS_OBS_NONE && obs->kind < LS_N_OBS);
	check_clean(obs->text, sizeof(obs->text));
	CHECK(!obs->port[0] || ls_port_name_valid(obs->port));
	if (obs->device)
		check_clean(obs->device->product, sizeof(obs->device->product));
	if (boot == sums->boot)
		CHECK(obs->at.mono_us >= sums->last.mono_us &&
		      obs->at.real_us >= sums->last.real_us);
	sums->boot = boot;
	sums->last = obs->at;
	sums->sum = ls_hash(sums->sum, &obs->at, sizeof(obs->at));
	sums->sum = ls_hash(sums->sum, &obs->kind, sizeof(obs->kind));
	sums->sum = ls_hash(sums->sum, obs->text, strlen(obs->text));
}

static uint64_t
read_in_steps(const uint8_t *data, size_t len, size_t step)
{
	const struct ls_log_text_options options = { .year = 2026 };
	struct ls_log_text_summary summary;
	struct sums sums = { .sum = 0 };
	struct ls_log_macos *log;

	if (ls_log_macos_new(&options, on_observation, &sums, &log) < 0)
		abort();
	sums.log = log;
	for (size_t at = 0; at < len; at += step) {
		size_t n = len - at < step ? len - at : step;
		char *exact = malloc(n); /* reading past a piece is found */

		CHECK(exact);
		memcpy(exact, data + at, n);
		ls_log_macos_feed(log, exact, n);
		free(exact);
	}
	ls_log_macos_finish(log, &summary);
	ls_log_macos_free(log);
	return sums.sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	CHECK(read_in_steps(data, len, len + 1) == read_in_steps(data, len, 7));
	(void)ls_log_macos_is_one((const char *)data, len);
	return 0;
}
