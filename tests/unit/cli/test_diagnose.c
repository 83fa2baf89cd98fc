#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/diagnose/histories.h"
#include "cli/diagnose/priors.h"

static void
reads_priors(void **state)
{
	static const struct {
		const char *text;
		int want;
		const char *why; /* a part of it */
	} cases[] = {
		{ "cable=3", 1, NULL },
		{ "cable=0,bad_hours=0.5,surroundings=1e1", 1, NULL },
		{ "", -EINVAL, "\"\" is not known; known are nothing, one" },
		{ "cabel=3", -EINVAL, "\"cabel=3\" is not known" },
		{ "cable", -EINVAL, "as in cable=0.5" },
		{ "cable=", -EINVAL, "a number from 0" },
		{ "cable=-1", -EINVAL, "a number from 0" },
		{ "cable=3,", -EINVAL, "not known" },
		{ "cable=1e7", -EINVAL, "up to 1000000" },
		{ "good_shape=0", -EINVAL, "a number above 0" },
		{ "\033[2J=1", -EINVAL, "\"\\x1b[2J=1\" is not known" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_blame_priors priors;
		char why[PRIORS_WHY_MAX] = "";

		print_message("%s\n", cases[i].text);
		ls_blame_priors_default(&priors);
		assert_int_equal(priors_parse(cases[i].text, &priors, why), cases[i].want);
		if (cases[i].why)
			assert_non_null(strstr(why, cases[i].why));
	}
}

static void
sets_what_was_named(void **state)
{
	struct ls_blame_priors priors, untouched;
	char why[PRIORS_WHY_MAX];

	(void)state;
	ls_blame_priors_default(&priors);
	ls_blame_priors_default(&untouched);
	assert_int_equal(priors_parse("cable=0.25,bad_hours=2,nothing=7", &priors, why), 1);
	assert_true(priors.component[LS_COMPONENT_CABLE] == 0.25);
	assert_true(priors.bad_hours == 2 && priors.nothing == 7);
	untouched.component[LS_COMPONENT_CABLE] = 0.25;
	untouched.bad_hours = 2;
	untouched.nothing = 7;
	assert_memory_equal(&priors, &untouched, sizeof(priors));
}

static char *
read_manual(void)
{
	char path[4096], *text = calloc(1, 1 << 20);
	FILE *file;

	snprintf(path, sizeof(path), "%s/cli/linkstat.1", getenv("BUILD_DIR"));
	file = fopen(path, "re");
	assert_non_null(file);
	assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
	fclose(file);
	return text;
}

static void
documents_the_priors_that_are_used(void **state)
{
	struct ls_blame_priors priors;
	char *manual = read_manual(), wanted[64];

	(void)state;
	ls_blame_priors_default(&priors);
	const struct {
		const char *key;
		double value;
	} all[] = {
		{ "nothing", priors.nothing },
		{ "one", priors.one },
		{ "two", priors.two },
		{ "pair", priors.pair },
		{ "surroundings", priors.surroundings },
		{ "host", priors.component[LS_COMPONENT_HOST] },
		{ "controller", priors.component[LS_COMPONENT_CONTROLLER] },
		{ "hub", priors.component[LS_COMPONENT_HUB] },
		{ "port", priors.component[LS_COMPONENT_PORT] },
		{ "cable", priors.component[LS_COMPONENT_CABLE] },
		{ "device", priors.component[LS_COMPONENT_DEVICE] },
		{ "model", priors.component[LS_COMPONENT_MODEL] },
		{ "good_shape", priors.good_shape },
		{ "good_hours", priors.good_hours },
		{ "bad_shape", priors.bad_shape },
		{ "bad_hours", priors.bad_hours },
	};

	for (size_t i = 0; i < LS_COUNT(all); i++) {
		/* .BR key " value, " … */
		snprintf(wanted, sizeof(wanted), " %s \" %g", all[i].key, all[i].value);
		print_message("%s\n", wanted);
		assert_non_null(strstr(manual, wanted));
		assert_non_null(strpbrk(strstr(manual, wanted) + strlen(wanted), ",\"\n"));
		assert_true(strchr(",\"\n", strstr(manual, wanted)[strlen(wanted)]));
	}
	free(manual);
}

static void
add(struct histories *histories, const char *host, const char *controller, const char *hub,
    const char *port)
{
	struct ls_trial trial = { .hours = 1, .drops = 1 };

	trial.names[LS_COMPONENT_HOST] = host;
	trial.names[LS_COMPONENT_CONTROLLER] = controller;
	trial.names[LS_COMPONENT_PORT] = port;
	trial.names[LS_COMPONENT_CABLE] = "white";
	trial.hubs[0] = hub;
	trial.n_hubs = hub != NULL;
	assert_int_equal(histories_add(histories, &trial, NULL), 0);
}

/* All of a kind, in the order in which they came. */
static void
expect_names(const struct histories *histories, enum ls_component_kind kind, const char *want)
{
	char list[4096] = "", name[HISTORIES_NAME_MAX];

	for (size_t i = 0; histories_part(histories, kind, i, name); i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
			 name);
	assert_string_equal(list, want);
}

static void
distinguishes_ports_by_their_place(void **state)
{
	ls_auto(histories) *histories = NULL;

	(void)state;
	assert_int_equal(histories_new(&histories), 0);
	add(histories, "a", "c1", NULL, "1-1");
	add(histories, "a", "c1", NULL, "1-1");
	add(histories, "b", "c1", NULL, "1-1");
	add(histories, "b", "c2", NULL, "1-2");
	add(histories, "b", "c2", "hub x", "1-3");
	add(histories, "b", "c2", "hub y", "1-3");
	add(histories, "b", "c2", "05e3:0610 at 1-4", NULL);
	add(histories, "a", "c2", "05e3:0610 at 1-4", NULL);
	expect_names(histories, LS_COMPONENT_HOST, "a, b");
	expect_names(histories, LS_COMPONENT_CABLE, "white");
	expect_names(histories, LS_COMPONENT_CONTROLLER, "c1 on a, c1 on b, c2 on b, c2 on a");
	expect_names(histories, LS_COMPONENT_PORT,
		     "1-1 on a, 1-1 on b, 1-2, 1-3 behind hub x, 1-3 behind hub y");
	expect_names(histories, LS_COMPONENT_HUB,
		     "hub x, hub y, 05e3:0610 at 1-4 on b, 05e3:0610 at 1-4 on a");
}

static void
names_ports_and_devices_by_label(void **state)
{
	static const struct histories_aliases aliases = { .port = "left",
							  .port_too = "1-1",
							  .device = "iPhone" };
	ls_auto(histories) *histories = NULL;
	struct ls_trial trial = { .hours = 1 };

	(void)state;
	assert_int_equal(histories_new(&histories), 0);
	trial.names[LS_COMPONENT_PORT] = "pci-0000:00:14.0-usb-0:1";
	trial.names[LS_COMPONENT_DEVICE] = "05ac:12a8:A";
	assert_int_equal(histories_add(histories, &trial, &aliases), 0);
	expect_names(histories, LS_COMPONENT_DEVICE, "iPhone");
	trial.names[LS_COMPONENT_DEVICE] = "05ac:12a8:B";
	assert_int_equal(histories_add(histories, &trial, &aliases), 0);
	expect_names(histories, LS_COMPONENT_PORT, "left");
	expect_names(histories, LS_COMPONENT_DEVICE, "iPhone = 05ac:12a8:A, iPhone = 05ac:12a8:B");
}

static void
looks_at_what_is_linked(void **state)
{
	static const struct {
		const char *focus;
		int want;
		uint64_t n_taken;
	} cases[] = {
		{ NULL, 1, 3 },	     { "left", 1, 2 },	{ "right", 1, 2 }, { "far", 1, 1 },
		{ "nowhere", 0, 0 }, { "white", 0, 0 }, { "", 0, 0 },
	};
	ls_auto(histories) *histories = NULL;
	struct ls_trial trial = { .hours = 1 };

	(void)state;
	assert_int_equal(histories_new(&histories), 0);
	trial.names[LS_COMPONENT_HOST] = "bench";
	for (int i = 0; i < 3; i++) {
		trial.names[LS_COMPONENT_PORT] = i == 0 ? "left" : i == 1 ? "right" : "far";
		trial.names[LS_COMPONENT_CABLE] = i < 2 ? "white" : "black";
		assert_int_equal(histories_add(histories, &trial, NULL), 0);
	}
	assert_int_equal(histories_n_rows(histories), 3);
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		const struct ls_trials *trials;

		print_message("%s\n", cases[i].focus ? cases[i].focus : "(all)");
		assert_int_equal(histories_trials(histories, cases[i].focus, &trials),
				 cases[i].want);
		if (cases[i].want)
			assert_int_equal(histories_n_taken(histories), cases[i].n_taken);
	}
}

static void
bounds_the_number_of_parts(void **state)
{
	ls_auto(histories) *histories = NULL;
	struct ls_trial trial = { .hours = 1 };
	char name[32];
	int r = 0, n = 0;

	(void)state;
	assert_int_equal(histories_new(&histories), 0);
	trial.names[LS_COMPONENT_CABLE] = name;
	while (r == 0 && n < 2 * LS_MAX_COMPONENTS) {
		snprintf(name, sizeof(name), "%d", n++);
		r = histories_add(histories, &trial, NULL);
	}
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(n, LS_MAX_COMPONENTS + 1);
}

/* Ten years of a room are more hours than one trial may have. */
static void
holds_any_number_of_hours(void **state)
{
	ls_auto(histories) *histories = NULL;
	const struct ls_trials *trials;
	struct ls_trial trial = { .hours = 9e5, .drops = UINT32_MAX };
	struct ls_blame_priors priors;
	struct ls_blame *blame = calloc(1, sizeof(*blame));

	(void)state;
	assert_int_equal(histories_new(&histories), 0);
	trial.names[LS_COMPONENT_CABLE] = "white";
	for (int i = 0; i < 5; i++)
		assert_int_equal(histories_add(histories, &trial, NULL), 0);
	assert_int_equal(histories_trials(histories, NULL, &trials), 1);
	ls_blame_priors_default(&priors);
	assert_int_equal(ls_blame_decide(trials, &priors, blame), 0);
	assert_true(blame->hours == 4.5e6);
	free(blame);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_priors),
		cmocka_unit_test(sets_what_was_named),
		cmocka_unit_test(documents_the_priors_that_are_used),
		cmocka_unit_test(distinguishes_ports_by_their_place),
		cmocka_unit_test(names_ports_and_devices_by_label),
		cmocka_unit_test(looks_at_what_is_linked),
		cmocka_unit_test(bounds_the_number_of_parts),
		cmocka_unit_test(holds_any_number_of_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
