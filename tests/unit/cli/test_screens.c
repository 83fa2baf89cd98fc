#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/print/render.h"
#include "tests/unit/cli/screens.h"

#define PORT_REPORT(name, seconds, drops, causes, traffic, errors)                                 \
	"{\"port\":\"p\",\"name\":\"" name "\",\"label\":null,\"connected_seconds\":" seconds      \
	",\"sessions\":1,\"connects\":5,\"disconnects\":4,\"drops\":" drops ",\"resets\":2,"       \
	"\"enumeration_failures\":0,\"over_currents\":0,\"incidents_by_cause\":{" causes           \
	"}," traffic ",\"submit_errors\":1,\"transfer_errors\":{" errors "},\"device\":null}"
#define JOB(began, ended)                                                                          \
	"{\"id\":1,\"began_at\":\"" began "\",\"ended_at\":\"" ended                               \
	"\",\"outcome\":\"exited\",\"code\":0,\"command\":\"x\",\"note\":null,\"port\":null,"      \
	"\"cable\":null,\"place\":null,\"incidents\":0,\"drops\":0,\"ports\":[]}"
#define PORT(port, name, parent, label, device, state, drops)                                      \
	"{\"port\":\"" port "\",\"name\":\"" name "\",\"parent\":" parent ",\"label\":" label      \
	",\"device\":" device ",\"state\":\"" state "\",\"connected_at\":null,\"drops\":" drops    \
	"}"

#define STATUS_PORTS                                                                               \
	PORT("p-usb-0:2.1", "1-2.1", "\"p-usb-0:2\"", "null", "null", "dropped", "0")              \
	"," PORT("p-usb-0:2", "1-2", "\"p\"", "null", IPHONE, "ok", "0") "," PORT(                 \
		"p-usb-0:1", "1-1", "\"p\"", "\"left front\"", IPHONE, "ok",                       \
		"1") "," PORT("p-usb-0:3", "1-3", "null", "null", "null", "empty", "0")

static const struct screen screens[] = {
	{ "the next name of a cable",
	  { "cable", "--new" },
	  NULL,
	  { "{\"parameters\":{\"sockets\":[],\"cables\":[\"C-02\",\"white 2 m\",\"C-11\",\"C-x\"],"
	    "\"statements\":[]}}" },
	  CLI_FINE,
	  "C-12\n" },
	{ "the first name of a cable",
	  { "cable", "--new", "--json" },
	  NULL,
	  { "{\"parameters\":{\"sockets\":[],\"cables\":[],\"statements\":[]}}" },
	  CLI_FINE,
	  "{\"linkstat\":\"next-cable\",\"version\":1,\"cable\":\"C-01\"}\n" },
	{ "status",
	  { "status" },
	  NULL,
	  { "{\"parameters\":{\"version\":\"9\",\"watching_since\":\"2026-11-22T09:12:00Z\","
	    "\"now\":\"2026-11-22T14:30:00Z\",\"history_path\":null,\"history_trouble\":\"in "
	    "memory only\",\"sources\":["
	    "{\"name\":\"udev\",\"sees\":true,\"detail\":\"netlink\",\"fix\":null},"
	    "{\"name\":\"kernel-log\",\"sees\":false,\"detail\":\"no permission\","
	    "\"fix\":\"sudo true\"}],"
	    "\"controllers\":[{\"port\":\"p\",\"names\":[\"usb1\"],\"description\":\"xHCI\"}],"
	    "\"ports\":[" STATUS_PORTS "],\"last_drop\":" INCIDENT ",\"computer\":{"
	    "\"kernel\":\"Linux 6.1\",\"model\":\"ACME X1\",\"bios\":null,"
	    "\"usbfs_memory_mb\":16}}}" },
	  CLI_PROBLEM,
	  "A device is away right now, and may come back: 1-2.1.\n"
	  "1 drop in the last 24 hours, on 1 port.\n"
	  "Watching since 09:12:00; 1 of 2 sources see.\n"
	  "Linux 6.1; ACME X1.\n"
	  "PORT        LABEL       DEVICE     SPEED  CONNECTED  STATE\n"
	  "xHCI (p)\n"
	  "├─ 1-1      left front  iPhone  480 Mb/s             ok, 1 drop\n"
	  "└─ 1-2                  iPhone  480 Mb/s             ok\n"
	  "  └─ 1-2.1              –                            away\n"
	  "Nothing plugged into 1-3.\n"
	  "Blind: kernel log: no permission.\n"
	  "  Fix: sudo true\n"
	  "History: in memory only.\n"
	  "Last drop: 14:03:08 on \"left front\" (1-1), iPhone: link lost, 93 % sure. See: "
	  "linkstat "
	  "show 41\n" },
	{ "report",
	  { "report", "1-1" },
	  NULL,
	  { "{\"parameters\":{\"gaps\":[{\"source\":\"udev\",\"began_at\":\"2026-11-21T14:00:00Z\","
	    "\"ended_at\":null,\"lost\":null,\"reason\":\"no netlink\"}],\"ports\":[" PORT_REPORT(
		    "1-1", "11520", "4", "\"link-loss\":4,\"\\u001b[2J\":1",
		    "\"transfers\":1200000,\"bytes_in\":100000000,\"bytes_out\":5000000000",
		    "\"link\":9,\"babble\":0,\"timeout\":2,\"host\":1,\"stall\":14,"
		    "\"cancelled\":70,\"gone\":8,\"other\":0") "," PORT_REPORT("1-2", "899", "1",
									       "",
									       "\"transfers\":0,"
									       "\"bytes_in\":0,"
									       "\"bytes_out\":0",
									       "") "," PORT_REPORT("1-3",
												   "900",
												   "1",
												   "",
												   "\"transfers\":1,\"bytes_out\":4398046511104",
												   "\"stall\":1") "]}}",
	    "{\"parameters\":{\"jobs\":[" JOB("2026-11-22T14:00:00Z", "2026-11-22T14:10:00Z") "," JOB(
		    "2026-11-22T14:00:00Z",
		    "2026-11-22T14:12:00Z") "," JOB("2026-11-22T14:00:00Z",
						    "2026-11-22T14:00:01Z") "," JOB("2026-11-22T14:"
										    "00:00Z",
										    "2026-11-22T17:"
										    "12:00Z") "],"
											      "\"cu"
											      "rsor"
											      "\":"
											      "null"
											      "}"
											      "}" },
	  CLI_PROBLEM,
	  "6 drops on 3 of 3 ports, in all that linkstatd remembers.\n"
	  "SOCKET    CONNECTED  DROPS    DROPS/H (90 %)       12-MIN JOB  GRADE  PORT  RESETS  "
	  "FAILED  OVERCURR  ERRORS/GB\n"
	  "1-1      3 h 12 min      4  1.3 (0.52 … 2.6)   76 % (59 … 90)      F  1-1        2      "
	  " "
	  "0         0        2.2\n"
	  "       4 × link lost, 1 × \\x1b[2J\n"
	  "       9 link, 2 timeouts in 1.2 million transfers (9.2 per million), 5.1 GB; "
	  "stalls apart: 14; of this computer: 1\n"
	  "1-2     14 min 59 s      1                 –  not enough data      F  1-2        2      "
	  " "
	  "0         0          –\n"
	  "1-3      15 min 0 s      1   4.7 (0.70 … 16)    41 % (4 … 87)      F  1-3        2      "
	  " "
	  "0         0          0\n"
	  "       no link errors in 1 transfer, 4.4 TB; stalls apart: 1\n"
	  "Gap: udev has been blind since Sat 2026-11-21 14:00:00: no netlink.\n"
	  "What happened then may not be counted.\n"
	  "Each of them, with its evidence: linkstat incidents\n" },
	{ "incidents over two pages",
	  { "incidents" },
	  NULL,
	  { "{\"parameters\":{\"incidents\":[" INCIDENT "],\"cursor\":\"a\"}}",
	    "{\"parameters\":{\"incidents\":[" INCIDENT "],\"cursor\":null}}" },
	  CLI_PROBLEM,
	  "2 incidents, of which 2 are drops, in all that linkstatd remembers.\n"
	  "ID  WHEN      PORT        DEVICE  WHAT       DROP  SURE   BACK\n"
	  "41  14:03:08  left front  iPhone  link lost  drop  93 %  1.3 s\n"
	  "41  14:03:08  left front  iPhone  link lost  drop  93 %  1.3 s\n"
	  "The evidence and what to do next: linkstat show ID\n" },
	{ "incidents as JSON",
	  { "incidents", "--json" },
	  NULL,
	  { "{\"parameters\":{\"incidents\":[],\"cursor\":\"a\"}}",
	    "{\"parameters\":{\"incidents\":[]}}" },
	  CLI_FINE,
	  "{\"linkstat\":\"incidents\",\"version\":1,\"incidents\":[]}\n" },
	{ "a cursor that stands still",
	  { "incidents", "--json" },
	  NULL,
	  { "{\"parameters\":{\"incidents\":[],\"cursor\":\"a\"}}",
	    "{\"parameters\":{\"incidents\":[],\"cursor\":\"a\"}}" },
	  CLI_UNREACHABLE,
	  "" },
	{ "log",
	  { "log" },
	  NULL,
	  { "{\"parameters\":{\"events\":[" EVENT "]}}" },
	  CLI_FINE,
	  "2026-11-22 14:03:11.000  1-1       disconnect           kernel log  gone \\x1b[2J  "
	  "(incident 41)\n" },
	{ "log without events",
	  { "log" },
	  NULL,
	  { "{\"parameters\":{\"events\":[]}}" },
	  CLI_FINE,
	  "No events, in all that linkstatd remembers.\n" },
	{ "log as JSON is as it came",
	  { "log", "--json" },
	  NULL,
	  { "{\"parameters\":{\"events\":[" EVENT "]}}" },
	  CLI_FINE,
	  "{\"linkstat\":\"log\",\"version\":1,\"events\":[{\"at\":\"2026-11-22T14:03:11Z\","
	  "\"port\":\"p\",\"name\":\"1-1\",\"kind\":\"disconnect\",\"source\":\"kernel-log\","
	  "\"what\":\"gone \\u001B[2J\",\"incident\":41}]}\n" },
	{ "log in plain words",
	  { "log" },
	  NULL,
	  { "{\"parameters\":{\"events\":[{\"at\":\"2026-11-22T14:03:11Z\",\"port\":\"p\","
	    "\"name\":\"1-1\",\"kind\":\"link-errors\",\"source\":\"usbmon\",\"what\":\"x\"}]}}" },
	  CLI_FINE,
	  "2026-11-22 14:03:11.000  1-1       transfers fail       usbmon      x\n" },
	{ "a reply of another shape",
	  { "report" },
	  NULL,
	  { "{\"parameters\":{\"ports\":[]}}" },
	  CLI_UNREACHABLE,
	  "" },
};

static void
shows_replies_of_the_daemon(void **state)
{
	(void)state;
	screens_check(screens, LS_COUNT(screens));
}

/* smartcols alone would never end: see set_readable() in cli/print/render.c. */
static void
prints_ascii_where_the_locale_needs_it(void **state)
{
	static const struct table_column column = { "DEVICE", TABLE_CUT };
	struct output_style style = { .dash = "-" };
	ls_auto(table) *table = NULL;
	char *text = NULL;
	size_t len;

	(void)state;
	style.out = open_memstream(&text, &len);
	assert_int_equal(table_new(&style, &column, 1, &table), 0);
	table_cell(table, table_row(table, NULL), 0, TONE_PLAIN, "cut \xe2\x80");
	assert_int_equal(table_print(table), 0);
	fclose(style.out);
	assert_string_equal(text, "DEVICE\ncut ??\n");
	free(text);
}

static void
reports_that_the_daemon_is_not_running(void **state)
{
	static const char *const commands[] = { "status", "report", "watch" };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(commands); i++) {
		struct cli cli = { .socket = "/nonexistent/socket", .now_us = NOW_US };
		const char *words[] = { commands[i], NULL };

		cli.style = (struct output_style){ .out = stdout, .utf8 = true, .dash = "–" };
		assert_int_equal(screen_run(&cli, words, NULL), CLI_UNREACHABLE);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_replies_of_the_daemon),
		cmocka_unit_test(prints_ascii_where_the_locale_needs_it),
		cmocka_unit_test(reports_that_the_daemon_is_not_running),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
