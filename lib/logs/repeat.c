#include "lib/logs/repeat.h"

#include "lib/base/base.h"

/* Dates of the journal are whole seconds. */
#define APART_US ((int64_t)(2 * LS_SEC))

/* FNV-1a */
static uint64_t
hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return h ? h : 1;
}

static bool
is_near(int64_t a_us, int64_t b_us)
{
	return a_us - b_us <= APART_US && b_us - a_us <= APART_US;
}

/* How far the wall clock of one is ahead of the boot clock of the other. */
static int64_t
distance(const struct ls_log_stated *one, const struct ls_log_stated *other)
{
	return one->form == LS_LOG_CLOCK_WALL ? one->wall_us - other->boot_us
					      : other->wall_us - one->boot_us;
}

static bool
is_same(const struct ls_log_repeat *repeat, const struct ls_log_stated *one,
	const struct ls_log_stated *other)
{
	unsigned int both = (unsigned int)one->form & (unsigned int)other->form;

	if (one->text != other->text || one->form == other->form)
		return false;
	if (both & LS_LOG_CLOCK_BOOT)
		return is_near(one->boot_us, other->boot_us);
	if (both & LS_LOG_CLOCK_WALL)
		return is_near(one->wall_us, other->wall_us);
	return !repeat->is_placed || is_near(distance(one, other), repeat->distance_us);
}

static void
keep(struct ls_log_repeat *repeat, const struct ls_log_stated *stated)
{
	struct ls_log_stated *one = &repeat->stated[repeat->next++ % LS_LOG_REPEAT_MAX];

	if (one->text)
		repeat->n[one->form]--;
	*one = *stated;
	repeat->n[one->form]++;
}

static bool
knows_other_forms(const struct ls_log_repeat *repeat, enum ls_log_clock_form form)
{
	for (int i = 0; i < LS_N_LOG_CLOCK_FORMS; i++) {
		if (i != (int)form && repeat->n[i])
			return true;
	}
	return false;
}

static struct ls_log_stated *
find(struct ls_log_repeat *repeat, const struct ls_log_stated *now)
{
	if (!knows_other_forms(repeat, now->form))
		return NULL;
	for (size_t i = 0; i < LS_LOG_REPEAT_MAX; i++) {
		if (is_same(repeat, &repeat->stated[i], now))
			return &repeat->stated[i];
	}
	return NULL;
}

bool
ls_log_repeat_is_one(struct ls_log_repeat *repeat, const struct ls_observation *obs,
		     const struct ls_log_clock *clock)
{
	struct ls_log_stated *before, now = {
		.text = hash(obs->text),
		.form = clock->form,
		.boot_us = (int64_t)clock->boot_clock_us,
		.wall_us = clock->wall_us,
	};

	if (now.form == LS_LOG_CLOCK_NONE || (!obs->port[0] && !obs->controller[0]))
		return false;
	if (now.form == LS_LOG_CLOCK_BOTH) {
		repeat->distance_us = now.wall_us - now.boot_us;
		repeat->is_placed = true;
	}
	before = find(repeat, &now);
	if (!before) {
		keep(repeat, &now);
		return false;
	}
	if (!((unsigned int)before->form & (unsigned int)now.form)) {
		repeat->distance_us = distance(before, &now);
		repeat->is_placed = true;
	}
	repeat->n[before->form]--;
	*before = (struct ls_log_stated){ 0 }; /* once */
	return true;
}
