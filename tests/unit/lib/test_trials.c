#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/attribution/blame.h"
#include "lib/attribution/swap.h"

static struct ls_blame blame;
static struct ls_swap swap;
static struct ls_blame_priors priors;

static int
fresh_trials(void **state)
{
	struct ls_trials *trials;

	if (ls_trials_new(&trials) < 0)
		return -1;
	*state = trials;
	ls_blame_priors_default(&priors);
	return 0;
}

static int
free_trials(void **state)
{
	ls_trials_free(*state);
	return 0;
}

static void
add(struct ls_trials *trials, const char *port, const char *cable, const char *device, double hours,
    uint32_t drops)
{
	struct ls_trial trial = { .names = { [LS_COMPONENT_HOST] = "pc",
					     [LS_COMPONENT_PORT] = port,
					     [LS_COMPONENT_CABLE] = cable,
					     [LS_COMPONENT_DEVICE] = device },
				  .hours = hours,
				  .drops = drops };

	assert_int_equal(ls_trials_add(trials, &trial), 1);
}

static void
invalid_trials_are_refused(void **state)
{
	static const double hours[] = { -1, NAN, INFINITY, 1e7 };
	struct ls_trial trial = { .names = { [LS_COMPONENT_PORT] = "1" } };

	for (size_t i = 0; i < LS_COUNT(hours); i++) {
		trial.hours = hours[i];
		assert_int_equal(ls_trials_add(*state, &trial), -EINVAL);
	}
	trial.hours = 1;
	trial.n_hubs = LS_TRIAL_HUBS_MAX + 1;
	assert_int_equal(ls_trials_add(*state, &trial), -EINVAL);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	assert_true(blame.hours == 0 && blame.drops == 0);
	priors.bad_shape = 0;
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), -EINVAL);
	assert_int_equal(ls_swap_advise(*state, &priors, &swap), -EINVAL);
}

static void
components_have_a_limit(void **state)
{
	struct ls_trial trial = { .hours = 1 };
	char name[16];

	trial.names[LS_COMPONENT_CABLE] = name;
	for (int i = 0; i < LS_MAX_COMPONENTS; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		assert_int_equal(ls_trials_add(*state, &trial), 1);
	}
	snprintf(name, sizeof(name), "one more");
	assert_int_equal(ls_trials_add(*state, &trial), -ENOSPC);
	snprintf(name, sizeof(name), "c7");
	assert_int_equal(ls_trials_add(*state, &trial), 1);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	assert_true(blame.hours == LS_MAX_COMPONENTS + 1);
}

/* A tenth of what a release build is asked for; it runs under sanitizers. */
static void
many_trials_are_summed(void **state)
{
	char port[16], cable[16], device[16];

	for (int i = 0; i < 100000; i++) {
		snprintf(port, sizeof(port), "p%d", i % 10);
		snprintf(cable, sizeof(cable), "c%d", i / 10 % 10);
		snprintf(device, sizeof(device), "d%d", i / 100 % 40);
		add(*state, port, cable, device, 0.5, i / 100 % 40 == 7);
	}
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	assert_true(blame.hours == 50000);
	assert_int_equal(blame.drops, 2500);
	assert_int_equal(blame.verdict, LS_VERDICT_SUSPECT);
	assert_string_equal(blame.suspects[0].name, "d7");
	assert_int_equal(blame.suspects[0].drops, 2500);
	assert_int_equal(blame.suspects[0].n_ports, 10);
	assert_int_equal(blame.suspects[0].n_cables, 10);
}

/* Three hypotheses by hand, by Simpson's rule over the rate (20000 steps of log x): nothing is bad, d1
 * or d2 is, each as likely; half Poisson, half negative binomial of shape 0.33. */
static void
posterior_matches_references(void **state)
{
	priors = (struct ls_blame_priors){ .nothing = 1,
					   .one = 1,
					   .component = { [LS_COMPONENT_DEVICE] = 1 },
					   .good_shape = 0.7,
					   .good_hours = 300,
					   .bad_shape = 1.3,
					   .bad_hours = 0.35 };
	add(*state, "", "", "d1", 0.5, 1);
	add(*state, "", "", "d1", 1, 1);
	add(*state, "", "", "d2", 4, 0);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	assert_true(fabs(blame.nothing - 0.000367343) < 2e-6);
	assert_string_equal(blame.suspects[0].name, "d1");
	assert_true(fabs(blame.suspects[0].probability - 0.999597097) < 2e-6);
	assert_int_equal(blame.n_suspects, 1); /* d2 has 4e-5, which is not listed */
	assert_true(fabs(blame.others - 3.55595e-5) < 2e-7);
}

static bool
never_varied(enum ls_component_kind kind, const char *name)
{
	for (size_t i = 0; i < blame.n_never_varied; i++) {
		if (blame.never_varied[i].kind == kind &&
		    strcmp(blame.never_varied[i].name, name) == 0)
			return true;
	}
	return false;
}

static void
what_was_never_varied_is_listed(void **state)
{
	add(*state, "1", "a", "d1", 1, 2);
	add(*state, "1", "", "d1", 1, 0);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	assert_true(never_varied(LS_COMPONENT_HOST, "pc"));
	assert_true(never_varied(LS_COMPONENT_PORT, "1"));
	assert_true(never_varied(LS_COMPONENT_DEVICE, "d1"));
	assert_false(never_varied(LS_COMPONENT_CONTROLLER, "")); /* the computer's */
	assert_false(never_varied(LS_COMPONENT_CABLE, "a"));
	assert_false(never_varied(LS_COMPONENT_CABLE, ""));
}

/* A device that always had the same cable of its own, beside others that are fine. */
static void
inseparable_parts_are_one_group(void **state)
{
	add(*state, "1", "white", "phone", 1, 4);
	add(*state, "2", "white", "phone", 1, 4);
	add(*state, "1", "black", "tablet", 8, 0);
	add(*state, "2", "black", "tablet", 8, 0);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	assert_int_equal(blame.verdict, LS_VERDICT_INSEPARABLE);
	assert_true(blame.probability > 0.95);
	assert_true(blame.suspects[0].group > 0);
	assert_int_equal(blame.suspects[0].group, blame.suspects[1].group);
	assert_string_equal(blame.suspects[0].name, "phone");
	assert_string_equal(blame.suspects[1].name, "white");
	assert_int_equal(blame.suspects[0].drops, 8);
	assert_int_equal(blame.suspects[0].drops_without, 0);
	assert_true(blame.suspects[0].hours_without == 16);
}

static void
an_unlabelled_cable_can_be_at_fault(void **state)
{
	add(*state, "1", "", "phone", 0.5, 3);
	add(*state, "2", "", "tablet", 0.5, 3);
	add(*state, "1", "good", "phone", 8, 0);
	add(*state, "2", "good", "tablet", 8, 0);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	assert_int_equal(blame.verdict, LS_VERDICT_SUSPECT);
	assert_int_equal(blame.suspects[0].kind, LS_COMPONENT_CABLE);
	assert_string_equal(blame.suspects[0].name, "");
}

/* Once is an accident, however likely the numbers make it. */
static void
one_drop_is_not_enough(void **state)
{
	add(*state, "1", "a", "phone", 0.05, 1);
	add(*state, "1", "b", "phone", 20, 0);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	assert_int_equal(blame.verdict, LS_VERDICT_NOT_ENOUGH_DATA);
}

/* Twenty sessions with two drops each, one by one and as a sum. */
static void
a_roll_up_is_worth_its_sessions(void **state)
{
	struct ls_trial sum = { .names = { [LS_COMPONENT_DEVICE] = "phone" },
				.hours = 20,
				.drops = 40,
				.n_sessions = 20 };
	ls_auto(ls_trials) *rolled_up = NULL;
	double probability;

	add(*state, "1", "a", "phone", 2, 0);
	add(*state, "1", "a", "tablet", 50, 0);
	for (int i = 0; i < 20; i++)
		add(*state, "1", "a", "phone", 1, 2);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	probability = blame.probability;
	assert_int_equal(ls_trials_new(&rolled_up), 0);
	add(rolled_up, "1", "a", "phone", 2, 0);
	add(rolled_up, "1", "a", "tablet", 50, 0);
	sum.names[LS_COMPONENT_HOST] = "pc";
	sum.names[LS_COMPONENT_PORT] = "1";
	sum.names[LS_COMPONENT_CABLE] = "a";
	assert_int_equal(ls_trials_add(rolled_up, &sum), 1);
	assert_int_equal(ls_blame_decide(rolled_up, &priors, &blame), 0);
	assert_true(fabs(blame.probability - probability) < 1e-9);
	assert_int_equal(blame.drops, 40);
}

/* Names that differ only where they are cut are the same. */
static void
long_names_are_cut(void **state)
{
	char name[2 * LS_COMPONENT_NAME_MAX];

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	add(*state, "1", name, "phone", 0.5, 3);
	name[sizeof(name) - 2] = 'y';
	add(*state, "1", name, "phone", 0.5, 3);
	name[LS_COMPONENT_NAME_MAX - 1] = '\0';
	add(*state, "1", name, "phone", 0.5, 3);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	for (size_t i = 0; i < blame.n_suspects; i++) {
		if (blame.suspects[i].kind == LS_COMPONENT_CABLE)
			assert_int_equal(strlen(blame.suspects[i].name), LS_COMPONENT_NAME_MAX - 1);
	}
	assert_int_equal(blame.suspects[0].n_cables, 1);
}

static void
nothing_known_is_no_advice(void **state)
{
	assert_int_equal(ls_swap_advise(*state, &priors, &swap), 0);
	assert_false(swap.possible);
	assert_int_equal(swap.get, LS_N_COMPONENT_KINDS);
	add(*state, "1", "a", "phone", 5, 0);
	assert_int_equal(ls_swap_advise(*state, &priors, &swap), 0);
	assert_false(swap.possible);
	assert_int_equal(swap.get, LS_N_COMPONENT_KINDS);
}

static void
one_of_each_needs_another_one(void **state)
{
	add(*state, "1", "a", "phone", 0.5, 3);
	assert_int_equal(ls_swap_advise(*state, &priors, &swap), 0);
	assert_false(swap.possible);
	/* Another computer would clear four suspects at once, but is to be fetched. */
	assert_int_not_equal(swap.get, LS_N_COMPONENT_KINDS);
	assert_int_not_equal(swap.get, LS_COMPONENT_HOST);
	assert_true(swap.get_gain_bits > 0.3);
	assert_true(swap.run_hours > 0.3 && swap.run_hours < 2);
}

/* Both outcomes of the advised swap are those that the same trial really leads to. */
static void
predicted_outcomes_match(void **state)
{
	struct ls_trial trial = { .hours = 0 };

	add(*state, "1", "a", "phone", 0.3, 2);
	add(*state, "1", "b", "phone", 0.3, 2);
	add(*state, "2", "", "tablet", 0, 0); /* there is a tablet, and a second port */
	assert_int_equal(ls_swap_advise(*state, &priors, &swap), 0);
	assert_true(swap.possible);
	assert_true(swap.gain_bits > 0.2);
	assert_true(fabs(swap.outcomes[0].probability + swap.outcomes[1].probability - 1) < 1e-9);
	assert_false(swap.outcomes[0].drop);
	for (size_t kind = 0; kind < LS_N_COMPONENT_KINDS; kind++)
		trial.names[kind] = swap.names[kind];
	trial.hours = swap.run_hours;
	assert_int_equal(ls_trials_add(*state, &trial), 1);
	assert_int_equal(ls_blame_decide(*state, &priors, &blame), 0);
	print_message("swap %s \"%s\" for \"%s\", %.2f h, %.2f bits: then %s %s %.3f\n",
		      ls_component_kind_name(swap.exchanges[0].kind), swap.exchanges[0].from,
		      swap.exchanges[0].to, swap.run_hours, swap.gain_bits,
		      ls_verdict_name(blame.verdict), blame.suspects[0].name, blame.probability);
	assert_int_equal(blame.verdict, swap.outcomes[0].verdict);
	assert_int_equal(blame.suspects[0].kind, swap.outcomes[0].kind);
	assert_string_equal(blame.suspects[0].name, swap.outcomes[0].name);
	assert_true(fabs(blame.probability - swap.outcomes[0].certainty) < 0.02);
}

static void
the_untried_cable_is_advised_when_all_else_varied(void **state)
{
	add(*state, "1", "a", "phone", 0.3, 2);
	add(*state, "2", "a", "phone", 0.3, 2);
	add(*state, "1", "a", "tablet", 0.3, 2);
	add(*state, "3", "b", "camera", 0, 0);
	assert_int_equal(ls_swap_advise(*state, &priors, &swap), 0);
	assert_true(swap.possible);
	assert_int_equal(swap.n_exchanges, 1);
	assert_int_equal(swap.exchanges[0].kind, LS_COMPONENT_CABLE);
	assert_string_equal(swap.exchanges[0].from, "a");
	assert_string_equal(swap.exchanges[0].to, "b");
	assert_int_equal(swap.outcomes[0].kind, LS_COMPONENT_CABLE);
	assert_string_equal(swap.outcomes[0].name, "a");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fresh_trials, free_trials)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(invalid_trials_are_refused),
		TEST(components_have_a_limit),
		TEST(many_trials_are_summed),
		TEST(posterior_matches_references),
		TEST(what_was_never_varied_is_listed),
		TEST(inseparable_parts_are_one_group),
		TEST(an_unlabelled_cable_can_be_at_fault),
		TEST(one_drop_is_not_enough),
		TEST(a_roll_up_is_worth_its_sessions),
		TEST(long_names_are_cut),
		TEST(nothing_known_is_no_advice),
		TEST(one_of_each_needs_another_one),
		TEST(predicted_outcomes_match),
		TEST(the_untried_cable_is_advised_when_all_else_varied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
