#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/attribution/blame.h"

/* One row of a table as a user would type it. Hubs are joined by ';'. */
struct row {
	const char *host, *controller, *port, *hubs, *cable, *device, *model;
	double hours;
	uint32_t drops, by_host;
};

static struct ls_blame blame;

static void
add_row(struct ls_trials *trials, const struct row *row)
{
	struct ls_trial trial = {
		.names = { [LS_COMPONENT_HOST] = row->host,
			   [LS_COMPONENT_CONTROLLER] = row->controller,
			   [LS_COMPONENT_PORT] = row->port,
			   [LS_COMPONENT_CABLE] = row->cable,
			   [LS_COMPONENT_DEVICE] = row->device,
			   [LS_COMPONENT_MODEL] = row->model },
		.hours = row->hours,
		.drops = row->drops,
		.drops_by_host = row->by_host,
	};
	char hubs[200];
	char *rest = NULL;

	snprintf(hubs, sizeof(hubs), "%s", row->hubs ? row->hubs : "");
	for (char *hub = strtok_r(hubs, ";", &rest); hub; hub = strtok_r(NULL, ";", &rest))
		trial.hubs[trial.n_hubs++] = hub;
	assert_int_equal(ls_trials_add(trials, &trial), 1);
}

/* A class is named as a whole, and the number is that of the class. */
static void
expect_the_number_of_what_is_named(void)
{
	double sum = 0;

	for (size_t i = 0; i < blame.n_suspects; i++) {
		assert_int_equal(blame.suspects[i].group == 1, i < blame.n_named);
		sum += i < blame.n_named ? blame.suspects[i].probability : 0;
	}
	if (blame.verdict != LS_VERDICT_NOTHING_SPECIAL)
		assert_true(fabs(blame.probability - sum) < 1e-9);
	else
		assert_true(fabs(blame.probability - blame.nothing) < 1e-9);
	if (ls_blame_accuses(&blame))
		assert_true(blame.probability >= LS_BLAME_SURE && blame.probability <= 1 + 1e-9);
}

static void
decide(const struct row *rows, size_t n)
{
	ls_auto(ls_trials) *trials = NULL;
	struct ls_blame_priors priors;

	assert_int_equal(ls_trials_new(&trials), 0);
	for (size_t i = 0; i < n && (rows[i].hours > 0 || rows[i].drops); i++)
		add_row(trials, &rows[i]);
	ls_blame_priors_default(&priors);
	assert_int_equal(ls_blame_decide(trials, &priors, &blame), 0);
	expect_the_number_of_what_is_named();
}

static void
show(const char *name)
{
	print_message("%s: %s %.3f; nothing %.3f, surroundings %.3f, others %.3f\n", name,
		      ls_verdict_name(blame.verdict), blame.probability, blame.nothing,
		      blame.surroundings, blame.others);
	for (size_t i = 0; i < blame.n_suspects && i < 6; i++) {
		const struct ls_suspect *suspect = &blame.suspects[i];

		print_message(
			"  %-10s %-14s %-10s %.3f  %u in %.2f h, without %u in %.2f h, group %u\n",
			ls_component_kind_name(suspect->kind), suspect->name, suspect->with,
			suspect->probability, suspect->drops, suspect->hours,
			suspect->drops_without, suspect->hours_without, suspect->group);
	}
}

#define ROWS_MAX 16
#define ROW(host_, port_, cable_, device_, hours_, drops_)                                         \
	.host = (host_), .port = (port_), .cable = (cable_), .device = (device_),                  \
	.hours = (hours_), .drops = (drops_)

/* Cases of facts/field.md, with times and counts as their threads suggest. */
static const struct {
	const char *name;
	enum ls_verdict verdict;
	enum ls_component_kind kind;
	const char *suspect, *with;
	struct row rows[ROWS_MAX];
} cases[] = {
	{ "T6: one phone, one cable, one port",
	  LS_VERDICT_NOT_ENOUGH_DATA,
	  LS_COMPONENT_DEVICE,
	  NULL,
	  NULL,
	  { { ROW("pc", "1", "c", "iphone", 0.2, 1) },
	    { ROW("pc", "1", "c", "iphone", 0.2, 1) } } },
	{ "T7: four cables, then another phone on the same cable",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_DEVICE,
	  "iphone6",
	  NULL,
	  { { ROW("pc", "1", "a", "iphone6", 0.15, 2) },
	    { ROW("pc", "1", "b", "iphone6", 0.15, 1) },
	    { ROW("pc", "1", "c", "iphone6", 0.15, 1) },
	    { ROW("pc", "1", "d", "iphone6", 0.15, 2) },
	    { ROW("pc", "1", "d", "other", 0.6, 0) } } },
	{ "T14: the cable once worked with a tablet",
	  LS_VERDICT_NOT_ENOUGH_DATA,
	  LS_COMPONENT_DEVICE,
	  NULL,
	  NULL,
	  { { ROW("pc", NULL, "c", "ipad", 0.3, 0) },
	    { ROW("pc", NULL, "c", "iphone", 0.1, 1) } } },
	{ "T19: one user's port",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_PORT,
	  "front",
	  NULL,
	  { { ROW("pc", "front", "a", "s9", 1, 4) },
	    { ROW("pc", "front", "b", "s9", 0.5, 2) },
	    { ROW("pc", "front", "a", "s8", 0.5, 2) },
	    { ROW("pc", "rear", "a", "s9", 3, 0) },
	    { ROW("pc", "rear", "b", "s9", 2, 0) } } },
	{ "T19: the other user's cable",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_CABLE,
	  "3 m",
	  NULL,
	  { { ROW("pc2", "2", "3 m", "phone", 0.5, 3) },
	    { ROW("pc2", "2", "0.5 m", "phone", 2, 0) },
	    { ROW("pc2", "2", "1.5 m", "phone", 2, 0) },
	    { ROW("pc2", "2", "3 m", "phone", 0.5, 2) } } },
	{ "T25: one device on one port",
	  LS_VERDICT_NOT_ENOUGH_DATA,
	  LS_COMPONENT_DEVICE,
	  NULL,
	  NULL,
	  { { ROW("cb1", "1", NULL, "ch341", 5, 2) }, { ROW("cb1", "1", NULL, "ch341", 3, 1) } } },
	{ "T35: cables, then a second TPU of the model",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_DEVICE,
	  "tpu1",
	  NULL,
	  { { ROW("nuc", "1", "a", "tpu1", 6, 5), .model = "tpu" },
	    { ROW("nuc", "1", "b", "tpu1", 5, 4), .model = "tpu" },
	    { ROW("nuc", "2", "b", "tpu1", 4, 3), .model = "tpu" },
	    { ROW("nuc", "1", "b", "tpu2", 48, 0), .model = "tpu" } } },
	{ "T38: the older chip version",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_DEVICE,
	  "pl2303 old",
	  NULL,
	  { { ROW("pi", "1", "none", "pl2303 old", 2, 3), .model = "pl2303 1.1" },
	    { ROW("pi", "2", "none", "pl2303 old", 2, 2), .model = "pl2303 1.1" },
	    { ROW("pi", "1", "none", "pl2303 new", 10, 0), .model = "pl2303 2.0" },
	    { ROW("pi", "2", "none", "pl2303 new", 5, 0), .model = "pl2303 2.0" } } },
	{ "T39: the controller dies with four devices",
	  LS_VERDICT_INSEPARABLE,
	  LS_COMPONENT_CONTROLLER,
	  "xhci",
	  NULL,
	  { { ROW("pi4", "1", NULL, "ssd", 20, 3), .controller = "xhci", .by_host = 3 },
	    { ROW("pi4", "2", NULL, "stick", 20, 3), .controller = "xhci", .by_host = 3 },
	    { ROW("pi4", "3", NULL, "kbd", 20, 3), .controller = "xhci", .by_host = 3 },
	    { ROW("pi4", "4", NULL, "mouse", 20, 3), .controller = "xhci", .by_host = 3 } } },
	{ "T43: this chip on that hub",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_DEVICE,
	  "chip",
	  "hub A",
	  { { ROW("pc", "A1", "a", "chip", 0.1, 1), .hubs = "hub A" },
	    { ROW("pc", "A2", "b", "chip", 0.1, 1), .hubs = "hub A" },
	    { ROW("pc", "A1", "a", "chip", 0.1, 1), .hubs = "hub A" },
	    { ROW("pc", "A2", "b", "chip", 0.1, 1), .hubs = "hub A" },
	    { ROW("pc", "A1", "a", "other", 2, 0), .hubs = "hub A" },
	    { ROW("pc", "A2", "b", "other", 2, 0), .hubs = "hub A" },
	    { ROW("pc", "A1", "b", "other", 2, 0), .hubs = "hub A" },
	    { ROW("pc", "A2", "a", "other", 2, 0), .hubs = "hub A" },
	    { ROW("pc", "r1", "a", "chip", 2, 0) },
	    { ROW("pc", "r2", "b", "chip", 2, 0) },
	    { ROW("pc", "r1", "b", "chip", 2, 0) },
	    { ROW("pc", "B1", "a", "chip", 2, 0), .hubs = "hub B" } } },
	{ "all parts drop alike",
	  LS_VERDICT_SURROUNDINGS,
	  LS_N_COMPONENT_KINDS,
	  "",
	  NULL,
	  { { ROW("pc", "1", "a", "phone", 1, 2) },
	    { ROW("laptop", "l1", "b", "tablet", 1, 3) },
	    { ROW("pc", "2", "b", "phone", 1, 2) },
	    { ROW("laptop", "l2", "a", "camera", 1, 2) },
	    { ROW("pc", "1", "c", "camera", 1, 3) },
	    { ROW("laptop", "l1", "c", "phone", 1, 2) } } },
	{ "the first day: no cable has a label",
	  LS_VERDICT_INSEPARABLE,
	  LS_COMPONENT_DEVICE,
	  "iphone",
	  NULL,
	  { { ROW("pc", "1", NULL, "iphone", 0.5, 2) },
	    { ROW("pc", "2", NULL, "iphone", 0.5, 1) },
	    { ROW("pc", "1", NULL, "disk", 4, 0) },
	    { ROW("pc", "2", NULL, "iphone", 0.5, 1) },
	    { ROW("pc", "2", NULL, "disk", 4, 0) },
	    { ROW("pc", "1", NULL, "iphone", 0.5, 2) } } },
	{ "no drops in a day on two cables",
	  LS_VERDICT_NOTHING_SPECIAL,
	  LS_COMPONENT_DEVICE,
	  NULL,
	  NULL,
	  { { ROW("pc", "1", "a", "d", 12, 0) }, { ROW("pc", "1", "b", "d", 12, 0) } } },
};

static void
field_cases_get_the_right_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		decide(cases[i].rows, ROWS_MAX);
		show(cases[i].name);
		assert_int_equal(blame.verdict, cases[i].verdict);
		if (!cases[i].suspect)
			continue;
		assert_int_equal(blame.suspects[0].kind, cases[i].kind);
		assert_string_equal(blame.suspects[0].name, cases[i].suspect);
		assert_string_equal(blame.suspects[0].with, cases[i].with ? cases[i].with : "");
	}
}

/* @day of 40: the white cable on either port, the black one too; the dock comes on day 20. */
static void
add_day(struct ls_trials *trials, unsigned int day, uint32_t drops)
{
	static const char *const ports[] = { "left", "right" }, *const phones[] = { "one", "two" };
	struct ls_trial trial = {
		.start_us = (1700000000 + (int64_t)day * 86400) * (int64_t)LS_SEC,
		.names = { [LS_COMPONENT_HOST] = "bench",
			   [LS_COMPONENT_PORT] = ports[day % 2],
			   [LS_COMPONENT_CABLE] = "white",
			   [LS_COMPONENT_DEVICE] = phones[day / 2 % 2] },
		.hours = 2,
		.drops = drops,
	};

	if (day >= 20 && day % 3) {
		trial.hubs[0] = "dock";
		trial.n_hubs = 1;
	}
	assert_int_equal(ls_trials_add(trials, &trial), 1);
	trial.names[LS_COMPONENT_CABLE] = "black";
	trial.drops = 0;
	assert_int_equal(ls_trials_add(trials, &trial), 1);
}

static void
says_since_when_and_what_came_then(void **state)
{
	ls_auto(ls_trials) *trials = NULL;
	struct ls_blame_priors priors;
	const struct ls_suspect *first = &blame.suspects[0];
	int64_t day;

	(void)state;
	assert_int_equal(ls_trials_new(&trials), 0);
	for (unsigned int i = 0; i < 40; i++)
		add_day(trials, i, i >= 20 ? 1 + i % 2 : 0);
	ls_blame_priors_default(&priors);
	assert_int_equal(ls_blame_decide(trials, &priors, &blame), 0);
	show("began on day 20");
	assert_string_equal(first->name, "white");
	day = first->since_us / (86400 * (int64_t)LS_SEC) - 1700000000 / 86400;
	assert_in_range(day, 18, 21);
	assert_string_equal(first->came, "dock");
	assert_int_equal(first->came_kind, LS_COMPONENT_HUB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(field_cases_get_the_right_verdict),
		cmocka_unit_test(says_since_when_and_what_came_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
