#include "lib/usbmon/latency.h"

/* The first value of bucket @i, and how many share it. */
static uint64_t
bucket_start(unsigned int i, uint64_t *ret_width)
{
	unsigned int shift = i < 32 ? 0 : (i >> 4) - 1;

	*ret_width = UINT64_C(1) << shift;
	return (uint64_t)(i - (shift << 4)) << shift;
}

static uint64_t
bucket_end(unsigned int i)
{
	uint64_t width, start = bucket_start(i, &width);

	return start + width - 1;
}

void
ls_latency_merge(struct ls_latency *into, const struct ls_latency *from)
{
	if (from->max_us > into->max_us)
		into->max_us = from->max_us;
	for (size_t i = 0; i < LS_LATENCY_BUCKETS; i++) {
		uint64_t sum = (uint64_t)into->buckets[i] + from->buckets[i];

		into->buckets[i] = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
	}
}

void
ls_latency_since(const struct ls_latency *now, const struct ls_latency *before,
		 struct ls_latency *ret)
{
	unsigned int longest = 0;
	bool any = false;

	for (unsigned int i = 0; i < LS_LATENCY_BUCKETS; i++) {
		uint32_t n = now->buckets[i] - before->buckets[i];

		ret->buckets[i] = n;
		longest = n ? i : longest;
		any |= n > 0;
	}
	if (!any)
		ret->max_us = 0;
	else if (now->max_us > before->max_us || bucket_end(longest) > now->max_us)
		ret->max_us = now->max_us;
	else
		ret->max_us = bucket_end(longest);
}

uint64_t
ls_latency_count(const struct ls_latency *latency)
{
	uint64_t n = 0;

	for (size_t i = 0; i < LS_LATENCY_BUCKETS; i++)
		n += latency->buckets[i];
	return n;
}

uint64_t
ls_latency_quantile(const struct ls_latency *latency, unsigned int per_mille)
{
	uint64_t n = ls_latency_count(latency), seen = 0, want, width, middle;
	unsigned int i = 0;

	if (n == 0)
		return 0;
	want = (n * per_mille + 999) / 1000;
	want = want == 0 ? 1 : want > n ? n : want;
	while (seen + latency->buckets[i] < want)
		seen += latency->buckets[i++];
	if (i == LS_LATENCY_BUCKETS - 1)
		return latency->max_us;
	middle = bucket_start(i, &width);
	middle += width / 2;
	return middle < latency->max_us ? middle : latency->max_us;
}
