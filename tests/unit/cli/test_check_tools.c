/* What linkstat check reads and asks: texts, programs, logind, durations. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/check/parse.h"
#include "cli/base/logind.h"
#include "cli/check/versions.h"
#include "cli/base/when.h"
#include "tests/unit/cli/fake_tree.h"

static void
reads_versions(void **state)
{
	static const struct {
		const char *text, *version;
	} versions[] = {
		{ "usbmuxd 1.1.1\n", "1.1.1" },
		{ "idevicerestore 1.1.0-2-g405fcd1 (libirecovery 1.3.1)", "1.1.0-2-g405fcd1" },
		{ "tool version v2.4, of 2020\n", "v2.4" },
		{ "usage: tool [options]\n", NULL },
		{ "tool 2020\n", NULL },
		{ "", NULL },
		{ "1.\x1b[2J\n", "1." },
		{ "1.000000000000000000000000000000000000000000000000000000000 2.0\n", "2.0" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(versions); i++) {
		char version[CHECK_VERSION_MAX] = "";
		const char *text = versions[i].text;

		print_message("%s\n", text);
		assert_int_equal(check_parse_version(text, strlen(text), version),
				 versions[i].version != NULL);
		if (versions[i].version)
			assert_string_equal(version, versions[i].version);
	}
}

static void
reads_packages(void **state)
{
	static const char spaced[] = "usbmuxd 1.1.1-2 installed\n"
				     "idevicerestore 1.0.0-1 config-files\n"
				     "libirecovery-1.0-3 1.0.0-3 installed\n"
				     "libirecovery-1.0-dev 9 installed\n"
				     "error: package 'irecovery' was not found\nusbmuxd-x 2\n\n";
	static const char joined[] = "WARNING: no index\nusbmuxd-1.1.1-r3 x86_64 {usbmuxd} (GPL)\n"
				     "libimobiledevice-1.3.0-r1 x86_64\nusbmuxd-\n-\n";
	char version[CHECK_VERSION_MAX];
	struct versions versions = { 0 };

	(void)state;
	versions_read(&versions, spaced, strlen(spaced), false);
	versions_of(&versions, "usbmuxd", NULL, version);
	assert_string_equal(version, "1.1.1-2");
	versions_of(&versions, "idevicerestore", NULL, version);
	assert_string_equal(version, "");
	versions_of(&versions, "libirecovery", NULL, version);
	assert_string_equal(version, "1.0.0-3");
	versions = (struct versions){ 0 };
	versions_read(&versions, joined, strlen(joined), true);
	versions_of(&versions, "usbmuxd", NULL, version);
	assert_string_equal(version, "1.1.1-r3");
	versions_of(&versions, "libimobiledevice", NULL, version);
	assert_string_equal(version, "1.3.0-r1");
}

static void
reads_memory(void **state)
{
	static const char memory[] = "MemTotal: 1 kB\nMemAvailable:\t2\nMemAvailable:   3 kB\n";
	uint64_t bytes = 7;

	(void)state;
	assert_int_equal(check_parse_meminfo(memory, strlen(memory), "MemTotal", &bytes), 1);
	assert_int_equal(bytes, 1024);
	assert_int_equal(check_parse_meminfo(memory, strlen(memory), "SwapFree", &bytes), 0);
}

static void
ends_programs_that_hang(void **state)
{
	char root[] = "/tmp/linkstat-check-XXXXXX", path[64], argument[] = "--version", text[64];
	char *const argv[] = { path, argument, NULL };
	struct timespec began, ended;

	(void)state;
	assert_non_null(mkdtemp(root));
	fake_write(root, "hangs", "!#!/bin/sh\nsleep 3600 & sleep 3600\n");
	fake_write(root, "floods", "!#!/bin/sh\nexec cat /dev/zero\n");
	fake_write(root, "ends", "!#!/bin/sh\necho $1 $#; cat; echo x >&2\n");

	clock_gettime(CLOCK_MONOTONIC, &began);
	snprintf(path, sizeof(path), "%s/hangs", root);
	assert_int_equal(versions_run(argv, 100, text, sizeof(text)), -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	assert_true(ended.tv_sec - began.tv_sec < 3000);
	snprintf(path, sizeof(path), "%s/floods", root);
	assert_int_equal(versions_run(argv, 60000, text, sizeof(text)), 63);
	snprintf(path, sizeof(path), "%s/ends", root);
	assert_int_equal(versions_run(argv, 60000, text, sizeof(text)), 14);
	assert_string_equal(text, "--version 1\nx\n");
	snprintf(path, sizeof(path), "%s/nothing", root);
	assert_int_equal(versions_run(argv, 60000, text, sizeof(text)), -ENOENT);
	fake_remove(root);
}

/* A bus that accepts the connection and never replies. */
static void
does_not_wait_for_a_silent_bus(void **state)
{
	char root[] = "/tmp/linkstat-check-XXXXXX", address[128];
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct logind logind = { .known = true };
	struct timespec began, ended;

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(name.sun_path, sizeof(name.sun_path), "%s/bus", root);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(fd, 1), 0);
	snprintf(address, sizeof(address), "unix:path=%s", name.sun_path);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
	clock_gettime(CLOCK_MONOTONIC, &began);
	logind_ask(&logind);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	assert_false(logind.known);
	assert_true(ended.tv_sec - began.tv_sec < 60); /* sd-bus alone would take 90 */
	snprintf(address, sizeof(address), "unix:path=%s/nothing", root);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
	logind_ask(&logind);
	assert_false(logind.known);
	close(fd);
	fake_remove(root);
}

static void
takes_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t us; /* 0: refused */
	} spans[] = {
		{ "12min", INT64_C(720000000) },
		{ "2 h", INT64_C(7200000000) },
		{ "90s", INT64_C(90000000) },
		{ " 1h 30min ", INT64_C(5400000000) },
		{ "1.5 h", INT64_C(5400000000) },
		{ "-1h", 0 },
		{ "15", 0 },
		{ "", 0 },
		{ "1h x", 0 },
		{ "99999999999999 y", 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(spans); i++) {
		const char *why = NULL;
		int64_t us = 0;

		print_message("%s\n", spans[i].text);
		assert_int_equal(when_parse_span(spans[i].text, &us, &why),
				 spans[i].us ? 1 : -EINVAL);
		assert_int_equal(us, spans[i].us);
		assert_true(spans[i].us || (why && *why));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_versions),
		cmocka_unit_test(reads_packages),
		cmocka_unit_test(reads_memory),
		cmocka_unit_test(ends_programs_that_hang),
		cmocka_unit_test(does_not_wait_for_a_silent_bus),
		cmocka_unit_test(takes_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
