/* Screens of incidents, of what happens and of what moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/cli/screens.h"

#define TRANSFER(at, kind, endpoint, status, setup)                                                \
	"{\"at\":\"2026-11-22T14:03:" at "Z\",\"kind\":\"" kind "\",\"type\":\"bulk\","            \
	"\"endpoint\":\"" endpoint "\",\"length\":16384,\"status\":" status                        \
	",\"status_name\":\"\",\"setup\":" setup ",\"header\":\"\"}"
#define FINE3                                                                                      \
	TRANSFER("09", "complete", "0x81", "0", "null")                                            \
	"," TRANSFER("09", "complete", "0x81", "-2", "null") "," TRANSFER("09", "submit", "0x81",  \
									  "-115", "null")
#define TIMES(n) "{\"transfers\":" n ",\"p50_us\":120,\"p99_us\":1200,\"max_us\":3000000}"
#define TOP_READY                                                                                  \
	"{\"parameters\":{\"ready\":true,\"at\":\"2026-11-22T14:29:58Z\",\"seconds\":null,"        \
	"\"blind\":null,\"fix\":null,\"lost\":0,\"devices\":[]},\"continues\":true}"
#define TOP(blind, lost, devices)                                                                  \
	"{\"parameters\":{\"ready\":false,\"at\":\"2026-11-22T14:30:00Z\",\"seconds\":2.0,"        \
	"\"blind\":" blind ",\"fix\":\"sudo true\",\"lost\":" lost ",\"devices\":[" devices        \
	"]},\"continues\":true}"
#define FLOW(name, hub, out, in, errors, rate, stalls)                                             \
	"{\"port\":\"p\",\"name\":\"" name                                                         \
	"\",\"label\":null,\"device\":{\"vid\":\"1\",\"pid\":\"2\","                               \
	"\"product\":\"iPhone\",\"hub\":" hub "},\"bytes_in_per_second\":" in                      \
	",\"bytes_out_per_second\":" out ",\"transfers_per_second\":" rate                         \
	",\"errors_per_second\":" errors ",\"stalls_per_second\":" stalls                          \
	",\"errors\":1,\"stalls\":1,\"latency\":{\"control\":" TIMES("9") ",\"bulk\":" TIMES(      \
		"10") ",\"interrupt\":" TIMES("99") "}}"

#define HEAD                                                                                       \
	"Incident 41: link lost, 93 % sure. This is a drop.\n"                                     \
	"\"left front\" (1-1): Apple Inc. iPhone, 05ac:1281, serial ECID:2E, 480 Mb/s\n"           \
	"14:03:08: 1 disconnect, 1 reset, back after 1.3 s\n"                                      \
	"   -2.310 s  kernel log  reset\n"                                                         \
	"          0  udev        remove 1-1\n"                                                    \
	"                         (3 more, only counted)\n"
#define TAIL                                                                                       \
	"Why:   it came back by itself.\n"                                                         \
	"Means: The connection broke although nobody asked for it. Plug, cable, port, hub and "    \
	"device are all possible; this incident alone cannot tell which.\n"                        \
	"Part:  the plug, the cable or the port\n"                                                 \
	"Next:  Swap one thing at a time and work for a while before you compare: first another "  \
	"port of the computer itself (no hub), then another cable, then another device. Compare "  \
	"with: linkstat report\n"
#define LINES3                                                                                     \
	"   -2.010 s  usbmon      ep 0x81 IN bulk  16384 B  ok\n"                                  \
	"   -2.010 s  usbmon      ep 0x81 IN bulk  16384 B  ENOENT (-2)\n"                         \
	"   -2.010 s  usbmon      ep 0x81 IN bulk  16384 B  begun\n"

static const struct screen screens[] = {
	{ "show with transfers",
	  { "show", "41" },
	  NULL,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}",
	    "{\"parameters\":{\"transfers\":[" TRANSFER(
		    "08", "complete", "0x81", "0",
		    "null") "," TRANSFER("08.7", "complete", "0x04", "-71",
					 "null") "," TRANSFER("08.8", "complete", "0x04", "-108",
							      "null") "," FINE3 "," FINE3 "]}}" },
	  CLI_FINE,
	  HEAD "Last transfers before it (9 kept): linkstat show 41 --pcap FILE\n"
	       "   -2.310 s  usbmon      ep 0x04 OUT bulk  16384 B  EPROTO (-71)\n" LINES3 LINES3
	       "                         (2 more are kept; all: --transfers)\n" TAIL },
	{ "show with all transfers",
	  { "show", "41", "--transfers" },
	  NULL,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}",
	    "{\"parameters\":{\"transfers\":[" FINE3 "," FINE3 "," FINE3 "," FINE3
	    "," TRANSFER("11.01", "refused", "0x00", "-19", "\"8006\"") "]}}" },
	  CLI_FINE,
	  HEAD "Last transfers before it (13 kept): linkstat show 41 --pcap FILE\n" LINES3 LINES3
		  LINES3 LINES3 "          0  usbmon      ep 0x00 OUT bulk  16384 B  refused, "
	       "ENODEV (-19)  setup 8006\n" TAIL },
	{ "show of a linkstatd that keeps no transfers",
	  { "show", "41" },
	  NULL,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}",
	    "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{}}" },
	  CLI_FINE,
	  HEAD TAIL },
	{ "show as JSON",
	  { "show", "--json", "41" },
	  NULL,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}", "{\"parameters\":{\"transfers\":[]}}" },
	  CLI_FINE,
	  "{\"linkstat\":\"incident\",\"version\":1,\"incident\":" INCIDENT
	  ",\"transfers\":[]}\n" },
	{ "show with transfers of another shape",
	  { "show", "--json", "41" },
	  NULL,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}",
	    "{\"parameters\":{\"transfers\":[" TRANSFER("08", "submit", "0x81", "9e3",
							"null") "]}}" },
	  CLI_UNREACHABLE,
	  "" },
	{ "show without transfers",
	  { "show", "41" },
	  NULL,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}", "{\"parameters\":{\"transfers\":[]}}" },
	  CLI_FINE,
	  HEAD TAIL },
	{ "show what is not there",
	  { "show", "42" },
	  NULL,
	  { "{\"error\":\"io.linkstat.NoSuchIncident\",\"parameters\":{\"id\":42}}" },
	  CLI_USAGE,
	  "" },
	{ "show what is no number", { "show", "--", "-1" }, NULL, { NULL }, CLI_USAGE, "" },
	{ "watch until the daemon goes away",
	  { "watch" },
	  NULL,
	  { "{\"parameters\":{\"ready\":true},\"continues\":true}",
	    "{\"parameters\":{\"event\":" EVENT "},\"continues\":true}",
	    "{\"parameters\":{\"incident\":" INCIDENT "},\"continues\":true}",
	    "{\"parameters\":{\"incident\":" INCIDENT "},\"continues\":true}",
	    "{\"parameters\":{\"event\":" EVENT "},\"continues\":true}" },
	  CLI_UNREACHABLE,
	  "2026-11-22 14:03:11.000  1-1       disconnect           kernel log  gone \\x1b[2J  "
	  "(incident 41)\n"
	  "2026-11-22 14:03:08.700  1-1       DROP                 linkstat    link lost, 93 % "
	  "sure, "
	  "on \"left front\" (1-1), back after 1.3 s  (linkstat show 41)\n"
	  "2026-11-22 14:03:11.000  1-1       disconnect           kernel log  gone \\x1b[2J  "
	  "(incident 41)\n" },
	{ "watch as JSON",
	  { "watch", "--json" },
	  NULL,
	  { "{\"parameters\":{\"ready\":true,\"event\":null},\"continues\":true}",
	    "{\"error\":\"io.linkstat.TooSlow\",\"parameters\":{\"queued_bytes\":1}}" },
	  CLI_UNREACHABLE,
	  "{\"linkstat\":\"watch\",\"version\":1,\"ready\":true}\n" },
	{ "show errors of an unplug",
	  { "show", "41" },
	  NULL,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}",
	    "{\"parameters\":{\"transfers\":[" TRANSFER(
		    "10.7", "complete", "0x81", "-71",
		    "null") "," TRANSFER("10.8", "complete", "0x81", "-71", "null") "]}}" },
	  CLI_FINE,
	  HEAD
	  "Last transfers before it (2 kept): linkstat show 41 --pcap FILE\n"
	  "   -0.310 s  usbmon      ep 0x81 IN bulk  16384 B  EPROTO (-71)\n"
	  "   -0.210 s  usbmon      ep 0x81 IN bulk  16384 B  EPROTO (-71)  (of the disconnect)\n"
	  "                         1 of 2 failed in the last 300 ms before the disconnect: that "
	  "is what "
	  "any unplug looks like\n" TAIL },
	{ "show of what Finder has a number for",
	  { "show", "41" },
	  NULL,
	  { "{\"parameters\":{\"incident\":{\"id\":41,\"opened_at\":\"2026-11-22T14:03:08Z\","
	    "\"closed_at\":\"2026-11-22T14:03:16Z\",\"port\":\"p\",\"name\":\"1-1\","
	    "\"device\":" IPHONE
	    ",\"mode\":\"restore mode\",\"mode_after\":\"recovery mode\",\"in_mode_seconds\":60,"
	    "\"cause\":\"device-reset\",\"side\":\"device\",\"drop\":true,\"confidence\":0.98,"
	    "\"count\":1,\"resets\":0,\"why\":\"\",\"disconnected_at\":\"2026-11-22T14:03:08Z\","
	    "\"back_after_seconds\":8,\"evidence\":[],\"evidence_omitted\":0,"
	    "\"next\":\"Charge it.\"}}}",
	    "{\"parameters\":{\"transfers\":[]}}" },
	  CLI_FINE,
	  "Incident 41: device restarted, 98 % sure. This is a drop.\n"
	  "1-1: Apple Inc. iPhone, 05ac:1281, serial ECID:2E, 480 Mb/s\n"
	  "in restore mode for 1 min 0 s, then in recovery mode\n"
	  "14:03:08: 1 disconnect, back after 8 s\n"
	  "Means: The device stopped answering or restarted by itself. The cable is not the first "
	  "suspect: firmware, battery, power and heat of the device are.\n"
	  "Part:  the device itself\n"
	  "Known: Finder and iTunes show this as error 4013, see: linkstat 4013\n"
	  "Next:  Charge it.\n" },
	{ "top of an empty machine",
	  { "top" },
	  NULL,
	  { TOP_READY, TOP("null", "0", "") },
	  CLI_UNREACHABLE,
	  "2026-11-22 14:30:00.000\n"
	  "No device is plugged in.\n\n" },
	{ "top",
	  { "top" },
	  NULL,
	  { TOP_READY, TOP("null", "3",
			   FLOW("1-10", "false", "250", "31200000", "4", "12345", "9") "," FLOW(
				   "1-9", "false", "0", "0", "0.004", "12345",
				   "0") "," FLOW("1-2", "true", "0", "0", "0", "0", "0")) },
	  CLI_UNREACHABLE,
	  "2026-11-22 14:30:00.000\n"
	  "2 devices, 31.2 MB/s in, 250 B/s out, measured for 2.0 s.\n"
	  "usbmon lost 3 records: the numbers are too low.\n"
	  "PORT  DEVICE     IN/S  OUT/S  TRANS/S  ERRORS/S  STALLS/S    HALF    99 %  LONGEST  OF\n"
	  "1-10  iPhone  31.2 MB  250 B    12.3k       4.0       9.0  120 µs  1.2 ms    3.0 s  "
	  "bulk\n"
	  "1-9   iPhone        0      0    12.3k     <0.01         0  120 µs  1.2 ms    3.0 s  "
	  "bulk\n\n" },
	{ "top while usbmon is blind",
	  { "top" },
	  NULL,
	  { TOP_READY, TOP("\"not loaded\"", "0", FLOW("1-10", "false", "0", "0", "0", "0", "0")) },
	  CLI_UNREACHABLE,
	  "2026-11-22 14:30:00.000\n"
	  "usbmon is blind, so nobody knows what moves: not loaded.\n"
	  "  Fix: sudo true\n"
	  "PORT  DEVICE  IN/S  OUT/S  TRANS/S  ERRORS/S  STALLS/S  HALF  99 %  LONGEST  OF\n"
	  "1-10  iPhone     –      –        –         –         –     –     –        –\n\n" },
	{ "top as JSON, as often as asked",
	  { "top", "--json", "-n", "1" },
	  NULL,
	  { TOP_READY, TOP("null", "0", ""), TOP("null", "0", "") },
	  CLI_FINE,
	  "{\"linkstat\":\"top\",\"version\":1,\"ready\":false,\"at\":\"2026-11-22T14:30:00Z\","
	  "\"seconds\":2.0,\"blind\":null,\"fix\":\"sudo true\",\"lost\":0,\"devices\":[]}\n" },
	{ "top of another shape",
	  { "top", "--json" },
	  NULL,
	  { TOP_READY, "{\"parameters\":{\"ready\":false,\"at\":\"2026-11-22T14:30:00Z\","
		       "\"lost\":0,\"devices\":[{\"latency\":[]}]},\"continues\":true}" },
	  CLI_UNREACHABLE,
	  "" },
	{ "top of a linkstatd that knows no such thing",
	  { "top" },
	  NULL,
	  { "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{}}" },
	  CLI_UNREACHABLE,
	  "" },
};

static void
shows_replies_of_the_daemon(void **state)
{
	(void)state;
	screens_check(screens, LS_COUNT(screens));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_replies_of_the_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
