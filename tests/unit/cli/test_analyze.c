#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/base/cli.h"
#include "cli/commands/list.h"
#include "cli/offline/offline.h"
#include "cli/offline/offline_state.h"
#include "lib/usbmon/usbmon.h"

#define NOW_US (INT64_C(1795357800) * 1000000)
#define PATH   64

/* A file in memory that has a path; the descriptor stays open. */
static void
make_file(const void *bytes, size_t len, char path[PATH])
{
	int fd = memfd_create("file", 0);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	snprintf(path, PATH, "/proc/self/fd/%d", fd);
}

/* Runs linkstat analyze; what it prints is the caller's to free. */
static int
run(bool json, char *const *paths, int n_paths, char **ret)
{
	struct cli cli = { .json = json, .args = paths, .n_args = n_paths, .now_us = NOW_US };
	size_t size;
	int r;

	output_style_init(&cli.style, stdout);
	cli.style.terminal = cli.style.colour = false;
	cli.style.width = 0;
	cli.style.out = open_memstream(ret, &size);
	assert_non_null(cli.style.out);
	r = command_find(command_list, "analyze")->run(&cli, NULL);
	fclose(cli.style.out);
	return r;
}

static json_t *
analyze(const char *log, int want)
{
	char path[PATH], *paths[] = { path }, *text;
	json_t *json;

	make_file(log, strlen(log), path);
	assert_int_equal(run(true, paths, 1, &text), want);
	json = json_loads(text, 0, NULL);
	assert_non_null(json);
	free(text);
	return json;
}

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static int64_t
number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static const json_t *
only_incident(const json_t *json)
{
	const json_t *incidents = json_object_get(json, "incidents");

	assert_int_equal(json_array_size(incidents), 1);
	return json_array_get(incidents, 0);
}

static const json_t *
port_of(const json_t *json, const char *name)
{
	const json_t *port;
	size_t i;

	json_array_foreach(json_object_get(json, "ports"), i, port)
	{
		if (strcmp(text_of(port, "name"), name) != 0)
			continue;
		assert_string_equal(text_of(port, "port"), name);
		return port;
	}
	fail_msg("no port %s", name);
	return NULL;
}

static int64_t
lines_of(const json_t *json, const char *port, const char *kind)
{
	return number_of(json_object_get(port_of(json, port), "observations"), kind);
}

#define CAME(stamp, port, number, serial)                                                          \
	"[" stamp "10] usb " port ": new high-speed USB device number " number " using xhci_hcd\n" \
	"[" stamp "20] usb " port ": New USB device found, idVendor=0403, idProduct=6001\n"        \
	"[" stamp "30] usb " port ": SerialNumber: " serial "\n"
#define LEFT(stamp, port, number)                                                                  \
	"[" stamp "00] usb " port ": USB disconnect, device number " number "\n"

static void
finds_a_lost_link(void **state)
{
	ls_json_auto json_t *json = analyze(
		CAME("  100.0000", "1-2", "5", "A1") LEFT("  200.0000", "1-2", "5")
			CAME("  201.0000", "1-2", "6", "A1") "[  300.000000] eth0: link up\n",
		CLI_PROBLEM);
	const json_t *incident = only_incident(json);

	(void)state;
	assert_string_equal(text_of(incident, "cause"), "link-loss");
	assert_string_equal(text_of(incident, "name"), "1-2");
	assert_true(json_is_true(json_object_get(incident, "drop")));
	assert_true(json_real_value(json_object_get(incident, "back_after_seconds")) > 0.9);
	assert_int_equal(number_of(port_of(json, "1-2"), "drops"), 1);
	assert_int_equal(lines_of(json, "1-2", "connect"), 2);
	assert_int_equal(lines_of(json, "1-2", "disconnect"), 1);
	/* It was there from 100 to 200, and from 201 until the log ends. */
	assert_true(json_real_value(json_object_get(port_of(json, "1-2"), "connected_seconds")) >
		    198);
}

/* The end of a file is no proof of absence, but what the log outlived is. */
static void
does_not_take_the_end_for_an_absence(void **state)
{
	static const struct {
		const char *log, *cause;
	} cases[] = {
		{ CAME("  100.0000", "1-2", "5", "A1") LEFT("  200.0000", "1-2", "5"), "unknown" },
		{ CAME("  100.0000", "1-2", "5", "A1")
			  LEFT("  200.0000", "1-2", "5") "[  205.000000] eth0: link up\n",
		  "unknown" },
		{ CAME("  100.0000", "1-2", "5", "A1")
			  LEFT("  200.0000", "1-2", "5") "[  290.000000] eth0: link up\n",
		  "unplugged" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_json_auto json_t *json = analyze(cases[i].log, CLI_FINE);
		const json_t *incident = only_incident(json);
		bool open = strcmp(cases[i].cause, "unknown") == 0;

		print_message("%zu: %s\n", i, text_of(incident, "why"));
		assert_string_equal(text_of(incident, "cause"), cases[i].cause);
		assert_true(json_is_null(json_object_get(incident, "closed_at")) == open);
		assert_false(json_is_true(json_object_get(incident, "drop")));
	}
}

/* A new number, a driver or a string shows that it came back, also where the log ends there. */
static void
takes_a_new_number_for_a_return(void **state)
{
	static const char number[] = "[  200.400000] usb 1-2: new full-speed USB device number 6 "
				     "using xhci_hcd\n";
	static const struct {
		const char *number, *more;
	} cases[] = {
		{ number, "" },
		{ number,
		  "[  200.500000] ftdi_sio 1-2:1.0: FTDI USB Serial Device converter detected\n" },
		{ "", "[  200.500000] usb-storage 1-2:1.0: USB Mass Storage device detected\n" },
		{ "", "[  200.500000] rndis_host 1-2:1.0 usb0: register 'rndis_host' at "
		      "usb-0000:00:14.0-2, RNDIS device, 02:00:00:00:00:01\n" },
		{ "", "[  200.500000] usb 1-2: Product: Stick\n" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char log[2048];
		ls_json_auto json_t *json = NULL;
		const json_t *incident;

		snprintf(log, sizeof(log), "%s%s%s",
			 CAME("  100.0000", "1-2", "5", "A1") LEFT("  200.0000", "1-2", "5"),
			 cases[i].number, cases[i].more);
		json = analyze(log, CLI_PROBLEM);
		incident = only_incident(json);
		print_message("%zu: %s\n", i, text_of(incident, "why"));
		assert_string_equal(text_of(incident, "cause"), "link-loss");
		assert_true(json_is_real(json_object_get(incident, "back_after_seconds")));
	}
}

/* … and where the start failed it came back, too. */
static void
says_that_a_start_was_going_on_at_the_end(void **state)
{
	ls_json_auto json_t *json = analyze(
		CAME("  100.0000", "1-2", "5", "A1")
			LEFT("  200.0000", "1-2",
			     "5") "[  204.400000] usb 1-2: new full-speed USB device number 6 "
				  "using xhci_hcd\n"
				  "[  204.600000] usb 1-2: device descriptor read/64, error -71\n",
		CLI_FINE);

	(void)state;
	assert_non_null(strstr(text_of(only_incident(json), "why"), "had not started"));
}

/* No hand pulls a plug and puts it in again as fast. */
static void
needs_no_start_for_a_return_at_once(void **state)
{
	ls_json_auto json_t *json = analyze(
		CAME("  100.0000", "1-2", "5", "A1")
			LEFT("  200.0000", "1-2",
			     "5") "[  200.400000] usb 1-2: new full-speed USB device number 6 "
				  "using xhci_hcd\n"
				  "[  200.600000] usb 1-2: device descriptor read/64, error -71\n",
		CLI_PROBLEM);

	(void)state;
	assert_string_equal(text_of(only_incident(json), "cause"), "link-loss");
}

/* Dates of the journal: the same span as that of dmesg above it. */
static void
counts_a_span_that_was_pasted_twice_once(void **state)
{
	static const char dmesg[] = CAME("  100.0000", "1-2", "5", "A1")
		LEFT("  200.0000", "1-2", "5") CAME("  200.4000", "1-2", "6", "A1");
#define ON_DAY(time, text) "Mar 12 08:" time " otter kernel: usb 1-2: " text "\n"
#define JOURNAL                                                                                    \
	ON_DAY("01:40", "new high-speed USB device number 5 using xhci_hcd")                       \
	ON_DAY("01:40", "New USB device found, idVendor=0403, idProduct=6001")                     \
	ON_DAY("03:20", "USB disconnect, device number 5")                                         \
	ON_DAY("03:20", "new high-speed USB device number 6 using xhci_hcd")                       \
	ON_DAY("03:20", "New USB device found, idVendor=0403, idProduct=6001")
	static const struct {
		const char *more; /* of the journal */
		size_t n_incidents;
	} cases[] = {
		{ "", 1 },
		{ ON_DAY("33:20", "USB disconnect, device number 6") ON_DAY(
			  "33:21", "new high-speed USB device number 7 using xhci_hcd")
			  ON_DAY("33:21", "New USB device found, idVendor=0403, idProduct=6001"),
		  2 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char text[4096];
		ls_json_auto json_t *json = NULL, *reverse = NULL;

		snprintf(text, sizeof(text), "$ dmesg\n%s\n$ journalctl -k\n" JOURNAL "%s", dmesg,
			 cases[i].more);
		json = analyze(text, CLI_PROBLEM);
		assert_int_equal(json_array_size(json_object_get(json, "incidents")),
				 cases[i].n_incidents);
		snprintf(text, sizeof(text), JOURNAL "%s\n%s", cases[i].more, dmesg);
		reverse = analyze(text, CLI_PROBLEM);
		assert_int_equal(json_array_size(json_object_get(reverse, "incidents")),
				 cases[i].n_incidents);
	}
}

/* A device at the end of one boot and one at the beginning of the next are nothing to each other. */
static void
keeps_boots_apart(void **state)
{
	ls_json_auto json_t *json = analyze(
		CAME("  100.0000", "1-2", "5", "A1")
			LEFT("  200.0000", "1-2", "5") "[    0.000000] Linux version 6.1.0\n" CAME(
				"    2.0000", "1-2", "2", "A1"),
		CLI_FINE);
	const json_t *incident = only_incident(json);

	(void)state;
	assert_string_equal(text_of(incident, "cause"), "unknown");
	assert_int_equal(number_of(json_array_get(json_object_get(json, "logs"), 0), "boots"), 2);
	assert_int_equal(number_of(port_of(json, "1-2"), "sessions"), 2);
}

/* The first line never claims that all is well when it is not; advice follows directly. */
static void
answers_in_the_first_line(void **state)
{
	static const struct {
		const char *log, *first, *then; /* then: somewhere */
	} cases[] = {
		{ CAME("  100.0000", "1-2", "5", "A1"), ": no drops.\n", "1-2" },
		{ "[  100.000000] usb 1-2: reset high-speed USB device number 5 using xhci_hcd\n",
		  ": no drops.\n", "1 x reset" },
		{ "[  100.000000] usb 1-2: reset high-speed USB device number 5 using xhci_hcd\n"
		  "[  130.000000] usb 1-2: reset high-speed USB device number 5 using xhci_hcd\n",
		  ": no drop is certain, but not all is well.\n", "Next: Once: nothing." },
		{ CAME("  100.0000", "1-2", "5", "A1") LEFT("  200.0000", "1-2", "5"),
		  ": no drop is certain, but not all is well.\n", "whether it came back" },
		{ CAME("  100.0000", "1-2", "5", "A1") LEFT("  200.0000", "1-2", "5"),
		  ": no drop is certain, but not all is well.\n",
		  "Next: Read all of the log, with what follows [200.000]: sudo dmesg | " },
		{ "[  100.000000] uvcvideo: Non-zero status (-71) in video completion handler.\n"
		  "[  101.000000] uvcvideo: Non-zero status (-71) in video completion handler.\n",
		  ": no drop is certain, but not all is well.\n", "2 lines, 2 tell of USB links" },
		{ "[  100.000000] cp210x ttyUSB3: failed set request 0x12 status: -110\n",
		  ": no drop is certain, but not all is well.\n", "  ttyUSB3: transfers failed" },
		/* The log says which device that is. */
		{ CAME("  100.0000", "1-2", "5",
		       "A1") "[  101.000000] usb 1-2: cp210x converter now attached to ttyUSB3\n"
			     "[  160.000000] cp210x ttyUSB3: failed set request 0x12 status: "
			     "-110\n",
		  ": no drop is certain, but not all is well.\n",
		  "  1-2: transfers failed while it stayed connected" },
		{ "asix 1-4:1.0 eth1: Failed to read reg index 0x0000: -71\n",
		  ": no drop is certain, but not all is well.\n",
		  "  1-4: transfers failed while it stayed connected" },
		{ "[  100.000000] sd 6:0:0:0: [sdb] tag#3 uas_eh_abort_handler 0 uas-tag 4 "
		  "inflight: "
		  "CMD IN\n",
		  ": no drop is certain, but not all is well.\n", "  host6: transfers failed" },
		{ "[  100.000000] usb 1-4: reset high-speed USB device number 5 using xhci_hcd\n"
		  "[  105.300000] usb 1-4: device descriptor read/64, error -110\n"
		  "[  120.600000] usb 1-4: device descriptor read/64, error -110\n",
		  ": no drop is certain, but not all is well.\n",
		  "  1-4: it did not answer when it was reset" },
		/* As a plug is pulled. */
		{ CAME("  100.0000", "1-2", "5",
		       "A1") "[  199.900000] r8152 1-2:1.0 eth0: Tx status -71\n" LEFT("  200.0000",
										       "1-2", "5"),
		  ": no drop is certain, but not all is well.\n", "whether it came back" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char path[PATH], *paths[] = { path }, *text;

		make_file(cases[i].log, strlen(cases[i].log), path);
		assert_int_equal(run(false, paths, 1, &text), CLI_FINE);
		print_message("%zu: %s\n", i, text);
		assert_memory_equal(text + strlen(path), cases[i].first, strlen(cases[i].first));
		assert_non_null(strstr(text, cases[i].then));
		free(text);
	}
}

/* How long the first one was away is not known: the second may have been plugged in. */
static void
takes_another_device_for_another_without_times(void **state)
{
	ls_json_auto json_t *json = analyze(
		"usb 1-3: new high-speed USB device number 5 using xhci_hcd\n"
		"usb 1-3: New USB device found, idVendor=0951, idProduct=1666, bcdDevice= 1.00\n"
		"usb 1-3: USB disconnect, device number 5\n"
		"usb 1-3: new high-speed USB device number 6 using xhci_hcd\n"
		"usb 1-3: New USB device found, idVendor=0781, idProduct=5567, bcdDevice= 1.00\n",
		CLI_FINE);

	(void)state;
	assert_string_equal(text_of(only_incident(json), "cause"), "unplugged");
}

/* Minutes or days may lie between two lines. */
static void
is_less_sure_without_times(void **state)
{
	ls_json_auto json_t *json = analyze("usb 1-2: USB disconnect, device number 5\n"
					    "usb 1-2: new high-speed USB device number 6 using "
					    "xhci_hcd\n"
					    "usb 1-2: New USB device found, idVendor=0403, "
					    "idProduct=6001\n",
					    CLI_PROBLEM);
	const json_t *incident = only_incident(json);

	(void)state;
	assert_true(json_real_value(json_object_get(incident, "confidence")) <= 0.4);
	assert_true(json_is_null(json_object_get(incident, "back_after_seconds")));
}

/* The log began after the hub was plugged in: that it is one shows in what leaves with it. */
static void
attributes_a_lost_hub_to_one_incident(void **state)
{
	ls_json_auto json_t *json =
		analyze(LEFT("  200.0000", "1-2", "5") LEFT("  200.0001", "1-2.1", "6")
				LEFT("  200.0002", "1-2.1.3", "7") LEFT("  200.0003", "1-2.4", "8")
					CAME("  201.0000", "1-2", "9", "H1"),
			CLI_PROBLEM);
	const json_t *incident = only_incident(json);

	(void)state;
	assert_string_equal(text_of(incident, "cause"), "upstream-loss");
	assert_string_equal(text_of(incident, "name"), "1-2");
	assert_int_equal(lines_of(json, "1-2.1.3", "disconnect"), 1);
}

static void
names_controllers_as_the_log_does(void **state)
{
	ls_json_auto json_t *json =
		analyze("[  100.000000] xhci_hcd 0000:3a:00.0: xHCI host controller not "
			"responding, assume dead\n"
			"[  100.000010] xhci_hcd 0000:3a:00.0: HC died; cleaning up\n",
			CLI_PROBLEM);

	(void)state;
	assert_string_equal(text_of(only_incident(json), "name"), "0000:3a:00.0");
	assert_string_equal(text_of(only_incident(json), "cause"), "controller-died");
	assert_int_equal(lines_of(json, "0000:3a:00.0", "controller-died"), 1);
}

/* What a device wrote ends with its line. */
static void
keeps_serial_numbers_as_they_are(void **state)
{
	static const char log[] = "usb 1-2: new high-speed USB device number 5 using xhci_hcd\n"
				  "usb 1-2: New USB device found, idVendor=0403, idProduct=6001\n"
				  "usb 1-2: SerialNumber: A1\n"
				  "7 devices are known\n"
				  "usb 1-2: USB disconnect, device number 5\n"
				  "usb 1-2: new high-speed USB device number 6 using xhci_hcd\n"
				  "usb 1-2: New USB device found, idVendor=0403, idProduct=6001\n"
				  "usb 1-2: SerialNumber: A1\n"
				  "eth0: link up\n";
	ls_json_auto json_t *json = analyze(log, CLI_PROBLEM);

	(void)state;
	assert_string_equal(text_of(only_incident(json), "cause"), "link-loss");
	assert_string_equal(text_of(json_object_get(only_incident(json), "device"), "serial"),
			    "A1");
	assert_int_equal(number_of(json_array_get(json_object_get(json, "logs"), 0), "usb_lines"),
			 7);
}

/* PowerShell writes it. */
static void
reads_utf16(void **state)
{
	static const char log[] = "[  200.000000] usb 1-2: USB disconnect, device number 5\r\n"
				  "[  290.000000] eth0: link up\r\n";
	char wide[2 * sizeof(log)] = "\xff\xfe", path[PATH], *paths[] = { path }, *text;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(log); i++)
		wide[2 + 2 * i] = log[i];
	make_file(wide, sizeof(wide), path);
	assert_int_equal(run(false, paths, 1, &text), CLI_FINE);
	assert_non_null(strstr(text, "1-2"));
	free(text);
}

/* Terminal programs write the time of day before each line. */
static void
shows_times_of_day(void **state)
{
	static const char log[] =
		"[22:59:50] usb 2-7: USB disconnect, device number 9\n"
		"[22:59:51] usb 2-7: new full-speed USB device number 10 using xhci_hcd\n"
		"[22:59:51] usb 2-7: New USB device found, idVendor=0403, idProduct=6001\n"
		"[00:10:02] usb 2-7: USB disconnect, device number 10\n"
		"[00:10:03] usb 2-7: new full-speed USB device number 11 using xhci_hcd\n"
		"[00:10:03] usb 2-7: New USB device found, idVendor=0403, idProduct=6001\n"
		"[00:30:00] eth0: link up\n";
	char path[PATH], *paths[] = { path }, *text;

	(void)state;
	make_file(log, strlen(log), path);
	assert_int_equal(run(false, paths, 1, &text), CLI_PROBLEM);
	assert_non_null(strstr(text, "first at 22:59:50, last at day 2, 00:10:02"));
	assert_non_null(strstr(text, "times of day, but no dates"));
	free(text);
}

static void
reports_a_log_without_usb_lines(void **state)
{
	static const char *const logs[] = {
		"[  100.000000] eth0: link up\n",
		"[  100.000000] usbcore: registered new interface driver usbhid\n",
		"[  100.000000] ehci_hcd: USB 2.0 'Enhanced' Host Controller (EHCI) Driver\n",
		"Mar 12 08:00:01 usb-relay kernel: eth0: link up\n",
		"Mar 12 08:00:01 otter mtp-probe[7]: checking bus 1, device 5: usb1/1-2\n",
		"[  100.000000] PM: suspend entry (deep)\n[  200.000000] PM: suspend exit\n",
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(logs); i++) {
		char path[PATH], *paths[] = { path }, *text;

		print_message("%s", logs[i]);
		make_file(logs[i], strlen(logs[i]), path);
		assert_int_equal(run(false, paths, 1, &text), CLI_FINE);
		assert_non_null(strstr(text, "no line of it tells of a USB link"));
		free(text);
	}
}

/* "Nothing happened" would be wrong of a file that was not understood. */
static void
says_what_it_reads(void **state)
{
	static const char prose[] = "Dear all,\n\nmy phone shows the cable again.\n\nBye\n";
	char path[PATH], *paths[] = { path }, *text;

	(void)state;
	make_file(prose, strlen(prose), path);
	assert_int_equal(run(false, paths, 1, &text), CLI_PROBLEM);
	assert_non_null(strstr(text, "this is no kind of file that linkstat reads"));
	assert_non_null(strstr(text, "journalctl -k > kernel.txt"));
	free(text);
}

static void
tells_the_story_of_a_restore(void **state)
{
	static const char log[] = "[10:00:02.0001] Changing state from 'Idle' to 'Restoring'\n"
				  "[10:05:02.0001] Restore mode device connected\n"
				  "[10:09:02.0001] Restore mode device disconnected\n"
				  "[10:09:12.0001] Recovery mode device connected\n"
				  "[10:09:13.0001] Restore completed, status: 4013\n";
	char path[PATH], *paths[] = { path }, *text;

	(void)state;
	make_file(log, strlen(log), path);
	assert_int_equal(run(false, paths, 1, &text), CLI_PROBLEM);
	assert_non_null(strstr(text, "failed after 9 min 11 s"));
	assert_non_null(strstr(text, "it restarted"));
	assert_non_null(strstr(text, "The error number is 4013, see: linkstat 4013"));
	assert_non_null(strstr(text, "  10:09:12  recovery mode\n"));
	assert_null(strstr(text, "no line of it"));
	free(text);
}

#define APPLE_CAME(t, n, pid, serial)                                                              \
	t "usb 2-3: new high-speed USB device number " n " using xhci_hcd\n" t                     \
	  "usb 2-3: New USB device found, idVendor=05ac, idProduct=" pid ", bcdDevice= 0.00\n" t   \
	  "usb 2-3: SerialNumber: " serial "\n"
#define RECOVERY_SERIAL	 "CPID:8020 CPRV:11 BDID:0E ECID:000870190EDA001E IBFL:3D SRTG:[x]"
#define APPLE_LEFT(t, n) t "usb 2-3: USB disconnect, device number " n "\n"
#define AT(time)	 "2026-03-02T" time "+00:00 bench kernel: "

/* The program logs times of day three hours ahead of the kernel's. */
static void
puts_a_restore_beside_the_kernel(void **state)
{
	static const char kernel[] = APPLE_CAME(AT("07:05:00.000000"), "5", "1281", RECOVERY_SERIAL)
		APPLE_LEFT(AT("07:05:30.000000"), "5")
			APPLE_CAME(AT("07:05:36.000000"), "6", "1281", RECOVERY_SERIAL)
				APPLE_LEFT(AT("07:06:30.000000"), "6")
					APPLE_CAME(AT("07:06:50.000000"), "7", "12a8",
						   "00008020000870190EDA001E")
						APPLE_LEFT(AT("07:09:00.000000"), "7")
							APPLE_CAME(AT("07:09:11.000000"), "8",
								   "1281", RECOVERY_SERIAL);
	static const char restore[] = "[10:05:00.9001] Recovery mode device connected\n"
				      "[10:05:30.4001] Recovery mode device disconnected\n"
				      "[10:05:36.9001] Recovery mode device connected\n"
				      "[10:06:30.4001] Recovery mode device disconnected\n"
				      "[10:06:51.0001] Restore mode device connected\n"
				      "[10:09:00.5001] Restore mode device disconnected\n"
				      "[10:09:12.0001] Recovery mode device connected\n"
				      "[10:09:13.0001] Restore completed, status: 4013\n";
	char one[PATH], other[PATH], *paths[] = { one, other }, *text;

	(void)state;
	make_file(kernel, strlen(kernel), one);
	make_file(restore, strlen(restore), other);
	assert_int_equal(run(false, paths, 2, &text), CLI_PROBLEM);
	assert_non_null(strstr(text, "tells of the same attempt as the kernel log"));
	assert_non_null(strstr(text, "on 2-3: device restarted"));
	assert_non_null(strstr(text, " before it failed"));
	free(text);
	/* A restore of another day, with other times between its events. */
	make_file(kernel, strlen(kernel), one);
	make_file("[10:05:00.9001] Recovery mode device connected\n"
		  "[10:15:30.4001] Recovery mode device disconnected\n"
		  "[10:35:36.9001] Recovery mode device connected\n"
		  "[10:36:13.0001] Restore completed, status: 4013\n",
		  182, other);
	assert_int_equal(run(false, paths, 2, &text), CLI_PROBLEM);
	assert_null(strstr(text, "the same attempt"));
	free(text);
}

static void
reads_a_log_of_a_mac(void **state)
{
	static const char log[] =
		"2026-03-02 08:20:02.442 Df kernel[0:8c8] (IOUSBHostFamily) HS01@14100000: "
		"AppleUSBHostPort::enumerateDeviceComplete: enumerated 0x18d1/4ee7/0510 (Pixel / "
		"4) at 480 Mbps\n"
		"2026-03-02 08:30:02.442 Df kernel[0:8c8] (IOUSBHostFamily) HS01@14100000: "
		"AppleUSBHostPort::terminateDevice: destroying 0x18d1/4ee7/0510 (Pixel): hardware "
		"connection lost\n"
		"2026-03-02 08:30:02.942 Df kernel[0:8c8] (IOUSBHostFamily) HS01@14100000: "
		"AppleUSBHostPort::enumerateDeviceComplete: enumerated 0x18d1/4ee7/0510 (Pixel / "
		"5) at 480 Mbps\n";
	char path[PATH], *paths[] = { path }, *text;

	(void)state;
	make_file(log, strlen(log), path);
	assert_int_equal(run(false, paths, 1, &text), CLI_PROBLEM);
	assert_non_null(strstr(text, "20-1 (Pixel): link lost"));
	assert_non_null(strstr(text, "the hub saw the connection go"));
	assert_non_null(strstr(text, "macos-log, 3 lines"));
	free(text);
}

/* What fails with a controller is no trouble of its own. */
static void
explains_failures_by_the_dead_controller(void **state)
{
	static const char log[] =
		"[  100.000000] xhci_hcd 0000:04:00.3: HC died; cleaning up\n"
		"[  100.001000] usb 3-2: PM: failed to resume async: error -22\n"
		"[  100.002000] usb 4-2.1: Failed to set U1 timeout to 0x0,error code -19\n"
		"[  100.003000] usb 3-2: USB disconnect, device number 4\n";
	char path[PATH], *paths[] = { path }, *text;

	(void)state;
	make_file(log, strlen(log), path);
	assert_int_equal(run(false, paths, 1, &text), CLI_PROBLEM);
	print_message("%s", text);
	assert_non_null(strstr(text, "0000:04:00.3: USB controller died"));
	assert_null(strstr(text, "autosuspend"));
	assert_null(strstr(text, "the hub or the cable"));
	free(text);
}

/* A shape that is not known must not look like a log in which nothing happened. */
static void
shows_what_it_does_not_understand(void **state)
{
	static const struct {
		const char *log;
		int64_t n;
		const char *shown;
	} cases[] = {
		{ "2031/071 T+44s lvl=6 [usb 3-6] USB disconnect, device number 11\n"
		  "2031/071 T+45s lvl=6 [usb 3-6] new full-speed USB device number 12\n",
		  2, "2031/071 T+44s lvl=6 [usb 3-6] USB disconnect, device number 11" },
		{ "Mar 12 08:00:01 otter relay[7]: usb 3-6: USB disconnect, device number 11\n", 1,
		  "relay[7]: usb 3-6: USB disconnect" },
		{ "[   44.123456] usb 3-6: something new happened\n"
		  "[   45.000000] PM: suspend entry (deep)\n"
		  "[   46.000000] PM: suspend exit\n",
		  1, "something new happened" },
		{ "[   44.123456] cdc_acm 3-6:1.2: some request went wrong\n", 1,
		  "cdc_acm 3-6:1.2" },
		{ "[   44.123456] dwc_otg: schedule_periodic: Insufficient periodic bandwidth\n"
		  "[   44.123456] cannot submit datapipe for urb 0, error -28: not enough "
		  "bandwidth\n",
		  2, "schedule_periodic" },
		{ "{\"MESSAGE\":\"usb 3-6: USB disconnect, device number 11\"}\n", 1,
		  "USB disconnect, device number 11" },
		{ "__CURSOR=x\nMESSAGE=usb 3-6: USB disconnect, device number 11\n\n", 1,
		  "USB disconnect, device number 11" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char path[PATH], *paths[] = { path }, *text;
		ls_json_auto json_t *json = analyze(cases[i].log, CLI_PROBLEM);
		const json_t *log = json_array_get(json_object_get(json, "logs"), 0);

		assert_int_equal(number_of(log, "unread_lines"), cases[i].n);
		assert_non_null(strstr(text_of(log, "unread_line"), cases[i].shown));
		make_file(cases[i].log, strlen(cases[i].log), path);
		assert_int_equal(run(false, paths, 1, &text), CLI_PROBLEM);
		print_message("%s", text);
		assert_non_null(strstr(text, "USB, but none of them is understood"));
		assert_non_null(strstr(text, cases[i].shown));
		free(text);
	}
}

/* The newlines of a copy were lost, or a device has a message of the kernel as its name. */
static void
reports_what_stands_behind_the_text_of_a_device(void **state)
{
	static const char log[] =
		"[  100.000000] usb 1-2: new high-speed USB device number 5 using xhci_hcd "
		"[  100.100000] usb 1-2: Product: Stick "
		"[  200.000000] usb 1-2: USB disconnect, device number 5 "
		"[  201.000000] usb 1-2: new high-speed USB device number 6 using xhci_hcd\n";
	char path[PATH], *paths[] = { path }, *text;

	(void)state;
	make_file(log, strlen(log), path);
	assert_int_equal(run(false, paths, 1, &text), CLI_PROBLEM);
	assert_non_null(strstr(text, "1 line goes on behind the text of a device"));
	assert_non_null(strstr(text, "The first: [  200.000000] usb 1-2: USB disconnect"));
	free(text);
}

static void
refuses_what_is_neither(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *why;
	} cases[] = {
		{ "", 0, "is empty" },
		{ "\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, "neither a capture" },
		{ "BZh91AY&SY", 10, "bzip2" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char path[PATH], *paths[] = { path }, *text;
		ls_json_auto json_t *json = NULL;
		const json_t *capture;

		make_file(cases[i].bytes, cases[i].len, path);
		assert_int_equal(run(true, paths, 1, &text), CLI_PROBLEM);
		json = json_loads(text, 0, NULL);
		capture = json_array_get(json_object_get(json, "captures"), 0);
		assert_non_null(strstr(text_of(capture, "truncated"), cases[i].why));
		free(text);
	}
}

/* Thousands of incidents: all are counted, the first and last are listed, and a note says so. */
static void
counts_what_it_does_not_list(void **state)
{
	enum { N = 3000 };
	ls_json_auto json_t *json = NULL;
	const json_t *incidents;
	size_t size;
	char *log;
	FILE *file = open_memstream(&log, &size);

	(void)state;
	for (int i = 0; i < N; i++) {
		fprintf(file, "[%d.000000] usb 1-2: reset high-speed USB device number 5 using x\n",
			1000 + 60 * i);
	}
	fclose(file);
	json = analyze(log, CLI_FINE);
	free(log);
	incidents = json_object_get(json, "incidents");
	assert_int_equal(json_array_size(incidents), OFFLINE_INCIDENTS);
	assert_int_equal(number_of(json_array_get(incidents, 0), "id"), 1);
	assert_int_equal(number_of(json_array_get(incidents, OFFLINE_INCIDENTS - 1), "id"), N);
	assert_int_equal(number_of(json_object_get(port_of(json, "1-2"), "incidents_by_cause"),
				   "host-reset"),
			 N);
	assert_int_equal(lines_of(json, "1-2", "reset"), N);
	assert_int_equal(json_array_size(json_object_get(json, "notes")), 1);
}

/* ---- a capture and a log ---- */

#define CAPTURE_MAX 65536
#define BEGAN_S	    1700000000 /* 2023-11-14T22:13:20Z */

struct pcap {
	uint8_t at[CAPTURE_MAX];
	size_t len;
};

static void
put(struct pcap *pcap, const void *bytes, size_t len)
{
	assert_true(pcap->len + len <= sizeof(pcap->at));
	memcpy(pcap->at + pcap->len, bytes, len);
	pcap->len += len;
}

static void
begin(struct pcap *pcap)
{
	static const uint32_t header[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 220 };

	pcap->len = 0;
	put(pcap, header, sizeof(header));
}

static void
put_transfer(struct pcap *pcap, int64_t second, int32_t usec, int32_t status)
{
	static const uint32_t packet[] = { 0, 0, 64, 64 };
	struct ls_usbmon_record record = {
		.id = 7,
		.type = LS_USBMON_SUBMIT,
		.xfer = LS_XFER_BULK,
		.endpoint = 0x02,
		.devnum = 5,
		.bus = 1,
		.real_sec = BEGAN_S + second,
		.real_usec = usec,
		.status = -115,
	};

	put(pcap, packet, sizeof(packet));
	put(pcap, &record, sizeof(record));
	record.type = LS_USBMON_COMPLETE;
	record.real_usec += 100;
	record.status = status;
	put(pcap, packet, sizeof(packet));
	put(pcap, &record, sizeof(record));
}

#define DATED(second, text) "2023-11-14T22:13:" second "+00:00 host kernel: usb 1-2: " text "\n"

static const char dated_log[] = DATED("10.000000",
				      "new high-speed USB device number 5 using xhci_hcd")
	DATED("10.100000", "New USB device found, idVendor=0403, idProduct=6001") DATED(
		"10.100100", "SerialNumber: A1") DATED("30.000000",
						       "USB disconnect, device number 5")
		DATED("31.000000", "new high-speed USB device number 6 using xhci_hcd")
			DATED("31.100000", "New USB device found, idVendor=0403, idProduct=6001")
				DATED("31.100100", "SerialNumber: A1");

static void
joins_a_capture_and_a_log(void **state)
{
	static struct pcap pcap;
	char log[PATH], capture[PATH], *text;
	char *const orders[2][2] = { { log, capture }, { capture, log } };

	(void)state;
	begin(&pcap);
	put_transfer(&pcap, 0, 0, 0);
	for (int i = 0; i < 5; i++) /* 2 s before the device leaves */
		put_transfer(&pcap, 8, i * 1000, -71);
	put_transfer(&pcap, 20, 0, 0);
	make_file(pcap.at, pcap.len, capture);
	make_file(dated_log, strlen(dated_log), log);
	for (size_t i = 0; i < LS_COUNT(orders); i++) {
		ls_json_auto json_t *json = NULL;
		const json_t *port;

		assert_int_equal(run(true, orders[i], 2, &text), CLI_PROBLEM);
		json = json_loads(text, 0, NULL);
		free(text);
		assert_string_equal(text_of(only_incident(json), "cause"), "link-loss");
		/* Not visible in the log alone. */
		assert_non_null(strstr(text_of(only_incident(json), "why"), "transfers failed"));
		port = port_of(json, "1-2");
		assert_int_equal(json_array_size(json_object_get(port, "files")), 2);
		assert_int_equal(number_of(port, "transfers"), 7);
		assert_int_equal(number_of(json_object_get(port, "transfer_errors"), "link"), 5);
	}
}

static void
does_not_join_what_has_no_date(void **state)
{
	static struct pcap pcap;
	static const char log[] = CAME("  100.0000", "1-2", "5", "A1");
	char path[PATH], capture[PATH], *paths[] = { path, capture }, *text;
	ls_json_auto json_t *json = NULL;
	const json_t *notes;

	(void)state;
	begin(&pcap);
	put_transfer(&pcap, 0, 0, 0);
	make_file(pcap.at, pcap.len, capture);
	make_file(log, strlen(log), path);
	assert_int_equal(run(true, paths, 2, &text), CLI_FINE);
	json = json_loads(text, 0, NULL);
	free(text);
	notes = json_object_get(json, "notes");
	assert_int_equal(json_array_size(notes), 1);
	assert_non_null(strstr(json_string_value(json_array_get(notes, 0)), "has no dates"));
	assert_int_equal(number_of(port_of(json, "1-2"), "transfers"), 0);
	assert_int_equal(number_of(port_of(json, "bus 1 device 5"), "transfers"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_lost_link),
		cmocka_unit_test(does_not_take_the_end_for_an_absence),
		cmocka_unit_test(takes_a_new_number_for_a_return),
		cmocka_unit_test(says_that_a_start_was_going_on_at_the_end),
		cmocka_unit_test(needs_no_start_for_a_return_at_once),
		cmocka_unit_test(counts_a_span_that_was_pasted_twice_once),
		cmocka_unit_test(keeps_boots_apart),
		cmocka_unit_test(is_less_sure_without_times),
		cmocka_unit_test(takes_another_device_for_another_without_times),
		cmocka_unit_test(answers_in_the_first_line),
		cmocka_unit_test(attributes_a_lost_hub_to_one_incident),
		cmocka_unit_test(names_controllers_as_the_log_does),
		cmocka_unit_test(keeps_serial_numbers_as_they_are),
		cmocka_unit_test(reads_utf16),
		cmocka_unit_test(shows_times_of_day),
		cmocka_unit_test(reports_a_log_without_usb_lines),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(tells_the_story_of_a_restore),
		cmocka_unit_test(puts_a_restore_beside_the_kernel),
		cmocka_unit_test(reads_a_log_of_a_mac),
		cmocka_unit_test(explains_failures_by_the_dead_controller),
		cmocka_unit_test(shows_what_it_does_not_understand),
		cmocka_unit_test(reports_what_stands_behind_the_text_of_a_device),
		cmocka_unit_test(refuses_what_is_neither),
		cmocka_unit_test(counts_what_it_does_not_list),
		cmocka_unit_test(joins_a_capture_and_a_log),
		cmocka_unit_test(does_not_join_what_has_no_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
