/* Entries of linkstat explain: how they are read, and which of them a question finds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/explain/apple_code.h"
#include "lib/explain/explain.h"
#include "lib/explain/read.h"
#include "lib/model/causes.h"
#include "lib/observe/kernel_messages.h"

static int
set_up(void **state)
{
	struct ls_explain *table = NULL;
	int r = ls_explain_new(&table);

	*state = table;
	return r;
}

static int
tear_down(void **state)
{
	ls_explain_free(*state);
	return 0;
}

static bool
has(const struct ls_explain_entry *const *list, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i]->id, id) == 0)
			return true;
	return false;
}

static void
finds_what_people_ask(void **state)
{
	static const struct {
		const char *question, *id;
	} cases[] = {
		{ "4013", "4013" },
		{ "error 4013", "4013" },
		{ "iTunes Error 4013 iPhone", "4013" },
		{ "4014", "4014" },
		{ "9", "9" },
		{ "status 21", "21" },
		{ "-71", "EPROTO" },
		{ "-3", "could not read data" },
		{ "-3", "EACCES" },
		{ "EPROTO", "EPROTO" },
		{ "LIBUSB_ERROR_PIPE", "LIBUSB_ERROR_PIPE" },
		{ "libusb_error_pipe", "LIBUSB_ERROR_PIPE" },
		{ "usbd status c0000005", "c0000005" },
		{ "USBControlTransfer: error 31, usbd status c0000004", "EPIPE" },
		{ "0xe00002ed", "0xe00002ed" },
		{ "status 0xe00002ed (transaction error)", "0xe00002ed" },
		{ "device descriptor read/64, error -71", "kernel enum-failed descriptor" },
		{ "[ 12.5] usb 3-2.1: device descriptor read/8, error -110",
		  "kernel enum-failed descriptor" },
		{ "device descriptor read", "kernel enum-failed descriptor" },
		{ "device not accepting address 7, error -71", "kernel enum-failed address" },
		{ "Cannot enable. Maybe the USB cable is bad?", "kernel enum-failed enable" },
		{ "usb 1-1: USB disconnect, device number 5", "kernel disconnected" },
		{ "disabled by hub (EMI?), re-enabling...", "kernel emi" },
		{ "usb 4-2: usbfs: USBDEVFS_CONTROL failed cmd irecovery rqt 33 rq 1 len 2048 ret "
		  "-71",
		  "USBDEVFS_CONTROL failed" },
		{ "Could not read data (-3)", "could not read data" },
		{ "ERROR: Could not read data (-256). Aborting.", "could not read data" },
		{ "Possibly invalid iBEC", "invalid iBEC" },
		{ "FAILED (Status read failed (No such device))", "fastboot status" },
		{ "Status read failed", "fastboot status" },
		{ "link-loss", "link-loss" },
		{ "link lost", "link-loss" },
		{ "hub-power", "hub-power" },
		{ "dfu", "dfu" },
		{ "recovery mode", "recovery" },
		{ "Unexpected device state 'Recovery' expected 'RestoreOS'", "4013" },
		{ "terminateDevice: destroying 0x05ac/12a8/1102 (iPad): hardware connection lost",
		  "disconnected hardware" },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_explain_found found;

		print_message("%s\n", cases[i].question);
		ls_explain_find(*state, cases[i].question, &found);
		assert_true(has(found.entries, found.n, cases[i].id));
		assert_true(found.n <= 3);
	}
}

/* A number that stands for something else is no code. */
static void
takes_no_other_number_for_a_code(void **state)
{
	static const char *const questions[] = { "usb 1-9: new mail", "chapter 21 of 40", "foo",
						 "" };

	for (size_t i = 0; i < LS_COUNT(questions); i++) {
		struct ls_explain_found found;

		print_message("%s\n", questions[i]);
		ls_explain_find(*state, questions[i], &found);
		assert_int_equal(found.n, 0);
		assert_int_equal(found.n_near, 0);
	}
}

static void
says_what_is_near(void **state)
{
	static const struct {
		const char *question, *id;
	} cases[] = {
		{ "lnk-loss", "link-loss" },
		{ "lnkloss", "link-loss" },
		{ "EPROT", "EPROTO" },
		{ "descriptor reed", "kernel enum-failed descriptor" },
		{ "iBEC is invalid", "invalid iBEC" },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_explain_found found;

		print_message("%s\n", cases[i].question);
		ls_explain_find(*state, cases[i].question, &found);
		assert_int_equal(found.n, 0);
		assert_true(has(found.near, found.n_near, cases[i].id));
	}
}

/* The number that Apple shows, and that it can be looked up. */
static void
tells_which_story_has_which_code(void **state)
{
	static const struct {
		enum ls_cause cause;
		const char *mode, *after;
		unsigned int vid, code;
	} cases[] = {
		{ LS_CAUSE_DEVICE_RESET, "restore mode", "recovery mode", 0x05ac, 4013 },
		{ LS_CAUSE_DEVICE_RESET, "restore mode", "DFU mode", 0x05ac, 4014 },
		{ LS_CAUSE_LINK_LOSS, "recovery mode with the restore loader (iBEC)", "", 0x05ac,
		  4013 },
		{ LS_CAUSE_LINK_LOSS, "restore mode", "", 0x05ac, 4010 },
		{ LS_CAUSE_LINK_LOSS, "normal use", "", 0x05ac, 0 },
		{ LS_CAUSE_DEVICE_RESET, "restore mode", "", 0x05ac, 0 },
		{ LS_CAUSE_LINK_LOSS, "recovery mode", "", 0x18d1, 0 },
		{ LS_CAUSE_MODE_SWITCH, "restore mode", "recovery mode", 0x05ac, 0 },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		unsigned int code = ls_explain_apple_code(cases[i].cause, (uint16_t)cases[i].vid,
							  cases[i].mode, cases[i].after);
		char number[16];

		print_message("%zu: %u\n", i, code);
		assert_int_equal(code, cases[i].code);
		snprintf(number, sizeof(number), "%u", code);
		assert_true(code == 0 || ls_explain_get(*state, number));
	}
}

static void
knows_every_cause(void **state)
{
	for (unsigned int i = 0; i < LS_N_CAUSES; i++) {
		const char *name = ls_cause_name((enum ls_cause)i);
		struct ls_explain_found found;

		print_message("%s\n", name);
		ls_explain_find(*state, name, &found);
		assert_true(has(found.entries, found.n, name));
	}
}

/* "device descriptor read/%w, error %e" as a kernel prints it. */
static void
fill(const char *pattern, char text[300])
{
	static const char *const values[][2] = {
		{ "%n", "17" },		{ "%e", "-71" },    { "%p", "3" },    { "%b", "2" },
		{ "%s", "high-speed" }, { "%d", "1-4" },    { "%v", "05ac" }, { "%i", "12a8" },
		{ "%r", "15.02" },	{ "%w", "64" },	    { "%*", " foo" }, { "%~", "bar" },
		{ "%m", "ACME" },	{ "%o", "Gadget" }, { "%l", "X123" },
	};

	text[0] = '\0';
	while (*pattern) {
		size_t i = 0;

		while (i < LS_COUNT(values) && strncmp(pattern, values[i][0], 2) != 0)
			i++;
		if (i < LS_COUNT(values))
			strcat(text, values[i][1]);
		else
			strncat(text, pattern, 1);
		pattern += i < LS_COUNT(values) ? 2 : 1;
	}
}

static bool
has_prefix(const struct ls_explain_found *found, const char *prefix)
{
	for (size_t i = 0; i < found->n; i++)
		if (strncmp(found->entries[i]->id, prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

static void
knows_every_message_of_the_kernel(void **state)
{
	for (size_t i = 0; i < ls_n_kernel_messages; i++) {
		const struct ls_kernel_message *message = &ls_kernel_messages[i];
		struct ls_explain_found found;
		char text[300], id[80];

		if (message->kind == LS_OBS_STRING || message->kind == LS_OBS_HANDLE)
			continue; /* names of a device, and drivers that bind: nothing to explain */
		fill(message->pattern, text);
		print_message("%s\n", text);
		ls_explain_find(*state, text, &found);
		snprintf(id, sizeof(id), "kernel %s", ls_obs_kind_name(message->kind));
		assert_true(has_prefix(&found, id));
	}
}

/* Whoever reads an entry can go where it points to, and it says all that there is to say. */
static void
entries_are_complete(void **state)
{
	const struct ls_explain *table = *state;

	for (size_t i = 0; i < table->n; i++) {
		const struct ls_explain_entry *entry = &table->entries[i];
		struct ls_explain_found found;
		char see[400], *rest = see, *id;

		print_message("%s\n", entry->id);
		assert_true(strlen(entry->title) > 0 && strlen(entry->title) <= 100);
		assert_true(*entry->fields[LS_EXPLAIN_WHOSE] && *entry->fields[LS_EXPLAIN_FIRST] &&
			    *entry->fields[LS_EXPLAIN_SURE]);
		snprintf(see, sizeof(see), "%s", entry->see);
		while ((id = strsep(&rest, ",")) && *id) {
			id += strspn(id, " ");
			print_message("  see %s\n", id);
			assert_non_null(ls_explain_get(table, id));
		}
		for (size_t j = 0; j < entry->n_phrases; j++) {
			ls_explain_find(table, entry->phrases[j].text, &found);
			if (!strpbrk(entry->phrases[j].text, "*#"))
				assert_true(has(found.entries, found.n, entry->id));
		}
	}
}

static void
reads_entries_of_users(void **state)
{
	static const struct {
		const char *text;
		int want;
		const char *why;
	} cases[] = {
		{ "[E77]\ntitle = E77: the press is open\nmeans = Close\n  the press.\ncode = 77\n",
		  1, "" },
		{ "[4013]\ntitle = ours\nmeans = Ask Kim.\n", 1, "" },
		{ "title = x\n", -EINVAL, "u.ini:1: this belongs to no section" },
		{ "[x]\ntitle = x\ncolour = red\n", -EINVAL, "u.ini:3: this key is not known" },
		{ "[x]\ntitle = x\n", -EINVAL, "lacks its title or its meaning" },
		{ "[x]\nwhat\n", -EINVAL, "u.ini:2: this is neither" },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char why[LS_TEXT_MAX] = "";

		print_message("%s\n", cases[i].text);
		assert_int_equal(ls_explain_read(*state, "u.ini", cases[i].text, why),
				 cases[i].want);
		assert_non_null(strstr(why, cases[i].why));
	}
	assert_string_equal(ls_explain_get(*state, "4013")->title, "ours");
	assert_string_equal(ls_explain_get(*state, "E77")->fields[LS_EXPLAIN_MEANS],
			    "Close the press.");
	assert_true(ls_explain_knows(*state, "E77"));
	assert_null(ls_explain_get(*state, "x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_people_ask),
		cmocka_unit_test(takes_no_other_number_for_a_code),
		cmocka_unit_test(says_what_is_near),
		cmocka_unit_test(tells_which_story_has_which_code),
		cmocka_unit_test(knows_every_cause),
		cmocka_unit_test(knows_every_message_of_the_kernel),
		cmocka_unit_test(entries_are_complete),
		cmocka_unit_test(reads_entries_of_users),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
