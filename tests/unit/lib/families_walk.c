#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/families_walk.h"

static void
assert_step(const struct ls_families *families, const struct walk_step *step,
	    const struct ls_mode *before, const struct ls_mode *mode)
{
	const struct ls_edge *edge = ls_families_edge(families, before, mode, step->away_us);
	char name[64] = "";

	if (mode)
		(void)snprintf(name, sizeof(name), "%s %s", mode->family, mode->name);
	print_message("  %04x:%04x after %.3f s\n", step->device.vid, step->device.pid,
		      (double)step->away_us / 1e6);
	assert_string_equal(name, step->mode);
	if (step->verdict == WALK_FIRST)
		return;
	if (step->verdict == WALK_NO_EDGE) {
		assert_null(edge);
		return;
	}
	assert_non_null(edge);
	assert_int_equal(edge->meaning, step->verdict);
	assert_true(edge->why[0]);
}

static void
walk_one(const struct ls_families *families, const struct walk *walk)
{
	const struct ls_mode *before = NULL;

	print_message("%s\n", walk->title);
	for (size_t i = 0; i < WALK_STEPS_MAX && walk->steps[i].mode; i++) {
		const struct walk_step *step = &walk->steps[i];
		const struct ls_mode *mode =
			ls_families_mode(families, &step->device, before, step->away_us);

		assert_step(families, step, before, mode);
		before = mode;
	}
}

void
walk_all(const struct walk *walks, size_t n)
{
	ls_auto(ls_families) *families = NULL;

	assert_int_equal(ls_families_new(&families), 0);
	for (size_t i = 0; i < n; i++)
		walk_one(families, &walks[i]);
}
