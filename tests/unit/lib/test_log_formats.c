/* Every format of kernel logs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/log_reading.h"

struct shape {
	const char *format;
	const char *text;
	const char *observed;
};

#define GONE "1-4 disconnect"

static const struct shape stamped[] = {
	{ "dmesg", "[ 12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "[17179616.108000] usb 1-4: USB disconnect, address 5\n", GONE },
	{ "dmesg", "<6>[   12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "[   12.345678][  T123] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "[   12.345678] [    C0] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "[   12.345678@1] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "[   12.345678]  (1)[212:kworker/3:1]usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg",
	  "[   12.345678] [2:    kworker/2:1:  123] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg", "[   12.345678] 2:usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "   12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "[   12.345678 <    0.000012>] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg", "[   12.345678<    0.000012>] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg", "kern  :info  : [   12.345678] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg", "kern  :warn  : [   12.345678] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg",
	  "\033[32m[   12.345678] \033[0m\033[33musb 1-4\033[0m: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg",
	  "^[[32m[   12.345678] ^[[0m^[[33musb 1-4: ^[[0mUSB disconnect, device number 5\n", GONE },
	{ "dmesg", "[0;32m[   12.345678] [0m[33musb 1-4: [0mUSB disconnect, device number 5\n",
	  GONE },
	{ "dmesg-ctime", "[Fri Apr 21 13:21:10 2023] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg-ctime", "[Mi Okt  4 13:21:10 2023] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg-ctime", "[mar. oct.  4 13:21:10 2023] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg-ctime", "[二 10月  4 13:21:10 2023] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg-ctime",
	  "[Fri Apr 21 13:21:10 2023 <    0.000012>] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg-reltime", "[Sep14 22:47] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg-reltime", "[  +0,000123] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg-reltime", "[<    0.000012>] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg-iso",
	  "2022-08-21T23:18:57,123456+01:00 usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg-iso",
	  "2022-08-21T23:18:57,123456+01:00 [  T123] r8152-cfgselector 1-4: USB disconnect, device "
	  "number 5\n",
	  GONE },
	{ "dmesg-iso",
	  "kern  :info  : 2022-08-21T23:18:57,123456+00:00 usb 1-4: USB disconnect, device number "
	  "5\n",
	  GONE },
	{ "kmsg", "6,1213,55546529788,-;usb 1-4: USB disconnect, device number 5\n SUBSYSTEM=usb\n",
	  GONE },
	{ "kmsg", "6,1213,55546529788,-,caller=T123;usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "kmsg",
	  "6.8.0-31-generic,6,1213,55546529788,-;usb 1-4: USB disconnect, device number 5\n",
	  GONE },
};

static const struct shape named[] = {
	{ "journal-short",
	  "Jul 22 19:16:14 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short", "Jul  2 19:16:14 kernel: usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "journal-short",
	  "Jul 22 19:16:14.123456 host.example.org kernel: usb 1-4: USB disconnect, device number "
	  "5\n",
	  GONE },
	{ "journal-short",
	  "Mär 03 19:16:14 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short",
	  "Dez 22 19:16:14 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short",
	  "févr. 03 19:16:14 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short",
	  "août 03 19:16:14 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short",
	  "8月 21 19:16:14 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short",
	  "8월 21 19:16:14 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short",
	  "авг 21 19:16:14 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short",
	  "21 juil. 19:16:14 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short", "Sep 19 07:00:15 [kernel] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "journal-short-iso",
	  "2022-08-21T23:18:57+0100 host kernel: usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "journal-short-iso",
	  "2022-08-21T23:18:57.123456+01:00 host kernel: usb 1-4: USB disconnect, device number "
	  "5\n",
	  GONE },
	{ "journal-short-full",
	  "Sun 2022-08-21 23:18:57 CEST host kernel: usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "journal-short-full",
	  "So 2022-08-21 23:18:57 UTC host kernel: usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "journal-short-unix",
	  "1661116292.123456 host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short-monotonic",
	  "[ 5203.044043] host kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short-monotonic",
	  "[ 5203.044043] kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "syslog",
	  "Jul 22 19:16:14 host kernel: [   12.345678] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "syslog",
	  "<6>Jul 22 19:16:14 host kernel: [   12.345678] usb 1-4: USB disconnect, device number "
	  "5\n",
	  GONE },
	{ "syslog",
	  "/var/log/syslog:Jul 22 19:16:14 host kernel: [   12.345678] usb 1-4: USB disconnect, "
	  "device number 5\n",
	  GONE },
	{ "syslog",
	  "kern.log.1:412:Jul 22 19:16:14 host kernel: [   12.345678] usb 1-4: USB disconnect, "
	  "device number 5\n",
	  GONE },
	{ "syslog",
	  "19:16:14 host kernel: [   12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "syslog-iso",
	  "2022-08-21T23:18:57.123456+01:00 host kernel: [   12.345678] usb 1-4: USB disconnect, "
	  "device number 5\n",
	  GONE },
	{ "rfc5424",
	  "<6>1 2022-08-21T23:18:57+01:00 host kernel - - - [   12.345678] usb 1-4: USB "
	  "disconnect, device number 5\n",
	  GONE },
	{ "rfc5424",
	  "<6>1 2022-08-21T23:18:57Z host kernel - - [meta sequenceId=\"4\"] usb 1-4: USB "
	  "disconnect, device number 5\n",
	  GONE },
	{ "openwrt",
	  "Sun Aug 21 23:18:57 2022 kern.info kernel: [   12.345678] usb 1-4: USB disconnect, "
	  "device number 5\n",
	  GONE },
	{ "logcat",
	  "06-16 11:42:51.148  root     0     0 I usb 1-4 : USB disconnect, device number 5\n",
	  GONE },
	{ "logcat", "06-16 11:42:51.148     0     0 I usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "logcat", "06-16 11:42:51.148 I/usb 1-4 (    0): USB disconnect, device number 5\n",
	  GONE },
	{ "logcat", "I/usb 1-4(    0): USB disconnect, device number 5\n", GONE },
	{ "openwrt",
	  "Sun Aug 21 23:18:57 2022 [1661116737.123] kern.info kernel: [   12.345678] usb 1-4: USB "
	  "disconnect, device number 5\n",
	  GONE },
	{ "plain", "kernel: usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "plain", "usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "kernel: [   12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	/* Terminal programs write their own time before each line. */
	{ "dmesg-ctime",
	  "[2022-08-21 23:18:57.123] [   12.345678] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg-ctime", "[22:10:05] [   12.345678] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "syslog-iso",
	  "2022-08-21 23:18:57 [   12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "journal-short", "Aug 21 23:18:57 NAS kernel: usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "syslog-iso",
	  "2022-08-21T23:18:57+01:00 NAS kernel: [12345.678901] usb 1-4: USB disconnect, device "
	  "number 5\n",
	  GONE },
};

static const struct shape pasted[] = {
	{ "dmesg", "> [ 12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", ">> > | [ 12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "  12: [ 12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "- [ 12.345678] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "# [ 12.345678] usb 1-4: USB disconnect, device number 5\r\n", GONE },
	{ "dmesg", "`[ 12.345678] usb 1-4: USB disconnect, device number 5`\n", GONE },
	{ "dmesg", "```[ 12.345678] usb 1-4: USB disconnect, device number 5\n```\n", GONE },
	{ "dmesg", "\\[ 12.345678\\] usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "[code][ 12.345678] usb 1-4: USB disconnect, device number 5[/code]\n", GONE },
	{ "dmesg",
	  "<pre><code>[ 12.345678] usb 1-4: USB disconnect, device number 5</code></pre>\n", GONE },
	{ "dmesg", "<li>[ 12.345678] usb&nbsp;1-4: USB disconnect, device number 5<br/>\n", GONE },
	{ "dmesg", "[ 12.345678] <b>usb 1-4: USB disconnect</b>, device number 5\n", GONE },
	{ "dmesg",
	  "[ 12.345678] [color=red][b]usb 1-4: USB disconnect, device number 5[/b][/color]\n",
	  GONE },
	{ "dmesg", "[ 12.345678] **usb 1-4: USB disconnect, device number 5**\n", GONE },
	{ "dmesg", "[ 12.345678] usb 1-4: **USB disconnect**, device number 5   <--- here!\n",
	  GONE },
	{ "dmesg", "[ 12.345678] usb 1-4: USB disconnect, device number 5 # pulled out\n", GONE },
	{ "dmesg",
	  "[\xc2\xa0  12.345678] usb\xc2\xa0"
	  "1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg", "\xef\xbb\xbf[ 12.345678]\tusb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "&lt;6&gt;&#91; 12.345678&#93; usb 1-4: USB disconnect, device number 5\n",
	  GONE },
	{ "dmesg", "[ 12.345678] usb 1-4: USB disconnect, device\n> number 5\n", GONE },
	{ "dmesg", "[ 12.345678] usb 1-4: USB disconnect,\ndevice number\n5\n", GONE },
	{ "dmesg", "> [ 12.345678] usb\n> 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "[ 12.345678] r8152-cfgselector 1-4:\nUSB disconnect, device number 5\n", GONE },
	{ "dmesg", "[ 12.345678] usb 1-4: USB disconnect, dev\nice number 5\n", GONE },
	{ "dmesg", "[ 12.345678] hub 1-0:1.0:\nover-current condition on port 4\n",
	  "1-4 over-current" },
	{ "dmesg", "[ 12.345678] hub 1-0:1.0: over-current condition\non port 4\n",
	  "1-4 over-current" },
	{ "dmesg", "[ 12.345678] hub 1-0:1.0: over-current condition\n\nThat is it.\n",
	  "usb1 over-current" },
	{ "dmesg",
	  "[ 1.000000] usb 1-4: USB disconnect, device number 5[ 2.000000] usb 1-4: new high-speed "
	  "USB device number 6 using xhci_hcd\n",
	  GONE ", 1-4 connect" },
	{ "dmesg",
	  "[ 1.000000] usb 1-4: new high-speed USB device number 6 using\nxhci_hcd [ 2.000000] usb "
	  "1-4: USB disconnect, device number 6\n",
	  "1-4 connect, " GONE },
	{ "journal-short",
	  "Jul 22 19:16:14 h kernel: usb 1-4: USB disconnect, device number 5 Jul 22 19:16:15 h "
	  "kernel: usb 1-3: USB disconnect, device number 6\n",
	  GONE ", 1-3 disconnect" },
	{ "dmesg",
	  "[ 1.000000] usb 1-4: USB disconnect, device number 5\r[ 2.000000] usb 1-3: USB "
	  "disconnect, device number 5\r",
	  GONE ", 1-3 disconnect" },
	{ "plain", "Then I saw this:\n\n    usb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "[ 1.000000]\nusb 1-4: USB disconnect, device number 5\n", GONE },
	{ "dmesg", "user@host:~$ dmesg\n[ 1.000000] usb 1-4: USB disconnect, device number 5\n",
	  GONE },
};

/* Messages of kernels from 2.6 to 7. */
static const struct shape versions[] = {
	{ "plain", "hub 1-0:1.0: new USB device on port 2, assigned address 3\n", "1-2 connect" },
	{ "plain", "usb 1-2: new full speed USB device using address 3\n", "1-2 connect" },
	{ "plain", "usb 1-2: new high speed USB device using ehci_hcd and address 3\n",
	  "1-2 connect" },
	{ "plain", "usb 1-2: new high speed USB device number 3 using ehci_hcd\n", "1-2 connect" },
	{ "plain", "usb 2-2: new SuperSpeed USB device using xhci_hcd and address 3\n",
	  "2-2 connect" },
	{ "plain", "usb 2-2: new SuperSpeed Plus Gen 2x2 USB device number 3 using xhci_hcd\n",
	  "2-2 connect" },
	{ "plain", "usb 2-2: new SuperSpeedPlus Gen 2 USB device number 3 using xhci_hcd\n",
	  "2-2 connect" },
	{ "plain", "usb 1-2: USB disconnect, address 3\n", "1-2 disconnect" },
	{ "plain", "apple-mfi-fastcharge 1-2: USB disconnect, device number 3\n",
	  "1-2 disconnect" },
	{ "plain", "usb usb4: USB disconnect, device number 1\n", "usb4 disconnect" },
	{ "plain", "usb 1-2: reset high speed USB device using ehci_hcd and address 3\n",
	  "1-2 reset" },
	{ "plain", "usb 1-2.1: reset full-speed USB device number 3 using dwc_otg\n",
	  "1-2.1 reset" },
	{ "plain", "hub 1-0:1.0: Cannot enable port 2.  Maybe the USB cable is bad?\n",
	  "1-2 enumeration-failure" },
	{ "plain", "hub 2-4:1.0: unable to enumerate USB device on port 1\n",
	  "2-4.1 enumeration-failure" },
	{ "plain", "hub 2-4:1.0: connect-debounce failed, port 1 disabled\n",
	  "2-4.1 enumeration-failure" },
	{ "plain", "usb 1-1-port3: connect-debounce failed\n", "1-1.3 enumeration-failure" },
	{ "plain", "usb 1-2: Device not responding to set address.\n", "1-2 enumeration-failure" },
	{ "plain", "usb 1-2: device not accepting address 3, error -71\n",
	  "1-2 enumeration-failure" },
	{ "plain", "hub 3-0:1.0: over-current change on port 1\n", "3-1 over-current" },
	{ "plain", "usb usb1-port2: over-current change #26\n", "1-2 over-current" },
	{ "plain", "hub 1-0:1.0: port 2 disabled by hub (EMI?), re-enabling...\n",
	  "1-2 emi-disable" },
	{ "plain", "usb usb1-port2: disabled by hub (EMI?), re-enabling…\n", "1-2 emi-disable" },
	{ "plain", "xhci_hcd 0000:00:14.0: HC died; cleaning up\n",
	  "0000:00:14.0 controller-died" },
	{ "plain", "xhci-hcd xhci-hcd.0.auto: HC died; cleaning up\n",
	  "xhci-hcd.0.auto controller-died" },
	{ "plain", "dwc2 3f980000.usb: HC died; cleaning up\n", "3f980000.usb controller-died" },
	{ "plain", "hub 4-0:1.0: cannot reset port 2 (err = -71)\n", "4-2 link-trouble" },
	{ "plain",
	  "cdc_ether 2-1:2.0: usb_probe_interface Failed to disable LPM for driver cdc_ether\n.\n",
	  "2-1 link-trouble" },
	{ "plain", "usb 2-1: Failed to set U1 timeout to 0x0,error code -19\n",
	  "2-1 link-trouble" },
	{ "plain", "usb 2-1-port2: hub_ext_port_status failed (err = -71)\n", "" },
	{ "plain", "hub 2-1:1.0: hub_ext_port_status failed (err = -71)\n", "2-1 link-trouble" },
	{ "plain", "PM: Device 1-1 failed to resume async: error -71\n", "1-1 resume-failure" },
	{ "plain", "usb 1-1: PM: failed to resume async: error -71\n", "1-1 resume-failure" },
	{ "plain", "uvcvideo 1-1:1.1: reset_resume error -71\n", "1-1 resume-failure" },
	{ "plain", "usb usb1-port2: 500mA is over 100mA budget!\n", "1-2 power-rejected" },
	{ "plain", "usb 1-2: rejected 1 configuration due to insufficient available bus power\n",
	  "1-2 power-rejected" },
	{ "plain", "usb 1-2: not running at top speed; connect to a high speed hub\n",
	  "1-2 speed-downgrade" },
};

/* Their words have no "usb" in them. */
static const struct shape of_drivers[] = {
	{ "dmesg", "[   12.345678] uvcvideo 1-2.1:1.1: Non-zero status (-71) in video completion\n",
	  "1-2.1 transfer-error" },
	{ "dmesg", "[   12.345678] r8152 2-1:1.0 eth0: Tx status -71\n", "2-1 transfer-error" },
	{ "journal-short", "Jul 22 19:16:15 box kernel: cp210x 3-4:1.0: failed, status: -110\n",
	  "3-4 transfer-error" },
	{ "dmesg",
	  "[   12.345678] sd 6:0:0:0: [sda] tag#3 uas_eh_abort_handler 0 uas-tag 4 inflight: CMD\n",
	  " transfer-error" },
	{ "dmesg", "[   12.345678] gspca_main 4-1:1.0: urb status: -104\n", "" },
};

static int
differs(const struct shape *shape, size_t step)
{
	struct log_reading reading;

	log_read(&reading, NULL, shape->text, strlen(shape->text), step);
	if (strcmp(reading.observed, shape->observed) == 0 &&
	    strcmp(reading.summary.format, shape->format) == 0)
		return 0;
	print_message("%s  read as %s: \"%s\", not %s: \"%s\"\n", shape->text,
		      reading.summary.format, reading.observed, shape->format, shape->observed);
	return 1;
}

static void
reads(const struct shape *shapes, size_t n)
{
	int n_wrong = 0;

	for (size_t i = 0; i < n; i++)
		n_wrong += differs(&shapes[i], 0) || differs(&shapes[i], 1);
	assert_int_equal(n_wrong, 0);
}

static void
reads_stamps_of_the_kernel(void **state)
{
	(void)state;
	reads(stamped, LS_COUNT(stamped));
}

static void
reads_lines_with_a_program(void **state)
{
	(void)state;
	reads(named, LS_COUNT(named));
}

static void
reads_what_was_pasted(void **state)
{
	(void)state;
	reads(pasted, LS_COUNT(pasted));
}

static void
reads_messages_of_all_kernel_versions(void **state)
{
	(void)state;
	reads(versions, LS_COUNT(versions));
}

static void
reads_lines_of_drivers(void **state)
{
	(void)state;
	reads(of_drivers, LS_COUNT(of_drivers));
}

static void
reads_utf16(void **state)
{
	static const char text[] = "[ 1.000000] usb 1-4: USB disconnect, device number 5\r\n";
	char little[2 * sizeof(text) + 2], big[2 * sizeof(text) + 2];
	struct log_reading reading;
	size_t n = 2;

	(void)state;
	memcpy(little, "\xff\xfe", 2);
	memcpy(big, "\xfe\xff", 2);
	for (const char *c = text; *c; c++, n += 2) {
		little[n] = *c;
		little[n + 1] = '\0';
		big[n] = '\0';
		big[n + 1] = *c;
	}
	log_read(&reading, NULL, little, n, 0);
	assert_string_equal(reading.observed, GONE);
	log_read(&reading, NULL, big, n, 1);
	assert_string_equal(reading.observed, GONE);
	log_read(&reading, NULL, little + 2, n - 2, 3); /* no byte order mark */
	assert_string_equal(reading.observed, GONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_stamps_of_the_kernel),
		cmocka_unit_test(reads_lines_with_a_program),
		cmocka_unit_test(reads_what_was_pasted),
		cmocka_unit_test(reads_messages_of_all_kernel_versions),
		cmocka_unit_test(reads_lines_of_drivers),
		cmocka_unit_test(reads_utf16),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
