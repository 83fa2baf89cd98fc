#pragma once
/*
 * Times of transfers on a logarithmic scale, as HdrHistogram has it: below 32 µs every microsecond
 * has its bucket, above 16 buckets share each power of two. What is read out lies within 1/32 of
 * the sample that it stands for (one bucket, from its middle). 2^27 µs (134 s) and more is one
 * bucket; the longest sample is kept exactly.
 */
#include "lib/base/base.h"

#define LS_LATENCY_BUCKETS 384
#define LS_LATENCY_LONGEST ((UINT64_C(1) << 27) - 1)

struct ls_latency {
	uint64_t max_us;
	uint32_t buckets[LS_LATENCY_BUCKETS]; /* stay at UINT32_MAX when merging reaches it */
};

static inline unsigned int
ls_latency_bucket(uint64_t us)
{
	uint64_t clipped = us < LS_LATENCY_LONGEST ? us : LS_LATENCY_LONGEST;
	unsigned int shift = 59 - (unsigned int)__builtin_clzll(clipped | 16);

	return (shift << 4) + (unsigned int)(clipped >> shift);
}

static inline void
ls_latency_add(struct ls_latency *latency, uint64_t us)
{
	if (us > latency->max_us)
		latency->max_us = us;
	latency->buckets[ls_latency_bucket(us)]++;
}

void ls_latency_merge(struct ls_latency *into, const struct ls_latency *from);
/* What came in after @before, an earlier copy. The longest of those is exact only if it is the
 * longest of all, otherwise the upper end of its bucket. */
void ls_latency_since(const struct ls_latency *now, const struct ls_latency *before,
		      struct ls_latency *ret);

uint64_t ls_latency_count(const struct ls_latency *latency);
/* The time within which @per_mille of the samples were done: 500 is the median. 0: no samples. */
uint64_t ls_latency_quantile(const struct ls_latency *latency, unsigned int per_mille);
