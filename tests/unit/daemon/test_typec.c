#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/sources/typec.h"
#include "tests/unit/daemon/fake_root.h"

#define PORT "/sys/devices/typec/port0"

static void
reads_the_selected_value(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "[source] sink\n", "source" },
		{ "source [sink]\n", "sink" },
		{ "sink\n", "sink" },
		{ "type-c\n", "type-c" },
		{ "type-c", "type-c" },
		{ "\n", "" },
		{ "", "" },
		{ "[", "" },
		{ "[so\x1b[1mrce]", "" },
		{ "a-very-long-word-that-does-not-fit", "" },
		{ "NORMAL\n", "" },
	};
	char word[LS_TYPEC_WORD_MAX];

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%s\n", cases[i].text);
		ls_typec_word(cases[i].text, strlen(cases[i].text), word);
		assert_string_equal(word, cases[i].want);
	}
}

static void
reads_power_objects(void **state)
{
	static const struct {
		const char *text;
		uint32_t want;
	} cases[] = {
		{ "0x18005678\n", 0x18005678 },
		{ "0xffffffff", 0xffffffff },
		{ "0x0\n", 0 },
		{ "18005678\n", 0 },
		{ "0x100000000\n", 0 },
		{ "0x12 34\n", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%s\n", cases[i].text);
		assert_int_equal(ls_typec_object(cases[i].text, strlen(cases[i].text)),
				 cases[i].want);
	}
	assert_int_equal(ls_typec_vid(0x180005ac), 0x05ac);
	assert_int_equal(ls_typec_pid(0x78000100), 0x7800);
}

static void
reads_the_capabilities_of_a_cable(void **state)
{
	static const struct {
		uint32_t vdo1;
		const char *speed;
		uint16_t current_ma;
	} cases[] = {
		{ 0, "", 0 }, /* not read */
		{ 1 << 5, "USB 2.0, 480 Mb/s", 3000 },
		{ 2 << 5 | 1, "USB 3.2 Gen 1, 5 Gb/s", 5000 },
		{ 2 << 5 | 2, "USB 3.2 Gen 2, 10 Gb/s", 5000 },
		{ 3 << 5 | 3, "USB4 Gen 3, 40 Gb/s", 0 },
		{ 1 << 5 | 7, "", 3000 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_typec_cable cable = { .speed = "?" };

		ls_typec_cable_vdo(cases[i].vdo1, &cable);
		assert_string_equal(cable.speed, cases[i].speed);
		assert_int_equal(cable.current_ma, cases[i].current_ma);
	}
}

static void
follows_the_port_to_its_connector(void **state)
{
	struct fake_root root;
	struct ls_typec typec;

	(void)state;
	fake_root_begin(&root);
	assert_int_equal(typec_read(root.dir, "1-3", &typec), 0);
	fake_root_put(&root, PORT "/orientation", "reverse\n");
	fake_root_put(&root, PORT "/power_role", "[source] sink\n");
	fake_root_link(&root, "/sys/bus/usb/devices/1-3/port/connector",
		       "../../../../../devices/typec/port0");
	assert_int_equal(typec_read(root.dir, "1-3", &typec), 1);
	assert_string_equal(typec.orientation, "reverse");
	assert_string_equal(typec.power_role, "source");
	assert_int_equal(typec.partner_vid, 0);
	assert_false(typec.has_cable);
	assert_string_equal(typec.cable.speed, "");

	fake_root_put(&root, PORT "/port0-partner/identity/id_header", "0x100005ac\n");
	fake_root_put(&root, PORT "/port0-partner/identity/product", "0x12a80000\n");
	fake_root_put(&root, PORT "/port0-cable/type", "passive\n");
	fake_root_put(&root, PORT "/port0-cable/plug_type", "captive\n");
	fake_root_put(&root, PORT "/port0-cable/identity/id_header", "0x180020c2\n");
	fake_root_put(&root, PORT "/port0-cable/identity/product", "0x00050310\n");
	fake_root_put(&root, PORT "/port0-cable/identity/product_type_vdo1", "0x000a4641\n");
	assert_int_equal(typec_read(root.dir, "1-3", &typec), 1);
	assert_int_equal(typec.partner_vid, 0x05ac);
	assert_int_equal(typec.partner_pid, 0x12a8);
	assert_true(typec.has_cable);
	assert_string_equal(typec.cable.type, "passive");
	assert_string_equal(typec.cable.plug, "captive");
	assert_int_equal(typec.cable.vid, 0x20c2);
	assert_int_equal(typec.cable.pid, 0x0005);
	assert_string_equal(typec.cable.speed, "USB 3.2 Gen 1, 5 Gb/s");
	assert_int_equal(typec.cable.current_ma, 5000);
	assert_int_equal(typec_read(root.dir, "1-4", &typec), 0);
	fake_root_end(&root);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_selected_value),
		cmocka_unit_test(reads_power_objects),
		cmocka_unit_test(reads_the_capabilities_of_a_cable),
		cmocka_unit_test(follows_the_port_to_its_connector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
