#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/attribution/blame.h"

/* One row of a table that a person would type. Hubs are joined by ';'. */
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
	  { { .host = "pc",
	      .port = "1",
	      .cable = "c",
	      .device = "iphone",
	      .hours = 0.2,
	      .drops = 1 },
	    { .host = "pc",
	      .port = "1",
	      .cable = "c",
	      .device = "iphone",
	      .hours = 0.2,
	      .drops = 1 } } },
	{ "T7: four cables, then another phone on the same cable",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_DEVICE,
	  "iphone6",
	  NULL,
	  { { .host = "pc",
	      .port = "1",
	      .cable = "a",
	      .device = "iphone6",
	      .hours = 0.15,
	      .drops = 2 },
	    { .host = "pc",
	      .port = "1",
	      .cable = "b",
	      .device = "iphone6",
	      .hours = 0.15,
	      .drops = 1 },
	    { .host = "pc",
	      .port = "1",
	      .cable = "c",
	      .device = "iphone6",
	      .hours = 0.15,
	      .drops = 1 },
	    { .host = "pc",
	      .port = "1",
	      .cable = "d",
	      .device = "iphone6",
	      .hours = 0.15,
	      .drops = 2 },
	    { .host = "pc", .port = "1", .cable = "d", .device = "other", .hours = 0.6 } } },
	{ "T14: the cable once worked with a tablet",
	  LS_VERDICT_NOT_ENOUGH_DATA,
	  LS_COMPONENT_DEVICE,
	  NULL,
	  NULL,
	  { { .host = "pc", .cable = "c", .device = "ipad", .hours = 0.3 },
	    { .host = "pc", .cable = "c", .device = "iphone", .hours = 0.1, .drops = 1 } } },
	{ "T19: one user's port",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_PORT,
	  "front",
	  NULL,
	  { { .host = "pc", .port = "front", .cable = "a", .device = "s9", .hours = 1, .drops = 4 },
	    { .host = "pc",
	      .port = "front",
	      .cable = "b",
	      .device = "s9",
	      .hours = 0.5,
	      .drops = 2 },
	    { .host = "pc",
	      .port = "front",
	      .cable = "a",
	      .device = "s8",
	      .hours = 0.5,
	      .drops = 2 },
	    { .host = "pc", .port = "rear", .cable = "a", .device = "s9", .hours = 3 },
	    { .host = "pc", .port = "rear", .cable = "b", .device = "s9", .hours = 2 } } },
	{ "T19: the other user's cable",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_CABLE,
	  "3 m",
	  NULL,
	  { { .host = "pc2",
	      .port = "2",
	      .cable = "3 m",
	      .device = "phone",
	      .hours = 0.5,
	      .drops = 3 },
	    { .host = "pc2", .port = "2", .cable = "0.5 m", .device = "phone", .hours = 2 },
	    { .host = "pc2", .port = "2", .cable = "1.5 m", .device = "phone", .hours = 2 },
	    { .host = "pc2",
	      .port = "2",
	      .cable = "3 m",
	      .device = "phone",
	      .hours = 0.5,
	      .drops = 2 } } },
	{ "T25: one device on one port",
	  LS_VERDICT_NOT_ENOUGH_DATA,
	  LS_COMPONENT_DEVICE,
	  NULL,
	  NULL,
	  { { .host = "cb1", .port = "1", .device = "ch341", .hours = 5, .drops = 2 },
	    { .host = "cb1", .port = "1", .device = "ch341", .hours = 3, .drops = 1 } } },
	{ "T35: cables, then a second TPU of the model",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_DEVICE,
	  "tpu1",
	  NULL,
	  { { .host = "nuc",
	      .port = "1",
	      .cable = "a",
	      .device = "tpu1",
	      .model = "tpu",
	      .hours = 6,
	      .drops = 5 },
	    { .host = "nuc",
	      .port = "1",
	      .cable = "b",
	      .device = "tpu1",
	      .model = "tpu",
	      .hours = 5,
	      .drops = 4 },
	    { .host = "nuc",
	      .port = "2",
	      .cable = "b",
	      .device = "tpu1",
	      .model = "tpu",
	      .hours = 4,
	      .drops = 3 },
	    { .host = "nuc",
	      .port = "1",
	      .cable = "b",
	      .device = "tpu2",
	      .model = "tpu",
	      .hours = 48 } } },
	{ "T38: the older chip version",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_DEVICE,
	  "pl2303 old",
	  NULL,
	  { { .host = "pi",
	      .port = "1",
	      .device = "pl2303 old",
	      .model = "pl2303 1.1",
	      .hours = 2,
	      .drops = 3 },
	    { .host = "pi",
	      .port = "2",
	      .device = "pl2303 old",
	      .model = "pl2303 1.1",
	      .hours = 2,
	      .drops = 2 },
	    { .host = "pi",
	      .port = "1",
	      .device = "pl2303 new",
	      .model = "pl2303 2.0",
	      .hours = 10 },
	    { .host = "pi",
	      .port = "2",
	      .device = "pl2303 new",
	      .model = "pl2303 2.0",
	      .hours = 5 } } },
	{ "T39: the controller dies with four devices",
	  LS_VERDICT_INSEPARABLE,
	  LS_COMPONENT_CONTROLLER,
	  "xhci",
	  NULL,
	  { { .host = "pi4",
	      .controller = "xhci",
	      .port = "1",
	      .device = "ssd",
	      .hours = 20,
	      .drops = 3,
	      .by_host = 3 },
	    { .host = "pi4",
	      .controller = "xhci",
	      .port = "2",
	      .device = "stick",
	      .hours = 20,
	      .drops = 3,
	      .by_host = 3 },
	    { .host = "pi4",
	      .controller = "xhci",
	      .port = "3",
	      .device = "kbd",
	      .hours = 20,
	      .drops = 3,
	      .by_host = 3 },
	    { .host = "pi4",
	      .controller = "xhci",
	      .port = "4",
	      .device = "mouse",
	      .hours = 20,
	      .drops = 3,
	      .by_host = 3 } } },
	{ "T43: this chip on that hub",
	  LS_VERDICT_SUSPECT,
	  LS_COMPONENT_HUB,
	  "hub A",
	  "chip",
	  { { .host = "pc",
	      .port = "A1",
	      .hubs = "hub A",
	      .cable = "a",
	      .device = "chip",
	      .hours = 0.3,
	      .drops = 4 },
	    { .host = "pc",
	      .port = "A2",
	      .hubs = "hub A",
	      .cable = "b",
	      .device = "chip",
	      .hours = 0.3,
	      .drops = 4 },
	    { .host = "pc",
	      .port = "A1",
	      .hubs = "hub A",
	      .cable = "a",
	      .device = "other",
	      .hours = 2 },
	    { .host = "pc",
	      .port = "A2",
	      .hubs = "hub A",
	      .cable = "b",
	      .device = "other",
	      .hours = 2 },
	    { .host = "pc", .port = "r1", .cable = "a", .device = "chip", .hours = 2 },
	    { .host = "pc", .port = "r2", .cable = "b", .device = "chip", .hours = 2 },
	    { .host = "pc",
	      .port = "B1",
	      .hubs = "hub B",
	      .cable = "a",
	      .device = "chip",
	      .hours = 2 } } },
	{ "no drops in a day on two cables",
	  LS_VERDICT_NOTHING_SPECIAL,
	  LS_COMPONENT_DEVICE,
	  NULL,
	  NULL,
	  { { .host = "pc", .port = "1", .cable = "a", .device = "d", .hours = 12 },
	    { .host = "pc", .port = "1", .cable = "b", .device = "d", .hours = 12 } } },
};

static void
field_cases_come_out_on_the_right_side(void **state)
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(field_cases_come_out_on_the_right_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
