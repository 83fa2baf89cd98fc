/* Logs of restore programs: how an attempt ended, where, in which story, with which code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/logs/restore.h"

/* @step bytes at a time; the attempt lives in @reader. */
static const struct ls_restore_attempt *
read_text(struct ls_restore_reader *reader, const char *text, size_t step)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len; at += step)
		ls_restore_reader_feed(reader, text + at, len - at < step ? len - at : step);
	return ls_restore_reader_finish(reader);
}

#define IRECV  "irecv_event_cb: device 0012ab34cd56ef78 (udid: N/A) "
#define IDEV   "idevice_event_cb: device 0012ab34cd56ef78 (udid: 00008030-0012AB34CD56EF78) "
#define UPLOAD IRECV "connected in Recovery mode\nSending RestoreRamDisk (94371840 bytes)...\n"
#define BOOT   UPLOAD "Sending RestoreKernelCache (14680064 bytes)...\n" IRECV "disconnected\n"
#define IN     BOOT IDEV "connected in restore mode\nAbout to restore device... \n"

static const struct {
	const char *text;
	enum ls_restore_tool tool;
	enum ls_restore_end end;
	enum ls_restore_story story;
	int code;
	const char *words, *place;
} cases[] = {
	{ IN "progress: 2 0.52\n" IDEV
	     "disconnected\nERROR: Could not read data (-3). Aborting.\n" IRECV
	     "connected in Recovery mode\nERROR: Unable to successfully restore device\n",
	  LS_RESTORE_IDEVICERESTORE, LS_RESTORE_FAILED, LS_RESTORE_RESTARTED, 0,
	  "ERROR: Could not read data (-3). Aborting.", "at 52 % of the file system" },
	{ IN "Updating baseband (19)\nERROR: Could not read data (-256). Aborting.\n",
	  LS_RESTORE_IDEVICERESTORE, LS_RESTORE_FAILED, LS_RESTORE_LOST, 0,
	  "ERROR: Could not read data (-256). Aborting.", "in \"Updating baseband\"" },
	{ BOOT IRECV "connected in Recovery mode\n"
		     "ERROR: Device failed to enter restore mode.\n",
	  LS_RESTORE_IDEVICERESTORE, LS_RESTORE_FAILED, LS_RESTORE_NOT_STARTED, 0,
	  "ERROR: Device failed to enter restore mode.", "" },
	{ UPLOAD
	  "ERROR: Unable to send RestoreRamDisk component: Unable to upload data to device\n",
	  LS_RESTORE_IDEVICERESTORE, LS_RESTORE_FAILED, LS_RESTORE_UPLOAD, 0,
	  "ERROR: Unable to send RestoreRamDisk component: Unable to upload data to device", "" },
	{ "Found device in DFU mode\nSending iBEC (65536 bytes)...\n"
	  "ERROR: Device did not disconnect. Possibly invalid iBEC. Reset device and try again.\n",
	  LS_RESTORE_IDEVICERESTORE, LS_RESTORE_FAILED, LS_RESTORE_UPLOAD, 0,
	  "ERROR: Device did not disconnect. Possibly invalid iBEC. Reset device and try again.",
	  "" },
	{ IN "Status: Restore Finished\n" IDEV "disconnected\n" IRECV
	     "connected in Recovery mode\n",
	  LS_RESTORE_IDEVICERESTORE, LS_RESTORE_DONE, LS_RESTORE_NO_STORY, 0, "", "" },
	{ "[10:00:01.0001] Changing state from 'Idle' to 'Restoring'\n"
	  "[10:00:02.0001] Recovery mode device connected\n"
	  "[10:05:02.0001] Restore mode device connected\n"
	  "[10:09:02.0001] Restore mode device disconnected\n"
	  "[10:09:12.0001] DFU mode device connected\n"
	  "[10:09:13.0001] Restore completed, status: 4014\n"
	  "[10:09:13.0002] Depth:0 Code:4014 Error:Unexpected device state 'DFU' expected "
	  "'RestoreOS'\n",
	  LS_RESTORE_APPLE, LS_RESTORE_FAILED, LS_RESTORE_RESTARTED, 4014,
	  "Unexpected device state 'DFU' expected 'RestoreOS'", "" },
	{ "[10:00:01.0001] Changing state from 'Idle' to 'Restoring'\n"
	  "[10:09:13.0001] Restore completed, status:0\n",
	  LS_RESTORE_APPLE, LS_RESTORE_DONE, LS_RESTORE_NO_STORY, 0, "", "" },
	{ "2021-05-01 10:00:01.123 [1234:5678]: USBControlTransfer: error 31, usbd status "
	  "c0000011\n"
	  "2021-05-01 10:00:02.123 [1234:5678]: Restore completed, status:2006\n",
	  LS_RESTORE_WINDOWS, LS_RESTORE_FAILED, LS_RESTORE_NO_STORY, 2006,
	  "Restore completed, status:2006", "" },
	{ "2026-01-02 09:20:02 h pymobiledevice3.restore.restore[89] INFO Sending RootTicket now\n"
	  "2026-01-02 09:20:37 h pymobiledevice3.restore.restore[89] ERROR unknown error\n",
	  LS_RESTORE_PYMOBILEDEVICE, LS_RESTORE_FAILED, LS_RESTORE_UPLOAD, 0,
	  "h pymobiledevice3.restore.restore[89] ERROR unknown error", "" },
	{ "2021-05-01 10:00:01.123 [1234:5678]: <Restore Device 0x0AF1>: operation 28 progress -1\n"
	  "2021-05-01 10:00:03.123 [1234:5678]: <Restore Device 0x0AF1>: operation 13 progress 61\n"
	  "2021-05-01 10:00:04.123 [1234:5678]: Restore completed, status:9\n",
	  LS_RESTORE_APPLE, LS_RESTORE_FAILED, LS_RESTORE_NO_STORY, 9,
	  "Restore completed, status:9", "at 61 % of \"Restoring image\"" },
	{ "nothing of the kind\n", LS_RESTORE_UNKNOWN_TOOL, LS_RESTORE_END_UNKNOWN,
	  LS_RESTORE_NO_STORY, 0, "", "" },
};

static void
tells_the_story(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++)
		for (size_t step = 1; step < 1000; step += 998) {
			ls_auto(ls_restore_reader) *reader = NULL;
			const struct ls_restore_attempt *attempt;

			print_message("%s\n", cases[i].text);
			assert_int_equal(ls_restore_reader_new(NULL, &reader), 0);
			attempt = read_text(reader, cases[i].text, step);
			assert_int_equal(attempt->tool, cases[i].tool);
			assert_int_equal(attempt->end, cases[i].end);
			assert_int_equal(attempt->story, cases[i].story);
			assert_int_equal(attempt->code, cases[i].code);
			assert_string_equal(attempt->words, cases[i].words);
			assert_int_equal(strncmp(attempt->place.text, cases[i].place,
						 strlen(cases[i].place)),
					 0);
		}
}

static void
counts_statuses_of_windows(void **state)
{
	static const char text[] = "x: usbd status c0000004\nx: usbd status c0000005\n"
				   "x: usbd status 0xc0000011\nx: usbd status c0000002\n";
	ls_auto(ls_restore_reader) *reader = NULL;
	const struct ls_restore_attempt *attempt;

	(void)state;
	assert_int_equal(ls_restore_reader_new(NULL, &reader), 0);
	attempt = read_text(reader, text, 7);
	assert_int_equal(attempt->n_stalls, 1);
	assert_int_equal(attempt->n_timeouts, 1);
	assert_int_equal(attempt->n_wire, 2);
}

static void
keeps_times(void **state)
{
	static const struct {
		const char *text;
		int64_t began_us, failed_us;
		bool dated;
	} times[] = {
		{ "14:03:11.500 <info> Found device in Normal mode\n"
		  "14:03:21.000 <error> ERROR: no\n",
		  INT64_C(50591500000), INT64_C(50601000000), false },
		{ "2026-03-02 08:20:01 h pymobiledevice3.restore[1] INFO x\n"
		  "2026-03-02 08:20:03 h pymobiledevice3.restore[1] ERROR no\n",
		  INT64_C(1772439601000000), INT64_C(1772439603000000), true },
		{ "Found device in Normal mode\nERROR: no\n", 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(times); i++) {
		ls_auto(ls_restore_reader) *reader = NULL;
		const struct ls_restore_attempt *attempt;

		print_message("%s\n", times[i].text);
		assert_int_equal(ls_restore_reader_new(NULL, &reader), 0);
		attempt = read_text(reader, times[i].text, 1);
		assert_int_equal(attempt->began_us, times[i].began_us);
		assert_int_equal(attempt->failed_us, times[i].failed_us);
		assert_int_equal(attempt->dated, times[i].dated);
	}
}

static void
is_recognised(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} kinds[] = {
		{ IN, true },
		{ "[10:00:01.0001] Changing state from 'Idle' to 'Restoring'\n", true },
		{ "x: usbd status c0000004\n", true },
		{ "[ 1.0] usb 1-1: usbfs: process 9657 (idevicerestore) did not claim interface "
		  "0\n",
		  false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(kinds); i++) {
		print_message("%s\n", kinds[i].text);
		assert_int_equal(ls_restore_is_one(kinds[i].text, strlen(kinds[i].text)),
				 kinds[i].want);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_story),
		cmocka_unit_test(counts_statuses_of_windows),
		cmocka_unit_test(keeps_times),
		cmocka_unit_test(is_recognised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
