#include "lib/usbmon/burst.h"

void
ls_burst_config_default(struct ls_burst_config *config)
{
	*config = (struct ls_burst_config){
		.n_errors = 3,
		.leak_us = 5 * LS_SEC,
		.quiet_us = 30 * LS_SEC,
	};
}

static void
leak(struct ls_burst *burst, const struct ls_burst_config *config, uint64_t now_us)
{
	uint64_t n;

	if (now_us <= burst->leaked_us)
		return;
	n = config->leak_us ? (now_us - burst->leaked_us) / config->leak_us : burst->level;
	if (n >= burst->level) {
		burst->level = 0;
		burst->leaked_us = now_us;
		return;
	}
	burst->level -= (uint32_t)n;
	burst->leaked_us += n * config->leak_us;
}

/* When it ends if nothing more comes; LS_NEVER if it has not begun. */
static uint64_t
deadline_of(const struct ls_burst *burst, const struct ls_burst_config *config)
{
	if (!burst->on || config->quiet_us > LS_NEVER - burst->last_us)
		return LS_NEVER;
	return burst->last_us + config->quiet_us;
}

static void
count(struct ls_burst *burst, uint64_t now_us, uint32_t n)
{
	if (burst->level == 0 && !burst->on) {
		burst->first_us = now_us;
		burst->n = 0;
	}
	burst->n += n;
	burst->level = n > UINT32_MAX - burst->level ? UINT32_MAX : burst->level + n;
	if (now_us > burst->last_us)
		burst->last_us = now_us;
}

enum ls_burst_edge
ls_burst_add(struct ls_burst *burst, const struct ls_burst_config *config, uint64_t now_us,
	     uint32_t n)
{
	uint64_t deadline = deadline_of(burst, config);

	leak(burst, config, now_us);
	if (deadline != LS_NEVER && now_us >= deadline) {
		burst->on = false;
		burst->level = n; /* new errors count for the next burst */
		if (n > 0)
			burst->first_us = burst->last_us = now_us;
		burst->n = n > 0 ? n : burst->n;
		return LS_BURST_ENDED;
	}
	if (n == 0)
		return LS_BURST_SAME;
	count(burst, now_us, n);
	if (burst->on || burst->level < config->n_errors)
		return LS_BURST_SAME;
	burst->on = true;
	return LS_BURST_BEGAN;
}
