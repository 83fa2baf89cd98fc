/*
 * The shipped table and all that is not Apple's: what is expected of each family, and what is
 * not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/families/builtin.h"
#include "lib/families/section.h"
#include "tests/unit/lib/families_walk.h"

#define STEP(vendor, product, seconds, name, verdict_)                                             \
	{                                                                                          \
		.device = { .vid = (vendor), .pid = (product) }, .away_us = S(seconds),            \
		.mode = name, .verdict = WALK_##verdict_                                           \
	}
/* With one interface. */
#define LOOK(class_, subclass_, protocol_, seconds, name, verdict_)                                \
	{                                                                                          \
		.device = { .vid = 0x1234,                                                         \
			    .pid = 0x5678,                                                         \
			    .n_interfaces = 2,                                                     \
			    .interfaces = { { 3, 1, 1 }, { class_, subclass_, protocol_ } } },     \
		.away_us = S(seconds), .mode = name, .verdict = WALK_##verdict_                    \
	}
/* By string indices, as the Raspberry Pi needs. */
#define SERIAL_AT(index, seconds, name, verdict_)                                                  \
	{                                                                                          \
		.device = { .vid = 0x0a5c, .pid = 0x2711, .i_product = 2, .i_serial = (index) },   \
		.away_us = S(seconds), .mode = name, .verdict = WALK_##verdict_                    \
	}
#define UNKNOWN(seconds, verdict_) STEP(0x0525, 0x0001, seconds, "", verdict_)

static void
android(void **state)
{
	static const struct walk walks[] = {
		{ "Google",
		  { STEP(0x18d1, 0x4ee1, 0, "android normal", FIRST),
		    STEP(0x18d1, 0x4ee2, 2, "android adb", EXPECTED),
		    STEP(0x18d1, 0x4ee0, 12, "android fastboot", EXPECTED),
		    STEP(0x18d1, 0x4ee0, 5, "android fastboot", EXPECTED),
		    STEP(0x18d1, 0x4ee0, 1.9, "android fastboot", NO_EDGE),
		    STEP(0x18d1, 0x4ee7, 90, "android adb", EXPECTED),
		    STEP(0x18d1, 0x4ee7, 1, "android adb", NO_EDGE),
		    STEP(0x18d1, 0xd001, 30, "android recovery", EXPECTED),
		    STEP(0x18d1, 0x4ee1, 181, "android normal", NO_EDGE) } },
		{ "another vendor",
		  { LOOK(0xff, 0x42, 0x01, 0, "android adb", FIRST),
		    LOOK(0xff, 0x42, 0x03, 12, "android fastboot", EXPECTED),
		    UNKNOWN(100, EXPECTED),
		    LOOK(0xff, 0x42, 0x03, 59, "android fastboot", EXPECTED),
		    LOOK(0xff, 0x43, 0x03, 181, "", NO_EDGE) } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

static void
below_android(void **state)
{
	static const struct walk walks[] = {
		{ "Qualcomm",
		  { LOOK(0xff, 0x42, 0x01, 0, "android adb", FIRST),
		    STEP(0x05c6, 0x9008, 3, "qualcomm edl", EXPECTED),
		    STEP(0x05c6, 0x9008, 3, "qualcomm edl", NO_EDGE), UNKNOWN(100, EXPECTED),
		    STEP(0x05c6, 0x900e, 5, "qualcomm crash", REBOOT), UNKNOWN(60, EXPECTED),
		    STEP(0x05c6, 0x9008, 61, "qualcomm edl", NO_EDGE) } },
		{ "MediaTek",
		  { STEP(0x0e8d, 0x0003, 0, "mediatek brom", FIRST),
		    STEP(0x0e8d, 0x0003, 1, "mediatek brom", EXPECTED),
		    STEP(0x0e8d, 0x2000, 2, "mediatek preloader", EXPECTED),
		    STEP(0x0e8d, 0x2000, 20, "mediatek preloader", EXPECTED),
		    STEP(0x0e8d, 0x2000, 31, "mediatek preloader", NO_EDGE),
		    UNKNOWN(60, EXPECTED) } },
		{ "Samsung",
		  { STEP(0x04e8, 0x6860, 0, "samsung normal", FIRST),
		    STEP(0x04e8, 0x685d, 15, "samsung download", EXPECTED),
		    STEP(0x04e8, 0x685d, 0.5, "samsung download", NO_EDGE),
		    STEP(0x04e8, 0x6860, 90, "samsung normal", EXPECTED),
		    STEP(0x04e8, 0x6860, 1, "samsung normal", NO_EDGE) } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

static void
boot_roms(void **state)
{
	static const struct walk walks[] = {
		{ "Rockchip",
		  { STEP(0x2207, 0x330c, 0, "rockchip loader", FIRST),
		    STEP(0x2207, 0x330c, 2, "rockchip loader", EXPECTED),
		    STEP(0x2207, 0x330c, 11, "rockchip loader", NO_EDGE), UNKNOWN(30, EXPECTED) } },
		{ "Allwinner",
		  { UNKNOWN(0, FIRST), STEP(0x1f3a, 0xefe8, 5, "allwinner fel", EXPECTED),
		    STEP(0x1f3a, 0x1010, 4, "allwinner fastboot", EXPECTED),
		    STEP(0x1f3a, 0xefe8, 4, "allwinner fel", EXPECTED),
		    STEP(0x1f3a, 0xefe8, 4, "allwinner fel", NO_EDGE) } },
		{ "NXP",
		  { STEP(0x1fc9, 0x0134, 0, "nxp sdp", FIRST),
		    STEP(0x0525, 0xb4a4, 2, "nxp spl", EXPECTED),
		    STEP(0x0525, 0xb4a4, 2, "nxp spl", EXPECTED),
		    STEP(0x0525, 0xa4a5, 5, "nxp fastboot", EXPECTED),
		    STEP(0x0525, 0xa4a5, 1, "nxp fastboot", NO_EDGE) } },
		{ "Raspberry Pi",
		  {
			  SERIAL_AT(0, 0, "raspberry-pi rom", FIRST),
			  SERIAL_AT(1, 2, "raspberry-pi stage2", EXPECTED),
			  SERIAL_AT(1, 2, "raspberry-pi stage2", NO_EDGE),
			  SERIAL_AT(3, 5, "raspberry-pi rom", EXPECTED),
			  SERIAL_AT(3, 5, "raspberry-pi rom", NO_EDGE), UNKNOWN(20, EXPECTED),
			  STEP(0x0a5c, 0x2711, 5, "", NO_EDGE), /* the indices are not known */
		  } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

static void
boot_loaders(void **state)
{
	static const struct walk walks[] = {
		{ "RP2040",
		  { STEP(0x2e8a, 0x000a, 0, "pico app", FIRST),
		    STEP(0x2e8a, 0x0003, 1, "pico bootsel", EXPECTED),
		    STEP(0x2e8a, 0x0003, 1, "pico bootsel", NO_EDGE),
		    STEP(0x2e8a, 0x000a, 1, "pico app", EXPECTED),
		    STEP(0x2e8a, 0x000f, 11, "pico bootsel", NO_EDGE) } },
		{ "STM32",
		  { UNKNOWN(0, FIRST), STEP(0x0483, 0xdf11, 2, "stm32 dfu", EXPECTED),
		    STEP(0x0483, 0xdf11, 2, "stm32 dfu", NO_EDGE), UNKNOWN(29, EXPECTED),
		    STEP(0x0483, 0xdf11, 31, "stm32 dfu", NO_EDGE) } },
		{ "DFU",
		  { LOOK(0xfe, 0x01, 0x01, 0, "dfu app", FIRST),
		    LOOK(0xfe, 0x01, 0x02, 3, "dfu update", EXPECTED),
		    LOOK(0xfe, 0x01, 0x02, 3, "dfu update", NO_EDGE),
		    LOOK(0xfe, 0x01, 0x01, 3, "dfu app", EXPECTED),
		    LOOK(0xfe, 0x01, 0x01, 3, "dfu app", NO_EDGE) } },
		{ "Arduino",
		  { STEP(0x2341, 0x8036, 0, "arduino app", FIRST),
		    STEP(0x2341, 0x0036, 1, "arduino loader", EXPECTED),
		    STEP(0x2341, 0x8036, 9, "arduino app", EXPECTED),
		    STEP(0x2341, 0x8036, 1, "arduino app", NO_EDGE) } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

static void
other_families(void **state)
{
	static const struct walk walks[] = {
		{ "Nintendo",
		  { UNKNOWN(0, FIRST), STEP(0x0955, 0x7321, 20, "nintendo rcm", EXPECTED),
		    STEP(0x0955, 0x7321, 1, "nintendo rcm", NO_EDGE), UNKNOWN(61, NO_EDGE) } },
		{ "modem",
		  { STEP(0x12d1, 0x1f01, 0, "modem disc", FIRST),
		    STEP(0x12d1, 0x1436, 3, "modem on", EXPECTED),
		    STEP(0x12d1, 0x1436, 3, "modem on", NO_EDGE),
		    STEP(0x12d1, 0x1f01, 4, "modem disc", REBOOT), UNKNOWN(3, EXPECTED) } },
		{ "no family", { UNKNOWN(0, FIRST), UNKNOWN(1, NO_EDGE) } },
	};

	(void)state;
	walk_all(walks, LS_COUNT(walks));
}

/* Every family of the shipped table is tried by a test. */
static void
no_family_is_left_out(void **state)
{
	static const char tried[] =
		" apple android qualcomm mediatek samsung rockchip allwinner nxp "
		"raspberry-pi pico stm32 dfu arduino nintendo modem ";
	ls_auto(ls_families) *families = NULL;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	assert_true(families->list.n > 100);
	for (size_t i = 0; i < families->list.n; i++) {
		char word[64];

		(void)snprintf(word, sizeof(word), " %s ", families->list.sections[i]->family);
		print_message("%s\n", families->list.sections[i]->key);
		assert_non_null(strstr(tried, word));
	}
}

/* That one section hides another is an error of the table. */
static void
every_mode_can_be_reached(void **state)
{
	ls_auto(ls_families) *families = NULL;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	for (size_t i = 0; i < families->list.n; i++) {
		const struct family_section *section = families->list.sections[i];
		bool entered = false;

		if (section->kind != FAMILY_MODE || !section->context)
			continue;
		for (size_t k = 0; k < families->list.n; k++)
			entered = entered || families->list.sections[k]->edge.to == &section->mode;
		print_message("%s\n", section->key);
		assert_true(entered);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(android),
		cmocka_unit_test(below_android),
		cmocka_unit_test(boot_roms),
		cmocka_unit_test(boot_loaders),
		cmocka_unit_test(other_families),
		cmocka_unit_test(no_family_is_left_out),
		cmocka_unit_test(every_mode_can_be_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
