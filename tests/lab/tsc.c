/*
 * Prints the frequency of this computer's time stamp counter in kHz, which is also that of a machine under
 * emulation. Linux measures it while it boots; on a busy host it gets a wrong one, and all its clocks run
 * at a wrong speed from then on. Prints nothing where there is no such counter.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>

#define N_ATTEMPTS 20

struct moment {
	uint64_t ns, ticks;
};

/* The attempt that nothing came between is the shortest one. */
static struct moment
now(void)
{
	struct moment ret = { 0 };
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < N_ATTEMPTS; i++) {
		uint64_t before = __rdtsc(), after;
		struct timespec ts;

		clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
		after = __rdtsc();
		if (after - before >= best)
			continue;
		best = after - before;
		ret.ticks = before + best / 2;
		ret.ns = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	}
	return ret;
}

int
main(void)
{
	struct moment begin = now(), end;

	nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	end = now();
	printf("%.0f\n", (double)(end.ticks - begin.ticks) * 1e6 / (double)(end.ns - begin.ns));
	return 0;
}
#else
int
main(void)
{
	return 0;
}
#endif
