#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/base/redact.h"

#define UDID "0123456789abcdef0123456789abcdef01234567"

/* A serial number in every text of every reply: known from one field, redacted in all. */
#define SERIAL "F2LW9XABCD12"

static json_t *
parse(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);

	assert_non_null(value);
	return value;
}

static void
a_serial_number_is_redacted_in_every_field(void **state)
{
	static const char *const replies[] = {
		"{\"ports\":[{\"port\":\"pci-0000:00:14.0-usb-0:1\",\"name\":\"" SERIAL
		"\",\"label\":\"of " SERIAL "\",\"device\":{\"vid\":\"05ac\",\"serial\":\"" SERIAL
		"\",\"product\":\"x" SERIAL "y\",\"manufacturer\":\"" SERIAL "\"}}]}",
		"{\"sums\":[{\"device\":\"05ac:12a8:" SERIAL "\",\"hubs\":[\"05e3:0610:" SERIAL
		"\"],\"cable\":\"" SERIAL "\",\"host\":\"" SERIAL "\"}]}",
		/* known from an earlier reply, in another case. */
		"{\"events\":[{\"what\":\"f2lw9xabcd12 is gone\",\"source\":\"" SERIAL "\"}]}",
		"{\"incident\":{\"why\":\"" SERIAL "\",\"ruled_out\":[\"" SERIAL
		"\"],\"evidence\":[{\"what\":\"SerialNumber: " SERIAL "\"}]}}",
	};
	struct redaction redaction = { 0 };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(replies); i++) {
		json_t *reply = parse(replies[i]);
		char *text;

		print_message("%s\n", replies[i]);
		assert_int_equal(redact_reply(&redaction, reply), 0);
		text = json_dumps(reply, JSON_COMPACT);
		assert_null(strcasestr(text, SERIAL));
		assert_non_null(strstr(text, "id-"));
		free(text);
		json_decref(reply);
	}
	redact_done(&redaction);
}

static void
text_like_a_serial_number_is_redacted(void **state)
{
	static const struct {
		const char *text, *secret;
	} cases[] = {
		{ "idevicerestore -u " UDID " x.ipsw", UDID },
		{ "idevicerestore -i 0x000b654e3c92002e", "000b654e3c92002e" },
		{ "iPhone 00008020-000B654E3C92002E, in restore mode", "000B654E3C92002E" },
		{ "CPID:8020 ECID:000B654E3C92002E IBFL:3C SRNM:[F2LQ9]", "000B654E3C92002E" },
		{ "CPID:8020 ECID:000B654E3C92002E IBFL:3C SRNM:[F2LQ9]", "F2LQ9" },
		{ "usb 1-1: SerialNumber: AB12", "AB12" },
		/* As options of programs have them, and as people type them. */
		{ "idevicerestore -u" UDID " x.ipsw", UDID },
		{ "ideviceinfo -u00008020-000B654E3C92002E", "00008020-000B654E3C92002E" },
		{ "backup_" UDID ".tar", UDID },
		{ "UDID_00008020-000B654E3C92002E_x", "00008020-000B654E3C92002E" },
		{ "idevicerestore -i 3211328340983854 x.ipsw", "3211328340983854" },
		{ "idevicerestore --ecid 3211328340983854 x.ipsw", "3211328340983854" },
		{ "ecid 3211328340983854 again", "3211328340983854" },
		{ "adb -s R58M123ABCD shell", "R58M123ABCD" },
		{ "ANDROID_SERIAL=R58M123ABCD make flash", "R58M123ABCD" },
		{ "fastboot --serial R58M123ABCD reboot", "R58M123ABCD" },
		/* No secret. */
		{ "sort -u names.txt", NULL },
		{ "dd -s 4096 if=x", NULL },
		{ "the hash d41d8cd98f00b204e9800998ecf8427e", NULL },
		{ "new high-speed USB device number 10 using xhci_hcd", NULL },
		{ "New USB device strings: Mfr=1, Product=2, SerialNumber=3", NULL },
		{ "pci-0000:00:14.0-usb-0:1.4", NULL },
		{ "2026-11-22T14:03:11.123456Z", NULL },
		{ "ep 0x04 OUT 16384 B EPROTO (-71)", NULL },
	};
	struct redaction redaction = { 0 };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char *redacted = redact_text(&redaction, cases[i].text), *again;

		print_message("%s\n%s\n", cases[i].text, redacted);
		if (cases[i].secret)
			assert_null(strstr(redacted, cases[i].secret));
		else
			assert_string_equal(redacted, cases[i].text);
		again = redact_text(&redaction, redacted);
		assert_string_equal(again, redacted);
		free(again);
		free(redacted);
	}
	redact_done(&redaction);
}

/* A name of a computer is a person's, too: where it is a field, and not where it is a word. */
static void
the_name_of_the_computer_is_redacted(void **state)
{
	json_t *reply = parse("{\"sessions\":[{\"host\":\"anns-laptop\",\"host_id\":\"ab12\","
			      "\"port\":\"pci-0000:00:14.0-usb-0:1\"},{\"host\":\"usb\"}],"
			      "\"note\":\"on anns-laptop, usb 1-1\"}");
	struct redaction redaction = { 0 };
	char *text;

	(void)state;
	assert_int_equal(redact_reply(&redaction, reply), 0);
	text = json_dumps(reply, JSON_COMPACT);
	print_message("%s\n", text);
	assert_null(strstr(text, "laptop"));
	assert_null(strstr(text, "\"host\":\"usb\""));
	assert_non_null(strstr(text, ", usb 1-1"));
	free(text);
	redact_done(&redaction);
	json_decref(reply);
}

/* One name for one thing, whatever the case; times, places and short numbers stay. */
static void
a_pseudonym_is_stable(void **state)
{
	json_t *reply = parse("{\"a\":{\"serial\":\"AbCdEfGh12\"},\"b\":\"ABCDEFGH12\","
			      "\"c\":{\"serial\":\"001\"},\"d\":\"10010 001\","
			      "\"e\":\"2026-11-22T14:00:01Z\","
			      "\"port\":\"pci-0000:00:14.0-usb-0:001\"}");
	struct redaction redaction = { 0 };
	const char *a, *b;

	(void)state;
	assert_int_equal(redact_reply(&redaction, reply), 0);
	a = json_string_value(json_object_get(json_object_get(reply, "a"), "serial"));
	b = json_string_value(json_object_get(reply, "b"));
	assert_string_equal(a, b);
	assert_int_equal(strncmp(a, "id-", 3), 0);
	assert_int_equal(strlen(a), 11);
	assert_int_equal(strncmp(json_string_value(json_object_get(reply, "d")), "10010 id-", 9),
			 0);
	assert_string_equal(json_string_value(json_object_get(reply, "e")), "2026-11-22T14:00:01Z");
	assert_string_equal(json_string_value(json_object_get(reply, "port")),
			    "pci-0000:00:14.0-usb-0:001");
	redact_done(&redaction);
	json_decref(reply);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_serial_number_is_redacted_in_every_field),
		cmocka_unit_test(text_like_a_serial_number_is_redacted),
		cmocka_unit_test(the_name_of_the_computer_is_redacted),
		cmocka_unit_test(a_pseudonym_is_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
