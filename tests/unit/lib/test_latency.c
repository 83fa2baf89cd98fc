#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/usbmon/burst.h"
#include "lib/usbmon/latency.h"

#define N_SAMPLES 20000

static struct ls_latency latency;
static uint64_t samples[N_SAMPLES];
static uint64_t seed = 1;

static uint64_t
draw(uint64_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (seed >> 33) % below;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Shapes that transfers have: all alike, spread over decades, two humps with a long tail. */
static uint64_t
sample(unsigned int shape)
{
	switch (shape) {
	case 0:
		return 125;
	case 1:
		return draw(32);
	case 2:
		return (UINT64_C(1) << draw(27)) + draw(1000);
	default:
		return draw(100) < 90 ? 200 + draw(100) : 500000 + draw(30000000);
	}
}

static void
quantiles_are_near_the_sorted_samples(void **state)
{
	static const unsigned int per_milles[] = { 1, 10, 250, 500, 900, 990, 999, 1000 };

	(void)state;
	for (unsigned int shape = 0; shape < 4; shape++) {
		memset(&latency, 0, sizeof(latency));
		for (size_t i = 0; i < N_SAMPLES; i++) {
			samples[i] = sample(shape);
			ls_latency_add(&latency, samples[i]);
		}
		qsort(samples, N_SAMPLES, sizeof(*samples), compare);
		for (size_t i = 0; i < LS_COUNT(per_milles); i++) {
			uint64_t exact = samples[N_SAMPLES * per_milles[i] / 1000 - 1];
			uint64_t got = ls_latency_quantile(&latency, per_milles[i]);
			uint64_t off = got > exact ? got - exact : exact - got;

			print_message("shape %u p%u: %llu, exactly %llu\n", shape, per_milles[i],
				      (unsigned long long)got, (unsigned long long)exact);
			assert_true(off * 32 <= exact);
		}
		assert_int_equal(latency.max_us, samples[N_SAMPLES - 1]);
		assert_int_equal(ls_latency_count(&latency), N_SAMPLES);
	}
}

static void
buckets_cover_all_times(void **state)
{
	(void)state;
	for (uint64_t us = 1; us < LS_LATENCY_LONGEST; us += 1 + us / 100) {
		unsigned int before = ls_latency_bucket(us - 1), now = ls_latency_bucket(us);

		assert_true(now == before || now == before + 1);
		assert_true(us >= 32 || now == us);
	}
	assert_int_equal(ls_latency_bucket(0), 0);
	assert_int_equal(ls_latency_bucket(LS_LATENCY_LONGEST), LS_LATENCY_BUCKETS - 1);
	assert_int_equal(ls_latency_bucket(UINT64_MAX), LS_LATENCY_BUCKETS - 1);
	memset(&latency, 0, sizeof(latency));
	assert_int_equal(ls_latency_quantile(&latency, 500), 0);
	ls_latency_add(&latency, 3600 * LS_SEC);
	assert_int_equal(ls_latency_quantile(&latency, 500), 3600 * LS_SEC);
}

static void
merges_and_differences_fit(void **state)
{
	struct ls_latency before, since, again = { 0 };

	(void)state;
	memset(&latency, 0, sizeof(latency));
	for (int i = 0; i < 100; i++)
		ls_latency_add(&latency, 5000);
	before = latency;
	ls_latency_since(&latency, &before, &since);
	assert_int_equal(ls_latency_count(&since), 0);
	assert_int_equal(since.max_us, 0);
	ls_latency_add(&latency, 40);
	ls_latency_since(&latency, &before, &since);
	assert_int_equal(ls_latency_count(&since), 1);
	assert_int_equal(since.max_us, 41); /* the end of its bucket */
	ls_latency_add(&latency, 6000);
	ls_latency_since(&latency, &before, &since);
	assert_int_equal(since.max_us, 6000);
	ls_latency_merge(&again, &before);
	ls_latency_merge(&again, &since);
	assert_memory_equal(&again, &latency, sizeof(latency));
	again.buckets[7] = UINT32_MAX;
	again.max_us = 1;
	ls_latency_merge(&latency, &again);
	ls_latency_merge(&latency, &again);
	assert_int_equal(latency.buckets[7], UINT32_MAX);
	assert_int_equal(latency.max_us, 6000);
}

static void
bursts_begin_once_and_end_late(void **state)
{
	static const struct ls_burst_config config = { .n_errors = 3,
						       .leak_us = 5 * LS_SEC,
						       .quiet_us = 30 * LS_SEC };
	static const struct {
		unsigned int at_s, n;
		enum ls_burst_edge want;
		uint64_t first_s, n_total;
	} steps[] = {
		{ 100, 1, LS_BURST_SAME, 100, 1 },
		{ 110, 1, LS_BURST_SAME, 110, 1 }, /* the one before has leaked away */
		{ 114, 1, LS_BURST_SAME, 110, 2 },
		{ 114, 1, LS_BURST_BEGAN, 110, 3 },
		{ 115, 50, LS_BURST_SAME, 110, 53 },
		{ 140, 1, LS_BURST_SAME, 110, 54 }, /* one now and then keeps it open */
		{ 165, 1, LS_BURST_SAME, 110, 55 },
		{ 194, 0, LS_BURST_SAME, 110, 55 },
		{ 195, 0, LS_BURST_ENDED, 110, 55 },
		{ 196, 0, LS_BURST_SAME, 110, 55 },
		{ 500, 2, LS_BURST_SAME, 500, 2 },
		{ 490, 1, LS_BURST_BEGAN, 500, 3 }, /* a clock that was set back */
		{ 600, 1, LS_BURST_ENDED, 600, 1 }, /* not called in time */
		{ 601, 2, LS_BURST_BEGAN, 600, 3 },
	};
	struct ls_burst burst = { 0 };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(steps); i++) {
		print_message("at %u s\n", steps[i].at_s);
		assert_int_equal(ls_burst_add(&burst, &config, steps[i].at_s * LS_SEC, steps[i].n),
				 steps[i].want);
		assert_int_equal(burst.first_us, steps[i].first_s * LS_SEC);
		assert_int_equal(burst.n, steps[i].n_total);
	}
}

static void
absurd_bursts_do_no_harm(void **state)
{
	struct ls_burst_config config;
	struct ls_burst burst = { 0 };

	(void)state;
	ls_burst_config_default(&config);
	assert_int_equal(ls_burst_add(&burst, &config, UINT64_MAX - 1, UINT32_MAX), LS_BURST_BEGAN);
	assert_int_equal(ls_burst_add(&burst, &config, UINT64_MAX, UINT32_MAX), LS_BURST_SAME);
	assert_int_equal(ls_burst_add(&burst, &config, 0, 1), LS_BURST_SAME);
	config = (struct ls_burst_config){ 0 };
	burst = (struct ls_burst){ 0 };
	assert_int_equal(ls_burst_add(&burst, &config, 1, 1), LS_BURST_BEGAN);
	assert_int_equal(ls_burst_add(&burst, &config, 2, 0), LS_BURST_ENDED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_near_the_sorted_samples),
		cmocka_unit_test(buckets_cover_all_times),
		cmocka_unit_test(merges_and_differences_fit),
		cmocka_unit_test(bursts_begin_once_and_end_late),
		cmocka_unit_test(absurd_bursts_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
