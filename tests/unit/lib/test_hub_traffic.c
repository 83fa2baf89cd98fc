#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/usbmon/hub.h"

static struct ls_hub_traffic hubs;

static int
set_up(void **state)
{
	(void)state;
	memset(&hubs, 0, sizeof(hubs));
	return 0;
}

static int
setup(uint8_t devnum, uint64_t id, const uint8_t bytes[8], struct ls_hub_event *ret)
{
	struct ls_usbmon_record record = {
		.id = id,
		.type = LS_USBMON_SUBMIT,
		.xfer = LS_XFER_CONTROL,
		.devnum = devnum,
		.bus = 3,
		.status = -115,
	};

	memcpy(record.setup, bytes, 8);
	record.endpoint = bytes[0] & 0x80;
	return ls_hub_traffic_decode(&hubs, &record, NULL, 0, ret);
}

static int
reply(uint8_t devnum, uint64_t id, int32_t status, const uint8_t data[4], struct ls_hub_event *ret)
{
	struct ls_usbmon_record record = {
		.id = id,
		.type = LS_USBMON_COMPLETE,
		.xfer = LS_XFER_CONTROL,
		.endpoint = 0x80,
		.devnum = devnum,
		.bus = 3,
		.flag_setup = '-',
		.status = status,
		.length = status ? 0 : 4,
	};

	return ls_hub_traffic_decode(&hubs, &record, data, data ? 4 : 0, ret);
}

static void
reads_requests_to_ports(void **state)
{
	static const struct {
		uint8_t bytes[8];
		enum ls_hub_event_kind kind;
		uint32_t bits;
	} cases[] = {
		{ { 0x23, 3, 4, 0, 2, 0, 0, 0 }, LS_HUB_RESET, 0 },
		{ { 0x23, 3, 28, 0, 2, 0, 0, 0 }, LS_HUB_WARM_RESET, 0 },
		{ { 0x23, 1, 8, 0, 2, 0, 0, 0 }, LS_HUB_POWER_OFF, 0 },
		{ { 0x23, 3, 8, 0, 2, 0, 0, 0 }, LS_HUB_POWER_ON, 0 },
		{ { 0x23, 1, 1, 0, 2, 0, 0, 0 }, LS_HUB_DISABLE, 0 },
		{ { 0x23, 3, 2, 0, 2, 0, 0, 0 }, LS_HUB_SUSPEND, 0 },
		{ { 0x23, 1, 2, 0, 2, 0, 0, 0 }, LS_HUB_RESUME, 0 },
		{ { 0x23, 3, 5, 0, 2, 3, 0, 0 }, LS_HUB_SET_LINK, 0 },
		{ { 0x23, 1, 0x10, 0, 2, 0, 0, 0 }, LS_HUB_CHANGE_ACK, LS_PORT_C_CONNECTION },
		{ { 0x23, 1, 0x11, 0, 2, 0, 0, 0 }, LS_HUB_CHANGE_ACK, LS_PORT_C_ENABLE },
		{ { 0x23, 1, 0x13, 0, 2, 0, 0, 0 }, LS_HUB_CHANGE_ACK, LS_PORT_C_OVER_CURRENT },
		{ { 0x23, 1, 0x14, 0, 2, 0, 0, 0 }, LS_HUB_CHANGE_ACK, LS_PORT_C_RESET },
		{ { 0x23, 1, 0x19, 0, 2, 0, 0, 0 }, LS_HUB_CHANGE_ACK, LS_PORT_C_LINK_STATE },
		{ { 0x23, 1, 0x1a, 0, 2, 0, 0, 0 }, LS_HUB_CHANGE_ACK, LS_PORT_C_CONFIG_ERROR },
		{ { 0x23, 1, 0x1d, 0, 2, 0, 0, 0 }, LS_HUB_CHANGE_ACK, LS_PORT_C_WARM_RESET },
		{ { 0x23, 3, 99, 0, 2, 0, 0, 0 }, LS_HUB_NONE, 0 },
		{ { 0x23, 3, 4, 1, 2, 0, 0, 0 }, LS_HUB_NONE, 0 },
		{ { 0x21, 3, 4, 0, 2, 0, 0, 0 }, LS_HUB_NONE, 0 },
		{ { 0x00, 5, 4, 0, 0, 0, 0, 0 }, LS_HUB_NONE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_hub_event event = { 0 };
		int want = cases[i].kind != LS_HUB_NONE;

		print_message("%zu: %s\n", i, ls_hub_event_name(cases[i].kind));
		assert_int_equal(setup(1, 7, cases[i].bytes, &event), want);
		assert_int_equal(event.kind, cases[i].kind);
		assert_int_equal(event.bits, cases[i].bits);
		if (want)
			assert_int_equal(event.port, 2);
		if (event.kind == LS_HUB_SET_LINK)
			assert_int_equal(event.link_state, LS_LINK_U3);
	}
}

static const uint8_t get_port_status[8] = { 0xa3, 0, 0, 0, 2, 0, 4, 0 };

static void
reads_port_status(void **state)
{
	static const struct {
		enum ls_hub_layout layout;
		uint8_t data[4];
		uint32_t bits;
		enum ls_link_state link;
	} cases[] = {
		{ LS_HUB_IS_USB2, { 0x00, 0x01, 0, 0 }, LS_PORT_POWERED, LS_LINK_UNKNOWN },
		{ LS_HUB_IS_USB2,
		  { 0x03, 0x05, 0x01, 0 },
		  LS_PORT_CONNECTED | LS_PORT_ENABLED | LS_PORT_POWERED | LS_PORT_HIGH_SPEED |
			  LS_PORT_C_CONNECTION,
		  LS_LINK_UNKNOWN },
		{ LS_HUB_IS_USB2,
		  { 0x01, 0x05, 0x02, 0 },
		  LS_PORT_CONNECTED | LS_PORT_POWERED | LS_PORT_HIGH_SPEED | LS_PORT_C_ENABLE,
		  LS_LINK_UNKNOWN },
		{ LS_HUB_IS_USB2,
		  { 0x07, 0x03, 0x0c, 0 },
		  LS_PORT_CONNECTED | LS_PORT_ENABLED | LS_PORT_SUSPENDED | LS_PORT_POWERED |
			  LS_PORT_LOW_SPEED | LS_PORT_C_SUSPEND | LS_PORT_C_OVER_CURRENT,
		  LS_LINK_UNKNOWN },
		{ LS_HUB_IS_SUPER, { 0xa0, 0x02, 0, 0 }, LS_PORT_POWERED, LS_LINK_RX_DETECT },
		{ LS_HUB_IS_SUPER,
		  { 0x03, 0x02, 0x21, 0 },
		  LS_PORT_CONNECTED | LS_PORT_ENABLED | LS_PORT_POWERED | LS_PORT_C_CONNECTION |
			  LS_PORT_C_WARM_RESET,
		  LS_LINK_U0 },
		{ LS_HUB_IS_SUPER,
		  { 0xc1, 0x02, 0x40, 0 },
		  LS_PORT_CONNECTED | LS_PORT_POWERED | LS_PORT_C_LINK_STATE,
		  LS_LINK_INACTIVE },
		{ LS_HUB_IS_SUPER,
		  { 0x63, 0x02, 0x80, 0 },
		  LS_PORT_CONNECTED | LS_PORT_ENABLED | LS_PORT_POWERED | LS_PORT_SUSPENDED |
			  LS_PORT_C_CONFIG_ERROR,
		  LS_LINK_U3 },
		{ LS_HUB_IS_SUPER, { 0xe0, 0x01, 0, 0 }, 0, LS_LINK_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_hub_event event = { 0 };

		print_message("%zu\n", i);
		ls_hub_traffic_set(&hubs, 3, 5, cases[i].layout);
		assert_int_equal(setup(5, 77, get_port_status, &event), 0);
		assert_int_equal(reply(5, 78, 0, cases[i].data, &event), 0);
		assert_int_equal(reply(5, 77, 0, cases[i].data, &event), 1);
		assert_int_equal(event.kind, LS_HUB_PORT_STATUS);
		assert_int_equal(event.port, 2);
		assert_int_equal(event.bits, cases[i].bits);
		assert_int_equal(event.link_state, cases[i].link);
		assert_int_equal(reply(5, 77, 0, cases[i].data, &event), 0);
	}
}

static enum ls_hub_layout
layout_after(const uint8_t status[4])
{
	struct ls_hub_event event = { 0 };

	setup(9, 77, get_port_status, &event);
	reply(9, 77, 0, status, &event);
	return event.layout;
}

static void
learns_the_layout(void **state)
{
	static const uint8_t usb2[8] = { 0xa0, 6, 0, 0x29, 0, 0, 15, 0 };
	static const uint8_t super[8] = { 0xa0, 6, 0, 0x2a, 0, 0, 12, 0 };
	static const uint8_t depth[8] = { 0x20, 12, 0, 0, 0, 0, 0, 0 };
	static const uint8_t low_speed[4] = { 0x01, 0x03, 0, 0 };
	static const uint8_t empty_usb2[4] = { 0x00, 0x01, 0, 0 },
			     empty_super[4] = { 0xa0, 2, 0, 0 };
	struct ls_hub_event event = { 0 };

	(void)state;
	assert_int_equal(layout_after(low_speed), LS_HUB_IS_UNKNOWN);
	assert_int_equal(layout_after(empty_usb2), LS_HUB_IS_USB2);
	assert_int_equal(layout_after(low_speed), LS_HUB_IS_USB2);
	ls_hub_traffic_set(&hubs, 3, 9, LS_HUB_IS_NONE);
	assert_int_equal(layout_after(empty_super), LS_HUB_IS_SUPER);
	setup(9, 1, usb2, &event);
	assert_int_equal(layout_after(empty_super), LS_HUB_IS_USB2);
	setup(9, 1, super, &event);
	assert_int_equal(layout_after(empty_usb2), LS_HUB_IS_SUPER);
	setup(9, 1, usb2, &event);
	setup(9, 1, depth, &event);
	assert_int_equal(layout_after(empty_usb2), LS_HUB_IS_SUPER);
	ls_hub_traffic_set(&hubs, 128, 9, LS_HUB_IS_USB2);
	ls_hub_traffic_set(&hubs, 3, 128, LS_HUB_IS_USB2);
}

static void
a_hub_that_does_not_answer_is_reported(void **state)
{
	static const uint8_t get_hub_status[8] = { 0xa0, 0, 0, 0, 0, 0, 4, 0 };
	static const uint8_t over_current[4] = { 2, 0, 2, 0 };
	struct ls_hub_event event = { 0 };

	(void)state;
	setup(5, 7, get_hub_status, &event); /* not known to be a hub */
	assert_int_equal(reply(5, 7, -71, NULL, &event), 0);
	setup(5, 7, get_port_status, &event);
	assert_int_equal(reply(5, 7, -71, NULL, &event), 1);
	assert_int_equal(event.kind, LS_HUB_NO_ANSWER);
	assert_int_equal(event.error, -71);
	assert_int_equal(event.port, 2);
	setup(5, 7, get_port_status, &event);
	assert_int_equal(reply(5, 7, 0, NULL, &event), 0);
	setup(5, 8, get_hub_status, &event);
	assert_int_equal(reply(5, 8, 0, over_current, &event), 1);
	assert_int_equal(event.kind, LS_HUB_STATUS);
	assert_int_equal(event.change, 2);
}

static void
reads_the_change_bitmap(void **state)
{
	static const uint8_t bytes[5] = { 0x04, 0x01, 0, 0x80, 0xff };
	static const struct {
		uint8_t devnum, endpoint;
		int32_t status;
		size_t len;
		int want;
		uint32_t ports;
	} cases[] = {
		{ 1, 0x81, 0, 1, 1, 0x04 },	  { 1, 0x81, 0, 2, 1, 0x104 },
		{ 1, 0x81, 0, 4, 1, 0x80000104 }, { 1, 0x81, 0, 5, 1, 0x80000104 },
		{ 1, 0x81, -108, 1, 0, 0 },	  { 1, 0x81, 0, 0, 0, 0 },
		{ 1, 0x01, 0, 1, 0, 0 },	  { 9, 0x81, 0, 1, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_usbmon_record record = {
			.type = LS_USBMON_COMPLETE,
			.xfer = LS_XFER_INTERRUPT,
			.bus = 3,
			.devnum = cases[i].devnum,
			.endpoint = cases[i].endpoint,
			.status = cases[i].status,
			.length = (uint32_t)cases[i].len,
		};
		struct ls_hub_event event = { 0 };

		print_message("%zu\n", i);
		assert_int_equal(ls_hub_traffic_decode(&hubs, &record, cases[i].len ? bytes : NULL,
						       cases[i].len, &event),
				 cases[i].want);
		assert_int_equal(event.ports, cases[i].ports);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_requests_to_ports, set_up),
		cmocka_unit_test_setup(reads_port_status, set_up),
		cmocka_unit_test_setup(learns_the_layout, set_up),
		cmocka_unit_test_setup(a_hub_that_does_not_answer_is_reported, set_up),
		cmocka_unit_test_setup(reads_the_change_bitmap, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
