#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/port.h"

static void
knows_names(void **state)
{
	static const struct {
		const char *name;
		uint16_t bus; /* 0: not a name */
	} cases[] = {
		{ "usb1", 1 },
		{ "usb65535", 65535 },
		{ "1-1", 1 },
		{ "12-1.4", 12 },
		{ "1-15.2.3.4.5.6", 1 },
		{ "65535-255.255.255.255.255.255", 65535 },
		{ "1-1.2.3.4.5.6.7", 0 },
		{ "", 0 },
		{ "usb", 0 },
		{ "usb0", 0 },
		{ "usb01", 0 },
		{ "usb65536", 0 },
		{ "usb1-1", 0 },
		{ "USB1", 0 },
		{ "1", 0 },
		{ "1-", 0 },
		{ "-1", 0 },
		{ "0-1", 0 },
		{ "1-0", 0 },
		{ "1-01", 0 },
		{ "1-256", 0 },
		{ "1-1.", 0 },
		{ "1-1..2", 0 },
		{ "1-1-2", 0 },
		{ "1.1", 0 },
		{ "1-1:1.0", 0 },
		{ "1-1 ", 0 },
		{ " 1-1", 0 },
		{ "1-18446744073709551617", 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("\"%s\"\n", cases[i].name);
		assert_int_equal(ls_port_name_valid(cases[i].name), cases[i].bus > 0);
		assert_int_equal(ls_port_bus(cases[i].name), cases[i].bus);
	}
}

static void
finds_parents(void **state)
{
	static const struct {
		const char *name, *parent;
		int want;
	} cases[] = {
		{ "1-1.4.2", "1-1.4", 1 }, { "1-1.4", "1-1", 1 }, { "1-1", "usb1", 1 },
		{ "12-10", "usb12", 1 },   { "usb1", "", 0 },	  { "nonsense", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char parent[LS_PORT_NAME_MAX] = "";

		print_message("%s\n", cases[i].name);
		assert_int_equal(ls_port_parent(cases[i].name, parent), cases[i].want);
		assert_string_equal(parent, cases[i].parent);
	}
}

static void
climbs_in_place(void **state)
{
	char name[LS_PORT_NAME_MAX] = "3-1.4.2";

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(ls_port_parent(name, name), 1);
	assert_string_equal(name, "usb3");
	assert_int_equal(ls_port_parent(name, name), 0);
}

static void
makes_children(void **state)
{
	static const struct {
		const char *hub, *child;
		unsigned int number;
		int want;
	} cases[] = {
		{ "usb1", "1-2", 2, 1 },
		{ "1-1", "1-1.4", 4, 1 },
		{ "65535-255.255.255.255.255", "65535-255.255.255.255.255.255", 255, 1 },
		{ "1-1", "", 0, -EINVAL },
		{ "1-1", "", 256, -EINVAL },
		{ "1-1.2.3.4.5.6", "", 1, -EINVAL },
		{ "1-1:1.0", "", 1, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char child[LS_PORT_NAME_MAX] = "";

		print_message("%s %u\n", cases[i].hub, cases[i].number);
		assert_int_equal(ls_port_child(cases[i].hub, cases[i].number, child),
				 cases[i].want);
		assert_string_equal(child, cases[i].child);
	}
}

static void
knows_what_is_below(void **state)
{
	static const struct {
		const char *name, *hub;
		bool below;
	} cases[] = {
		{ "1-1.4", "1-1", true },  { "1-1.4.2", "1-1", true }, { "1-1", "usb1", true },
		{ "1-1.4", "usb1", true }, { "1-1", "1-1", false },    { "usb1", "usb1", false },
		{ "1-11", "1-1", false },  { "1-1.4", "2-1", false },  { "11-1", "usb1", false },
		{ "1-1", "1-1.4", false }, { "usb1", "1-1", false },   { "1-1.4", "bad", false },
		{ "bad", "usb1", false },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%s %s\n", cases[i].name, cases[i].hub);
		assert_int_equal(ls_port_is_below(cases[i].name, cases[i].hub), cases[i].below);
	}
}

static void
writes_id_paths(void **state)
{
	static const struct {
		const char *name, *controller, *id_path;
		int want;
	} cases[] = {
		{ "1-1.4", "pci-0000:00:14.0", "pci-0000:00:14.0-usb-0:1.4", 1 },
		{ "usb1", "pci-0000:00:14.0", "pci-0000:00:14.0", 1 },
		{ "3-2", "", "bus3-usb-0:2", 1 },
		{ "usb3", "", "bus3", 1 },
		{ "3-2:1.0", "pci-0000:00:14.0", "", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char id_path[LS_ID_PATH_MAX] = "";

		print_message("%s %s\n", cases[i].name, cases[i].controller);
		assert_int_equal(ls_port_id_path(cases[i].name, cases[i].controller, id_path),
				 cases[i].want);
		assert_string_equal(id_path, cases[i].id_path);
	}
}

static void
refuses_long_id_paths(void **state)
{
	char id_path[LS_ID_PATH_MAX] = "", controller[LS_ID_PATH_MAX];

	(void)state;
	memset(controller, 'x', sizeof(controller));
	controller[LS_ID_PATH_MAX - 1] = '\0';
	assert_int_equal(ls_port_id_path("usb1", controller, id_path), 1);
	assert_int_equal(ls_port_id_path("1-1", controller, id_path), -EINVAL);
}

static void
reads_kernel_names(void **state)
{
	static const struct {
		const char *name, *port;
		int want;
	} cases[] = {
		{ "usb1-port2", "1-2", 1 },
		{ "1-1.4-port3", "1-1.4.3", 1 },
		{ "1-0:1.0", "usb1", 1 },
		{ "12-0:1.0", "usb12", 1 },
		{ "1-1.4:1.0", "1-1.4", 1 },
		{ "1-1:255.255", "1-1", 1 },
		{ "1-1.4", "1-1.4", 1 },
		{ "usb4", "usb4", 1 },
		{ "", "", -EINVAL },
		{ "port1", "", -EINVAL },
		{ "-port1", "", -EINVAL },
		{ "usb1port2", "", -EINVAL },
		{ "usb1-port", "", -EINVAL },
		{ "usb1-port0", "", -EINVAL },
		{ "usb1-port2x", "", -EINVAL },
		{ "1-1.2.3.4.5.6-port1", "", -EINVAL },
		{ "usb1:1.0", "", -EINVAL },
		{ "0-0:1.0", "", -EINVAL },
		{ "1-0:1.0x", "", -EINVAL },
		{ "1-1:1", "", -EINVAL },
		{ "1-1:1.", "", -EINVAL },
		{ "1-1:256.0", "", -EINVAL },
		{ "0000:00:14.0", "", -EINVAL },
		{ "xhci-hcd.0.auto", "", -EINVAL },
		{ "65535-255.255.255.255.255.255.255.255", "", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char port[LS_PORT_NAME_MAX] = "";

		print_message("%s\n", cases[i].name);
		assert_int_equal(ls_port_from_kernel(cases[i].name, strlen(cases[i].name), port),
				 cases[i].want);
		assert_string_equal(port, cases[i].port);
	}
}

static void
stops_at_the_length(void **state)
{
	char port[LS_PORT_NAME_MAX] = "";

	(void)state;
	assert_int_equal(ls_port_from_kernel("1-1.4", 3, port), 1);
	assert_string_equal(port, "1-1");
	assert_int_equal(ls_port_from_kernel("1-1\0.4", 6, port), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_names),		 cmocka_unit_test(finds_parents),
		cmocka_unit_test(climbs_in_place),	 cmocka_unit_test(makes_children),
		cmocka_unit_test(knows_what_is_below),	 cmocka_unit_test(writes_id_paths),
		cmocka_unit_test(refuses_long_id_paths), cmocka_unit_test(reads_kernel_names),
		cmocka_unit_test(stops_at_the_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
