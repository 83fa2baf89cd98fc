/* The shipped table and Apple: ways through a restore, what is none, and who is who. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/families_walk.h"

#define APPLE(product)                                                                             \
	{                                                                                          \
		.vid = 0x05ac, .pid = (product)                                                    \
	}
#define STEP(product, seconds, name, verdict_)                                                     \
	{                                                                                          \
		.device = APPLE(product), .away_us = S(seconds), .mode = "apple " name,            \
		.verdict = WALK_##verdict_                                                         \
	}

/* Times as seen in logs: 7 … 61 s to recovery, up to 15 s for a loader, 0.3 s for checkm8. */
static void
a_restore_is_four_expected_changes(void **state)
{
	static const struct walk walks[] = {
		{ "from normal use",
		  { STEP(0x12a8, 0, "normal", FIRST), STEP(0x1281, 61, "recovery", EXPECTED),
		    STEP(0x1281, 6, "recovery-ibec", EXPECTED),
		    STEP(0x12a8, 23, "restore", EXPECTED), STEP(0x12a8, 70, "normal", EXPECTED) } },
		{ "from recovery mode",
		  { STEP(0x1281, 0, "recovery", FIRST), STEP(0x1281, 2, "recovery-ibec", EXPECTED),
		    STEP(0x12ab, 180, "restore", EXPECTED),
		    STEP(0x12ab, 30, "normal", EXPECTED) } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

static void
a_restore_may_begin_in_dfu_mode(void **state)
{
	static const struct walk walks[] = {
		{ "DFU mode, a new chip",
		  { STEP(0x1227, 0, "dfu", FIRST), STEP(0x1281, 3, "recovery-dfu", EXPECTED),
		    STEP(0x1281, 14, "recovery-ibec", EXPECTED),
		    STEP(0x12a8, 23, "restore", EXPECTED), STEP(0x12a8, 60, "normal", EXPECTED) } },
		{ "WTF mode, an old chip",
		  { STEP(0x1222, 0, "wtf", FIRST), STEP(0x1227, 2, "dfu", EXPECTED),
		    STEP(0x1227, 0.3, "dfu", EXPECTED), STEP(0x1281, 5, "recovery-dfu", EXPECTED),
		    STEP(0x1294, 4, "restore", EXPECTED), STEP(0x1294, 40, "normal", EXPECTED) } },
		{ "port DFU mode",
		  { STEP(0xf014, 0, "port-dfu", FIRST), STEP(0x1881, 20, "kis", EXPECTED),
		    STEP(0x1881, 3, "kis", EXPECTED), STEP(0x1281, 3, "recovery-dfu", EXPECTED),
		    STEP(0x1905, 30, "restore", EXPECTED), STEP(0x1905, 60, "normal", EXPECTED) } },
		{ "checkm8",
		  { STEP(0x1227, 0, "dfu", FIRST), STEP(0x1227, 0.23, "dfu", EXPECTED),
		    STEP(0x1227, 0.31, "dfu", EXPECTED), STEP(0x1338, 1, "pwned-dfu", EXPECTED),
		    STEP(0x4141, 5, "pongo", EXPECTED), STEP(0x12a8, 40, "normal", EXPECTED) } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

static void
a_lost_link_is_no_change_of_mode(void **state)
{
	static const struct walk walks[] = {
		{ "the link drops",
		  { STEP(0x1281, 0, "recovery", FIRST), STEP(0x1281, 2, "recovery-ibec", EXPECTED),
		    STEP(0x1281, 1.3, "recovery-ibec", NO_EDGE), /* in mid-upload */
		    STEP(0x12a8, 20, "restore", EXPECTED), STEP(0x12a8, 1.3, "restore", NO_EDGE),
		    STEP(0x12a8, 9.9, "restore", NO_EDGE), STEP(0x12a8, 10, "normal", EXPECTED),
		    STEP(0x12a8, 0.3, "normal", NO_EDGE) } },
		{ "too late",
		  { STEP(0x1281, 0, "recovery", FIRST), STEP(0x1281, 61, "recovery", NO_EDGE),
		    STEP(0x1281, 60, "recovery-ibec", EXPECTED),
		    STEP(0x12a8, 301, "normal", NO_EDGE), STEP(0x1281, 121, "recovery", NO_EDGE),
		    STEP(0x1227, 61, "dfu", NO_EDGE), STEP(0x1227, 16, "dfu", NO_EDGE) } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

static void
a_reboot_within_a_restore_is_of_the_device(void **state)
{
	static const struct walk walks[] = {
		{ "HomePod",
		  { STEP(0x1281, 0, "recovery", FIRST), STEP(0x1281, 2, "recovery-ibec", EXPECTED),
		    STEP(0x12b0, 20, "restore-homepod", EXPECTED),
		    STEP(0x12b0, 2, "restore-homepod", NO_EDGE),
		    STEP(0x1281, 8, "recovery", REBOOT) } },
		{ "Apple TV",
		  { STEP(0x1227, 0, "dfu", FIRST), STEP(0x1281, 2, "recovery-dfu", EXPECTED),
		    STEP(0x12a7, 20, "restore-tv", EXPECTED), STEP(0x1281, 8, "recovery", EXPECTED),
		    STEP(0x12a7, 20, "normal", EXPECTED) } },
		{ "back in recovery mode",
		  { STEP(0x1281, 0, "recovery", FIRST), STEP(0x1281, 2, "recovery-ibec", EXPECTED),
		    STEP(0x12a8, 20, "restore", EXPECTED), STEP(0x1281, 8, "recovery", REBOOT),
		    STEP(0x1281, 2, "recovery-ibec", EXPECTED), /* tried again */
		    STEP(0x12a8, 20, "restore", EXPECTED), STEP(0x1227, 110, "dfu", REBOOT) } },
		{ "the loader does not start",
		  { STEP(0x1227, 0, "dfu", FIRST), STEP(0x1281, 3, "recovery-dfu", EXPECTED),
		    STEP(0x1227, 3, "dfu", REBOOT), STEP(0x1281, 3, "recovery-dfu", EXPECTED),
		    STEP(0x1281, 3, "recovery-ibec", EXPECTED), STEP(0x1227, 10, "dfu", REBOOT) } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

static void
normal_use_needs_no_context(void **state)
{
	static const struct walk walks[] = {
		{ "recovery mode is left",
		  { STEP(0x1281, 0, "recovery", FIRST), STEP(0x12a8, 40, "normal", EXPECTED) } },
		{ "DFU mode is left",
		  { STEP(0x12a8, 0, "normal", FIRST), STEP(0x1227, 12, "dfu", EXPECTED),
		    STEP(0x12a8, 40, "normal", EXPECTED) } },
		{ "another device was there",
		  { { .device = { .vid = 0x0951, .pid = 0x1666 },
		      .mode = "",
		      .verdict = WALK_FIRST },
		    STEP(0x12a8, 1, "normal", NO_EDGE) } },
		{ "Lightning to HDMI",
		  { { .device = APPLE(0x12ad), .mode = "", .verdict = WALK_FIRST } } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

static void
describes_each_mode(void **state)
{
	static const struct {
		uint16_t pid;
		const char *name;
		bool busy;
		uint64_t return_us;
	} cases[] = {
		{ 0x12a8, "normal", false, S(120) },   { 0x1280, "recovery", false, S(120) },
		{ 0x1283, "recovery", false, S(120) }, { 0x1227, "dfu", false, S(120) },
		{ 0x12b0, "normal", false, S(120) },   { 0x8600, "normal", false, S(120) },
		{ 0xf014, "port-dfu", false, S(30) },
	};
	ls_auto(ls_families) *families = NULL;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		const struct ls_device device = APPLE(cases[i].pid);
		const struct ls_mode *mode = ls_families_mode(families, &device, NULL, 0);

		print_message("%04x\n", cases[i].pid);
		assert_non_null(mode);
		assert_string_equal(mode->name, cases[i].name);
		assert_int_equal(mode->busy, cases[i].busy);
		assert_int_equal(mode->return_us, cases[i].return_us);
	}
}

static void
a_restore_is_a_job_that_may_stall(void **state)
{
	static const struct ls_device recovery = APPLE(0x1281), restore = APPLE(0x12a8);
	ls_auto(ls_families) *families = NULL;
	const struct ls_mode *mode;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	mode = ls_families_mode(families, &recovery, NULL, 0);
	mode = ls_families_mode(families, &recovery, mode, S(2));
	mode = ls_families_mode(families, &restore, mode, S(20));
	assert_string_equal(mode->title, "restore mode");
	assert_true(mode->busy);
	assert_int_equal(mode->stall_us, S(30));
	assert_int_equal(mode->return_us, S(300));
}

static void
knows_one_device_in_all_modes(void **state)
{
	static const struct {
		struct ls_device device;
		const char *identity;
	} cases[] = {
		{ { .vid = 0x05ac,
		    .pid = 0x1227,
		    .serial = "CPID:8010 CPRV:11 CPFM:03 SCEP:01 BDID:0A ECID:000651DE38F38F26 "
			      "IBFL:3C SRTG:[iBoot-2696.0.0.1.33]" },
		  "apple:ecid:000651de38f38f26" },
		{ { .vid = 0x05ac,
		    .pid = 0x1281,
		    .serial = "SDOM:01 CPID:8103 CPRV:11 CPFM:03 SCEP:01 BDID:24 "
			      "ECID:000870190EDA001E IBFL:FD SRNM:[FVFFK08DQ05P]" },
		  "apple:ecid:000870190eda001e" },
		{ { .vid = 0x05ac, .pid = 0x12a8, .serial = "00008140000919D61ED1801C" },
		  "apple:ecid:000919d61ed1801c" },
		{ { .vid = 0x05ac, .pid = 0x12a8, .serial = "00008140-000919D61ED1801C" },
		  "apple:ecid:000919d61ed1801c" },
		{ { .vid = 0x05ac, .pid = 0x1281, .serial = "CPID:8140 ECID:000919d61ed1801c" },
		  "apple:ecid:000919d61ed1801c" },
		{ { .vid = 0x05ac,
		    .pid = 0x12a8,
		    .serial = "0123456789ABCDEF0123456789abcdef01234567" },
		  "apple:udid:0123456789abcdef0123456789abcdef01234567" },
		{ { .vid = 0x05ac,
		    .pid = 0x12a8,
		    .serial = "ffffffffffffffffffffffffffffffffffffffff" },
		  "" },
		{ { .vid = 0x05ac, .pid = 0xf014, .serial = "ECID:000651DE38F38F26" }, "" },
		{ { .vid = 0x05ac, .pid = 0x1222, .serial = "CPID:8900 ECID:1" }, "" },
		{ { .vid = 0x05ac, .pid = 0x1227, .serial = "CPID:8747 ECID:REDACTED" }, "" },
		{ { .vid = 0x05ac, .pid = 0x1227, .serial = "CPID:8747 ECID: IBFL:00" }, "" },
		{ { .vid = 0x05ac, .pid = 0x12a8 }, "" },
		{ { .vid = 0x1d6b, .pid = 0x12a8, .serial = "00008140000919D61ED1801C" }, "" },
	};
	ls_auto(ls_families) *families = NULL;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char identity[LS_IDENTITY_MAX] = "?";

		print_message("%s\n", cases[i].device.serial);
		ls_families_identity(families, &cases[i].device, identity);
		assert_string_equal(identity, cases[i].identity);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_restore_is_four_expected_changes),
		cmocka_unit_test(a_restore_may_begin_in_dfu_mode),
		cmocka_unit_test(a_lost_link_is_no_change_of_mode),
		cmocka_unit_test(a_reboot_within_a_restore_is_of_the_device),
		cmocka_unit_test(normal_use_needs_no_context),
		cmocka_unit_test(describes_each_mode),
		cmocka_unit_test(a_restore_is_a_job_that_may_stall),
		cmocka_unit_test(knows_one_device_in_all_modes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
