#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/transfers.h"

/* Sunday 2026-11-22 14:30:00 UTC */
#define NOW_US (INT64_C(1795357800) * 1000000)

#define IPHONE                                                                                     \
	"{\"vid\":\"05ac\",\"pid\":\"1281\",\"serial\":\"ECID:2E\",\"product\":\"iPhone\","        \
	"\"manufacturer\":\"Apple Inc.\",\"speed\":\"480 Mb/s\",\"hub\":false,"                    \
	"\"max_power_ma\":500}"
#define INCIDENT                                                                                   \
	"{\"id\":41,\"opened_at\":\"2026-11-22T14:03:08.7Z\","                                     \
	"\"closed_at\":\"2026-11-22T14:03:16Z\",\"port\":\"p-usb-0:1\",\"name\":\"1-1\","          \
	"\"label\":\"left front\",\"device\":" IPHONE ",\"cause\":\"link-loss\","                  \
	"\"side\":\"link\",\"drop\":true,\"confidence\":0.93,\"count\":1,\"resets\":1,"            \
	"\"why\":\"it came back by itself\",\"back_after_seconds\":1.31,\"evidence\":["            \
	"{\"at\":\"2026-11-22T14:03:08.7Z\",\"source\":\"kernel-log\",\"what\":\"reset\"},"        \
	"{\"at\":\"2026-11-22T14:03:11.01Z\",\"source\":\"udev\",\"what\":\"remove 1-1\"}],"       \
	"\"evidence_omitted\":3}"
#define EVENT                                                                                      \
	"{\"at\":\"2026-11-22T14:03:11Z\",\"port\":\"p\",\"name\":\"1-1\","                        \
	"\"kind\":\"disconnect\",\"source\":\"kernel-log\",\"what\":\"gone \\u001b[2J\","          \
	"\"incident\":41}"
#define TRANSFER(at, kind, endpoint, status, setup)                                                \
	"{\"at\":\"2026-11-22T14:03:" at "Z\",\"kind\":\"" kind "\",\"type\":\"bulk\","            \
	"\"endpoint\":\"" endpoint "\",\"length\":16384,\"status\":" status                        \
	",\"status_name\":\"\",\"setup\":" setup ",\"header\":\"\"}"
#define PORT_REPORT(name, seconds, drops, causes, traffic, errors)                                 \
	"{\"port\":\"p\",\"name\":\"" name "\",\"label\":null,\"connected_seconds\":" seconds      \
	",\"sessions\":1,\"connects\":5,\"disconnects\":4,\"drops\":" drops ",\"resets\":2,"       \
	"\"enumeration_failures\":0,\"over_currents\":0,\"incidents_by_cause\":{" causes           \
	"}," traffic ",\"submit_errors\":1,\"transfer_errors\":{" errors "},\"device\":null}"
#define FINE3                                                                                      \
	TRANSFER("09", "complete", "0x81", "0", "null")                                            \
	"," TRANSFER("09", "complete", "0x81", "-2", "null") "," TRANSFER("09", "submit", "0x81",  \
									  "-115", "null")
#define PORT(port, name, parent, label, device, state, drops)                                      \
	"{\"port\":\"" port "\",\"name\":\"" name "\",\"parent\":" parent ",\"label\":" label      \
	",\"device\":" device ",\"state\":\"" state "\",\"connected_at\":null,\"drops\":" drops    \
	"}"

#define STATUS_PORTS                                                                               \
	PORT("p-usb-0:2.1", "1-2.1", "\"p-usb-0:2\"", "null", "null", "dropped", "0")              \
	"," PORT("p-usb-0:2", "1-2", "\"p\"", "null", IPHONE, "ok", "0") "," PORT(                 \
		"p-usb-0:1", "1-1", "\"p\"", "\"left front\"", IPHONE, "ok",                       \
		"1") "," PORT("p-usb-0:3", "1-3", "null", "null", "null", "empty", "0")

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

static int
show_all(const struct cli *cli)
{
	static const struct show_options options = { .all_transfers = true };

	return show_incident(cli, &options);
}

static const struct screen {
	const char *name;
	int (*run)(const struct cli *cli);
	const char *arg;
	bool json;
	const char *replies[5]; /* one a request; a watch gets all of them */
	int want;
	const char *text;
} screens[] = {
	{ "status",
	  status_run,
	  NULL,
	  false,
	  { "{\"parameters\":{\"version\":\"9\",\"watching_since\":\"2026-11-22T09:12:00Z\","
	    "\"now\":\"2026-11-22T14:30:00Z\",\"history\":\"/var/lib/x.db\",\"sources\":["
	    "{\"name\":\"udev\",\"sees\":true,\"detail\":\"netlink\",\"fix\":null},"
	    "{\"name\":\"kernel-log\",\"sees\":false,\"detail\":\"no permission\","
	    "\"fix\":\"sudo true\"}],"
	    "\"controllers\":[{\"port\":\"p\",\"names\":[\"usb1\"],\"description\":\"xHCI\"}],"
	    "\"ports\":[" STATUS_PORTS "],\"last_drop\":" INCIDENT ",\"computer\":{"
	    "\"kernel\":\"Linux 6.1\",\"model\":\"ACME X1\",\"bios\":null,"
	    "\"usbfs_memory_mb\":16}}}" },
	  CLI_TROUBLE,
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
	  "Last drop: 14:03:08 on \"left front\" (1-1), iPhone: link lost, 93 % sure. See: "
	  "linkstat "
	  "show 41\n" },
	{ "report",
	  report_run,
	  "1-1",
	  false,
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
												   "\"stall\":1") "]}}" },
	  CLI_TROUBLE,
	  "6 drops on 3 of 3 ports, in all that linkstatd remembers.\n"
	  "PORT  LABEL    CONNECTED  DROPS  RESETS  FAILED  OVERCURR  ERRORS/GB  DROPS/H\n"
	  "1-1           3 h 12 min      4       2       0         0        2.2     1.25\n"
	  "       4 × link lost, 1 × \\x1b[2J\n"
	  "       9 link, 2 timeouts in 1.2 million transfers (9.2 per million), 5.1 GB; "
	  "stalls apart: 14; of this computer: 1\n"
	  "1-2          14 min 59 s      1       2       0         0          –        –\n"
	  "1-3           15 min 0 s      1       2       0         0          0     4.00\n"
	  "       no link errors in 1 transfer, 4.4 TB; stalls apart: 1\n"
	  "Gap: udev has been blind since Sat 2026-11-21 14:00:00: no netlink.\n"
	  "What happened then may not be counted.\n"
	  "Each of them, with its evidence: linkstat incidents\n" },
	{ "incidents over two pages",
	  incidents_run,
	  NULL,
	  false,
	  { "{\"parameters\":{\"incidents\":[" INCIDENT "],\"cursor\":\"a\"}}",
	    "{\"parameters\":{\"incidents\":[" INCIDENT "],\"cursor\":null}}" },
	  CLI_TROUBLE,
	  "2 incidents, of which 2 are drops, in all that linkstatd remembers.\n"
	  "ID  WHEN      PORT        DEVICE  WHAT       DROP  SURE   BACK\n"
	  "41  14:03:08  left front  iPhone  link lost  drop  93 %  1.3 s\n"
	  "41  14:03:08  left front  iPhone  link lost  drop  93 %  1.3 s\n"
	  "The evidence and what to do next: linkstat show ID\n" },
	{ "incidents as JSON",
	  incidents_run,
	  NULL,
	  true,
	  { "{\"parameters\":{\"incidents\":[],\"cursor\":\"a\"}}",
	    "{\"parameters\":{\"incidents\":[]}}" },
	  CLI_FINE,
	  "{\"linkstat\":\"incidents\",\"version\":1,\"incidents\":[]}\n" },
	{ "a cursor that stands still",
	  incidents_run,
	  NULL,
	  true,
	  { "{\"parameters\":{\"incidents\":[],\"cursor\":\"a\"}}",
	    "{\"parameters\":{\"incidents\":[],\"cursor\":\"a\"}}" },
	  CLI_UNREACHABLE,
	  "" },
	{ "log",
	  log_run,
	  NULL,
	  false,
	  { "{\"parameters\":{\"events\":[" EVENT "]}}" },
	  CLI_FINE,
	  "2026-11-22 14:03:11.000  1-1       disconnect           kernel log  gone \\x1b[2J  "
	  "(incident 41)\n" },
	{ "log as JSON is as it came",
	  log_run,
	  NULL,
	  true,
	  { "{\"parameters\":{\"events\":[" EVENT "]}}" },
	  CLI_FINE,
	  "{\"linkstat\":\"log\",\"version\":1,\"events\":[{\"at\":\"2026-11-22T14:03:11Z\","
	  "\"port\":\"p\",\"name\":\"1-1\",\"kind\":\"disconnect\",\"source\":\"kernel-log\","
	  "\"what\":\"gone \\u001B[2J\",\"incident\":41}]}\n" },
	{ "log in plain words",
	  log_run,
	  NULL,
	  false,
	  { "{\"parameters\":{\"events\":[{\"at\":\"2026-11-22T14:03:11Z\",\"port\":\"p\","
	    "\"name\":\"1-1\",\"kind\":\"link-errors\",\"source\":\"usbmon\",\"what\":\"x\"}]}}" },
	  CLI_FINE,
	  "2026-11-22 14:03:11.000  1-1       transfers fail       usbmon      x\n" },
	{ "show with transfers",
	  show_run,
	  "41",
	  false,
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
	  show_all,
	  "41",
	  false,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}",
	    "{\"parameters\":{\"transfers\":[" FINE3 "," FINE3 "," FINE3 "," FINE3
	    "," TRANSFER("11.01", "refused", "0x00", "-19", "\"8006\"") "]}}" },
	  CLI_FINE,
	  HEAD "Last transfers before it (13 kept): linkstat show 41 --pcap FILE\n" LINES3 LINES3
		  LINES3 LINES3 "          0  usbmon      ep 0x00 OUT bulk  16384 B  refused, "
	       "ENODEV (-19)  setup 8006\n" TAIL },
	{ "show of a linkstatd that keeps no transfers",
	  show_run,
	  "41",
	  false,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}",
	    "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{}}" },
	  CLI_FINE,
	  HEAD TAIL },
	{ "show as JSON",
	  show_run,
	  "41",
	  true,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}", "{\"parameters\":{\"transfers\":[]}}" },
	  CLI_FINE,
	  "{\"linkstat\":\"incident\",\"version\":1,\"incident\":" INCIDENT
	  ",\"transfers\":[]}\n" },
	{ "show with transfers of another shape",
	  show_run,
	  "41",
	  true,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}",
	    "{\"parameters\":{\"transfers\":[" TRANSFER("08", "submit", "0x81", "9e3",
							"null") "]}}" },
	  CLI_UNREACHABLE,
	  "" },
	{ "show without transfers",
	  show_run,
	  "41",
	  false,
	  { "{\"parameters\":{\"incident\":" INCIDENT "}}", "{\"parameters\":{\"transfers\":[]}}" },
	  CLI_FINE,
	  HEAD TAIL },
	{ "show what is not there",
	  show_run,
	  "42",
	  false,
	  { "{\"error\":\"io.linkstat.NoSuchIncident\",\"parameters\":{\"id\":42}}" },
	  CLI_USAGE,
	  "" },
	{ "show what is no number", show_run, "-1", false, { NULL }, CLI_USAGE, "" },
	{ "watch until the daemon goes away",
	  watch_run,
	  NULL,
	  false,
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
	  watch_run,
	  NULL,
	  true,
	  { "{\"parameters\":{\"ready\":true,\"event\":null},\"continues\":true}",
	    "{\"error\":\"io.linkstat.TooSlow\",\"parameters\":{\"queued_bytes\":1}}" },
	  CLI_UNREACHABLE,
	  "{\"linkstat\":\"watch\",\"version\":1,\"ready\":true}\n" },
	{ "a reply of another shape",
	  report_run,
	  NULL,
	  false,
	  { "{\"parameters\":{\"ports\":[]}}" },
	  CLI_UNREACHABLE,
	  "" },
};

struct server {
	int fd;
	const struct screen *screen;
};

/* Answers each call with the next reply, a watch with all of them. False at the end. */
static bool
answer(const struct screen *screen, int fd, size_t *i)
{
	char call[1000];

	for (bool called = false; *i < LS_COUNT(screen->replies); called = true) {
		const char *reply = screen->replies[*i];

		if (!called || screen->run != watch_run)
			if (recv(fd, call, sizeof(call), 0) <= 0)
				return true;
		if (!reply || send(fd, reply, strlen(reply) + 1, MSG_NOSIGNAL) < 0)
			return false;
		++*i;
	}
	return false;
}

/* Connections come one after the other. */
static void *
serve(void *user)
{
	const struct server *server = user;
	size_t i = 0;
	bool more = true;

	while (more) {
		int fd = accept(server->fd, NULL, NULL);

		more = fd >= 0 && answer(server->screen, fd, &i);
		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

static void
shows(const struct screen *screen, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct server server = { .screen = screen };
	char *args[] = { (char *)(uintptr_t)screen->arg, NULL };
	struct cli cli = { .socket = path,
			   .json = screen->json,
			   .args = args,
			   .n_args = screen->arg != NULL,
			   .now_us = NOW_US };
	char *text = NULL;
	size_t len;
	pthread_t thread;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	server.fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(server.fd, 1), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, &server), 0);
	cli.look = (struct look){ .out = open_memstream(&text, &len), .utf8 = true, .dash = "–" };

	assert_int_equal(screen->run(&cli), screen->want);
	fclose(cli.look.out);
	assert_string_equal(text, screen->text);
	free(text);
	shutdown(server.fd, SHUT_RDWR); /* for a command that did not even ask */
	pthread_join(thread, NULL);
	close(server.fd);
	unlink(path);
}

static void
shows_what_the_daemon_says(void **state)
{
	char dir[] = "/tmp/linkstat-screens-XXXXXX", path[64];

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	setenv("TZ", "UTC", 1);
	tzset();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/socket", dir);
	for (size_t i = 0; i < LS_COUNT(screens); i++) {
		print_message("%s\n", screens[i].name);
		shows(&screens[i], path);
	}
	rmdir(dir);
}

/* smartcols alone would never end: see set_readable() in cli/render.c. */
static void
draws_what_the_locale_cannot_read(void **state)
{
	static const struct table_column column = { "DEVICE", TABLE_CUT };
	struct look look = { .dash = "-" };
	ls_auto(table) *table = NULL;
	char *text = NULL;
	size_t len;

	(void)state;
	look.out = open_memstream(&text, &len);
	assert_int_equal(table_new(&look, &column, 1, &table), 0);
	table_cell(table, table_row(table, NULL), 0, TONE_PLAIN, "cut \xe2\x80");
	assert_int_equal(table_print(table), 0);
	fclose(look.out);
	assert_string_equal(text, "DEVICE\ncut ??\n");
	free(text);
}

static void
tells_that_nobody_listens(void **state)
{
	struct cli cli = { .socket = "/nonexistent/socket", .now_us = NOW_US };

	(void)state;
	cli.look = (struct look){ .out = stdout, .utf8 = true, .dash = "–" };
	assert_int_equal(status_run(&cli), CLI_UNREACHABLE);
	assert_int_equal(report_run(&cli), CLI_UNREACHABLE);
	assert_int_equal(watch_run(&cli), CLI_UNREACHABLE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_the_daemon_says),
		cmocka_unit_test(draws_what_the_locale_cannot_read),
		cmocka_unit_test(tells_that_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
