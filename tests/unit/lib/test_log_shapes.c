/* Lines that hosts, editors, terminals and copies changed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/log_reading.h"

struct shape {
	const char *text;
	const char *observed;
};

#define GONE "usb 3-6: USB disconnect, device number 11"
#define LEFT "3-6 disconnect"

/* A host may have any name. */
static const struct shape hosts[] = {
	{ "Mar 12 08:00:01 sys-usb kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 usbhost kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 github-runner-4 kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 xhci kernel: [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 ehci-lab.example.org kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 dwc2 kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 quasar kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hub " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 usb " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hcd-7 " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01+0100 hub02 kernel: " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250000+01:00 thub kernel: [   44.123456] " GONE "\n", LEFT },
	{ "Wed 2031-03-12 08:00:01 CET usb-relay kernel: " GONE "\n", LEFT },
	{ "1962345601.250000 uhci kernel: " GONE "\n", LEFT },
	{ "[   44.123456] sys-usb kernel: " GONE "\n", LEFT },
	{ "[   44.123456] hub-1 kernel: " GONE "\n", LEFT },
	{ "<6>1 2031-03-12T08:00:01+01:00 usbhub kernel - - - " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hub7 kern.info kernel: [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hub7 user.notice kernel: " GONE "\n", LEFT },
	{ "Wed Mar 12 08:00:01 2031 kern.info kernel: [   44.123456] " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250000Z INFO kernel: [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hub7 prog[12]: " GONE "\n", "" },
	{ "Mar 12 08:00:01 xhci-1 rc.local: HC died; cleaning up\n", "" },
	{ "Mar 12 08:00:01 hub7 usb-guard: " GONE "\n", "" },
};

/* syslog of which a program removed the tag. */
static const struct shape untagged[] = {
	{ "Mar 12 08:00:01 otter " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 otter [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 otter hub 2-0:1.0: unable to enumerate USB device on port 3\n",
	  "2-3 enumeration-failure" },
	{ "Mar 12 08:00:01 otter usb usb2-port3: over-current condition\n", "2-3 over-current" },
	{ "Mar 12 08:00:01 otter uvcvideo 3-6:1.0: reset_resume error -71\n",
	  "3-6 resume-failure" },
	{ "Mar 12 08:00:01 otter xhci_hcd 0000:05:00.3: HC died; cleaning up\n",
	  "0000:05:00.3 controller-died" },
	{ "Mar 12 08:00:01 otter kern.warn " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250000+01:00 otter " GONE "\n", LEFT },
	{ "2031-03-12 08:00:01 " GONE "\n", LEFT },
	{ "12.03.2031 08:00:01 " GONE "\n", LEFT },
	{ "08:00:01 " GONE "\n", LEFT },
	{ "[08:00:01] " GONE "\n", LEFT },
	{ "[2031-03-12 08:00:01] " GONE "\n", LEFT },
};

/* Runs of blanks stand for one. */
static const struct shape blanks[] = {
	{ "[   44.123456] usb 3-6:  USB   disconnect, device number  11\n", LEFT },
	{ "[   44.123456] usb  3-6: USB disconnect,  device number 11\n", LEFT },
	{ "[   44.123456]    usb   3-6:   device not accepting address  14,   error -62\n",
	  "3-6 enumeration-failure" },
	{ "[   44.123456] usb 3-6: device   descriptor read/64,  error   -110\n",
	  "3-6 enumeration-failure" },
	{ "[   44.123456] usb\t3-6:\tUSB disconnect, device number\t11\n", LEFT },
	{ "Mar 12 08:00:01   otter   kernel:    usb 3-6:  USB disconnect, device  number 11\n",
	  LEFT },
	{ "Mar 12 08:00:01 otter kernel: [   44.123456]  hub 2-0:1.0:  unable to enumerate USB "
	  "device  on port 3\n",
	  "2-3 enumeration-failure" },
};

/* Between the device and what is said of it. */
static const struct shape noise[] = {
	{ "[   44.123456] usb 3-6: [hub_port_connect] USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: [hub_port_connect]: USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: hub_port_connect: USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: hub_port_connect(): USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: <usb_disconnect> USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: (null): USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] [usb_disconnect] usb 3-6: USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usbcore:usb_disconnect:2245: usb 3-6: USB disconnect, device number 11\n",
	  LEFT },
	{ "[   44.123456] hub 2-0:1.0: [hub_port_init] unable to enumerate USB device on port 3\n",
	  "2-3 enumeration-failure" },
	{ "[   44.123456] usb 3-6: I saw that USB disconnect, device number 11\n", "" },
	{ "[   44.123456] usb 3-6: Product: [x] USB disconnect, device number 11\n", "" },
};

static int
differs(const struct shape *shape, size_t step)
{
	struct log_reading reading;

	log_read(&reading, NULL, shape->text, strlen(shape->text), step);
	if (strcmp(reading.observed, shape->observed) == 0)
		return 0;
	print_message("%s  read as \"%s\", not \"%s\"\n", shape->text, reading.observed,
		      shape->observed);
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
accepts_any_name_of_a_host(void **state)
{
	(void)state;
	reads(hosts, LS_COUNT(hosts));
}

static void
reads_syslog_without_a_tag(void **state)
{
	(void)state;
	reads(untagged, LS_COUNT(untagged));
}

static void
takes_a_run_of_blanks_for_one(void **state)
{
	(void)state;
	reads(blanks, LS_COUNT(blanks));
}

static void
skips_noise_before_a_message(void **state)
{
	(void)state;
	reads(noise, LS_COUNT(noise));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_any_name_of_a_host),
		cmocka_unit_test(reads_syslog_without_a_tag),
		cmocka_unit_test(takes_a_run_of_blanks_for_one),
		cmocka_unit_test(skips_noise_before_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
