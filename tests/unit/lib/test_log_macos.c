/* Logs of macOS as observations: their shapes, their reasons, their ports and their clocks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/logs/macos.h"

#define OBSERVED_MAX 4000

struct sink {
	char text[OBSERVED_MAX]; /* "20-7.2 disconnected, …" */
	struct ls_instant at;	 /* of the last one */
	char product[LS_STRING_MAX];
	int status;
};

static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct sink *sink = user;
	size_t len = strlen(sink->text);
	char port[LS_PORT_NAME_MAX + 8];

	snprintf(port, sizeof(port), "%s", obs->port);
	if (obs->kind == LS_OBS_PORT_STATUS)
		snprintf(port, sizeof(port), "%u.%u", obs->devnum, obs->hub_port);
	snprintf(sink->text + len, OBSERVED_MAX - len, "%s%s%s%s", len ? ", " : "", port,
		 port[0] ? " " : "", ls_obs_kind_name(obs->kind));
	sink->at = obs->at;
	sink->status = obs->status;
	if (obs->device && obs->kind == LS_OBS_STRING)
		memcpy(sink->product, obs->device->product, sizeof(sink->product));
}

static void
read_text(const char *text, size_t step, struct sink *sink, struct ls_log_text_summary *summary)
{
	const struct ls_log_text_options options = { .utc_offset_us = 3600 * (int64_t)LS_SEC };
	ls_auto(ls_log_macos) *log = NULL;
	size_t len = strlen(text);

	*sink = (struct sink){ .status = 0 };
	assert_int_equal(ls_log_macos_new(&options, on_observation, sink, &log), 0);
	for (size_t at = 0; at < len; at += step)
		ls_log_macos_feed(log, text + at, len - at < step ? len - at : step);
	ls_log_macos_finish(log, summary);
}

#define SHOW                                                                                       \
	"2026-03-02 08:20:01.250000+0000 0x7b51  Default  0x0  0  0  kernel: (IOUSBHostFamily) "
#define DESTROYED "AppleUSBHostPort::terminateDevice: destroying 0x18d1/4ee7/0510 (Pixel): "

static void
reads_every_shape(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		/* log show */
		{ SHOW "000644.572603 HS13@14900000: AppleUSBHostPort::enumerateDeviceComplete_"
		       "block_invoke: enumerated 0x05e3/0610/9226 (USB2.1 Hub / 3) at 480 Mbps\n",
		  "20-9 enumerating, 20-9 found, 20-9 string" },
		/* --style compact */
		{ "2026-03-02 08:20:02.442 Df kernel[0:8c8] (IOUSBHostFamily) "
		  "usb-drd2-port-hs@02100000: " DESTROYED "hardware connection lost\n",
		  "1.1 port-status, 2-1 disconnected" },
		/* dmesg: lines without an end, and several in one */
		{ "[  321.169949]: Sandbox apply: x[674] <bytes>000321.171289 "
		  "HS01@14100000: " DESTROYED
		  "connect change interrupt000321.176187 HS02@14200000: "
		  "AppleUSBHostPort::enumerateDeviceComplete: enumerated 0x18d1/4ee7/0510 "
		  "(Pixel) at 480 Mbps\n",
		  "1.1 port-status, 20-1 disconnected, 20-2 enumerating, 20-2 found, "
		  "20-2 string" },
		/* --style ndjson */
		{ "{\"timestamp\":\"2026-03-02 08:20:01.250000+0000\",\"eventMessage\":\"HS02@"
		  "14200000: " DESTROYED "port is powering off\"}\n",
		  "1.2 port-status, 20-2 disconnected" },
		/* --style json: slashes are escaped, and the time comes behind the text */
		{ "[{\n  \"eventMessage\" : \"HS02@14200000: AppleUSBHostPort::terminateDevice: "
		  "destroying 0x18d1\\/4ee7\\/0510 (Pixel): port is powering off\",\n  "
		  "\"timestamp\" : \"2026-03-02 08:20:01.250000+0000\",\n  \"x\" : {\n  }\n"
		  "},{\n  \"eventMessage\" : \"HS02@14200000: AppleUSBHostPort::disconnect: "
		  "persistent enumeration failures\",\n}]\n",
		  "1.2 port-status, 20-2 disconnected, 20-2 enum-gave-up" },
		{ "HS02@14200000: " DESTROYED "upstream hub is terminating", "20-2 disconnected" },
		{ "x SS01@00300000: " DESTROYED "link change interrupt\n",
		  "1.3 port-status, 256-3 disconnected" },
		{ "HS02@14200000: " DESTROYED "enumeration failure\n",
		  "20-2 enum-failed, 20-2 disconnected" },
		{ "HS02@14200000: " DESTROYED "reset API call\n",
		  "20-2 removed, 20-2 disconnected" },
		{ "AppleUSB20HubPort@14420000: AppleUSB20HubPort::resetAndCreateDevice: failed to "
		  "address device, disabling port\n"
		  "AppleUSB20HubPort@14420000: AppleUSBHostPort::disconnect: persistent "
		  "enumeration failures\n",
		  "20-4.2 enum-failed, 20-4.2 enum-gave-up" },
		{ "AppleUSBIORequest::complete: device 5 (iPad@14920000) endpoint 0x04: status "
		  "0xe00002ed (transaction error): 0 bytes transferred\n",
		  "20-9.2 transfer-errors" },
		/* a stall, and a transfer of a device that has left */
		{ "AppleUSBIORequest::complete: device 5 (iPad@14920000) endpoint 0x04: status "
		  "0xe0005000 (pipe stalled): 0 bytes transferred\n"
		  "AppleUSBIORequest::complete: device 5 (iPad@14920000) endpoint 0x04: status "
		  "0xe00002eb (aborted): 0 bytes transferred\n",
		  "" },
		{ "PMRD: Entering Sleep state\nWake reason: EC.LidOpen\n", "sleep, wake" },
		{ "Google Chrome@(null): AppleUSBHostUserClient::openGated: no\n", "" },
		{ "mail@example.org: terminateDevice: destroying 0x1/2/3 (x): y\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_log_text_summary summary;
		struct sink sink, bytes;

		print_message("%s\n", cases[i].text);
		read_text(cases[i].text, SIZE_MAX / 2, &sink, &summary);
		assert_string_equal(sink.text, cases[i].want);
		read_text(cases[i].text, 1, &bytes, &summary);
		assert_string_equal(bytes.text, cases[i].want);
	}
}

static void
knows_the_hub_above(void **state)
{
	struct ls_log_text_summary summary;
	struct sink sink;

	(void)state;
	read_text("HS13@14900000: AppleUSBHostPort::x: enumerated 0x05e3/0610/9226 (Hub / 3) at "
		  "480 Mbps\n"
		  "AppleUSB20HubPort@14940000: " DESTROYED "hardware connection lost\n",
		  SIZE_MAX / 2, &sink, &summary);
	assert_non_null(strstr(sink.text, ", 2.4 port-status, 20-9.4 disconnected"));
}

static void
reads_names_and_statuses(void **state)
{
	static const struct {
		const char *text, *product;
		int status;
	} cases[] = {
		{ "A@14100000: : enumerated 0x05ac/1281/0000 (Apple Mobile Device (Recovery Mode) "
		  "/ "
		  "7) at 480 Mbps\n",
		  "Apple Mobile Device (Recovery Mode)", 0 },
		{ "A@14100000: : enumerated 0x2109/2817/03e3 (USB2.0 Hub             ) at 5 Gbps\n",
		  "USB2.0 Hub", 0 },
		{ "device 1 (a/b / c@14100000) endpoint 0x81: status 0xe00002d6 (timed out): 0\n",
		  "", -ETIMEDOUT },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_log_text_summary summary;
		struct sink sink;

		print_message("%s\n", cases[i].text);
		read_text(cases[i].text, SIZE_MAX / 2, &sink, &summary);
		assert_string_equal(sink.product, cases[i].product);
		assert_int_equal(sink.status, cases[i].status);
	}
}

static void
reads_clocks(void **state)
{
	static const struct {
		const char *text;
		int64_t real_us;
		uint64_t mono_us;
	} cases[] = {
		{ "2026-03-02 08:20:01.250000+0200 kernel: 000644.572603 A@14100000: " DESTROYED
		  "x\n",
		  INT64_C(1772432401250000), 644572603 },
		{ "{\n  \"eventMessage\" : \"A@14100000: " DESTROYED "x\",\n  \"timestamp\" : "
		  "\"2026-03-02 08:20:01.250000+0200\"\n}\n",
		  INT64_C(1772432401250000), 0 },
		/* local time, here an hour east of Greenwich */
		{ "2026-03-02 08:20:01.250 Df kernel: A@14100000: " DESTROYED "x\n",
		  INT64_C(1772436001250000), 0 },
		{ "[  321.169949]: A@14100000: " DESTROYED "x\n", 0, 321169949 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_log_text_summary summary;
		struct sink sink;

		print_message("%s\n", cases[i].text);
		read_text(cases[i].text, SIZE_MAX / 2, &sink, &summary);
		assert_int_equal(sink.at.real_us, cases[i].real_us);
		if (cases[i].mono_us)
			assert_int_equal(sink.at.mono_us, cases[i].mono_us);
		assert_int_equal(summary.usb_lines, 1);
		assert_string_equal(summary.format, "macos-log");
	}
}

static void
is_recognised(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "Timestamp                       Thread     Type        Activity\n", true },
		{ "x HS02@14200000: " DESTROYED "x", true },
		{ "[ 1.0] usb 1-1: USB disconnect, device number 5\n", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%s\n", cases[i].text);
		assert_int_equal(ls_log_macos_is_one(cases[i].text, strlen(cases[i].text)),
				 cases[i].want);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_shape),
		cmocka_unit_test(knows_the_hub_above),
		cmocka_unit_test(reads_names_and_statuses),
		cmocka_unit_test(reads_clocks),
		cmocka_unit_test(is_recognised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
