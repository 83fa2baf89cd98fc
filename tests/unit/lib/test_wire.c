#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/advice.h"
#include "lib/wire/wire.h"

static void
assert_json(json_t *json, const char *want)
{
	char *text = json ? json_dumps(json, LS_WIRE_DUMP) : NULL;

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
	json_decref(json);
}

static void
writes_devices(void **state)
{
	struct ls_device device = { .vid = 0x5ac, .pid = 0xf };

	(void)state;
	assert_json(ls_wire_device(&device),
		    "{\"vid\":\"05ac\",\"pid\":\"000f\",\"serial\":null,\"product\":null,"
		    "\"manufacturer\":null,\"speed\":null,\"hub\":false,\"max_power_ma\":null}");
	device = (struct ls_device){
		.vid = 0x2109,
		.pid = 0xf817,
		.device_class = 9,
		.max_power_ma = 100,
		.speed = LS_SPEED_HIGH,
		.serial = "a\"b\\x07",
		.product = "Hüb …",
		.manufacturer = "VIA",
	};
	assert_json(ls_wire_device(&device),
		    "{\"vid\":\"2109\",\"pid\":\"f817\",\"serial\":\"a\\\"b\\\\x07\","
		    "\"product\":\"Hüb …\",\"manufacturer\":\"VIA\",\"speed\":\"480 Mb/s\","
		    "\"hub\":true,\"max_power_ma\":100}");
}

static void
writes_events_and_gaps(void **state)
{
	struct ls_event event = {
		.socket = { "pci-0-usb-0:1", "1-1" },
		.kind = LS_EVENT_RESET,
		.source = LS_SOURCE_KERNEL_LOG,
		.what = "reset",
	};
	struct ls_gap gap = { .source = LS_SOURCE_UDEV, .open = true, .reason = "why" };

	(void)state;
	assert_json(ls_wire_event(&event),
		    "{\"at\":\"1970-01-01T00:00:00.000000Z\",\"port\":\"pci-0-usb-0:1\","
		    "\"name\":\"1-1\",\"kind\":\"reset\",\"source\":\"kernel-log\","
		    "\"what\":\"reset\",\"incident\":null}");
	event = (struct ls_event){ .kind = LS_EVENT_SLEEP, .incident = INT64_MAX };
	assert_json(ls_wire_event(&event),
		    "{\"at\":\"1970-01-01T00:00:00.000000Z\",\"port\":\"\",\"name\":\"\","
		    "\"kind\":\"sleep\",\"source\":\"linkstat\",\"what\":\"\","
		    "\"incident\":9223372036854775807}");
	assert_json(ls_wire_gap(&gap), "{\"kind\":\"outage\",\"source\":\"udev\",\"began_at\":"
				       "\"1970-01-01T00:00:00.000000Z\","
				       "\"ended_at\":null,\"lost\":null,\"reason\":\"why\"}");
	gap = (struct ls_gap){ .n_lost = 7 };
	assert_json(ls_wire_gap(&gap),
		    "{\"kind\":\"outage\",\"source\":\"linkstat\",\"began_at\":\"1970-01-01T00:00:"
		    "00.000000Z\","
		    "\"ended_at\":\"1970-01-01T00:00:00.000000Z\",\"lost\":7,\"reason\":\"\"}");
	gap.n_lost = UINT32_MAX;
	assert_json(ls_wire_gap(&gap),
		    "{\"kind\":\"outage\",\"source\":\"linkstat\",\"began_at\":\"1970-01-01T00:00:"
		    "00.000000Z\","
		    "\"ended_at\":\"1970-01-01T00:00:00.000000Z\",\"lost\":0,\"reason\":\"\"}");
}

/* The advice has tests of its own. */
static json_t *
without_next(json_t *object, const struct ls_incident *incident)
{
	assert_string_equal(json_string_value(json_object_get(object, "next")),
			    ls_advice_next(incident));
	json_object_del(object, "next");
	return object;
}

static void
writes_incidents(void **state)
{
	struct ls_incident incident = {
		.id = 41,
		.socket = { "p", "1-1" },
		.open = true,
		.cause = LS_CAUSE_LINK_LOSS,
		.side = LS_SIDE_LINK,
		.drop = true,
		.confidence = 0.9,
		.why = "w",
		.back = true,
		.back_after_us = 1310000,
		.n_disconnects = 3,
		.n_resets = 1,
	};
	const struct ls_labels labels = { "left front", "white 2 m", true };

	(void)state;
	assert_json(
		without_next(ls_wire_incident(&incident, &labels), &incident),
		"{\"id\":41,\"opened_at\":\"1970-01-01T00:00:00.000000Z\",\"closed_at\":null,"
		"\"port\":\"p\",\"name\":\"1-1\",\"label\":\"left front\",\"cable\":\"white 2 m\","
		"\"cable_assumed\":true,\"device\":null,"
		"\"mode\":null,\"mode_resting\":false,\"in_mode_seconds\":null,\"mode_after\":null,"
		"\"cause\":\"link-loss\",\"side\":\"link\",\"drop\":true,\"confidence\":0.9,"
		"\"count\":3,\"resets\":1,\"why\":\"w\",\"ruled_out\":[],\"disconnected_at\":null,"
		"\"back_after_seconds\":1."
		"31,"
		"\"evidence\":[],\"evidence_omitted\":0}");
	incident = (struct ls_incident){ .has_device = true, .confidence = NAN };
	assert_json(without_next(ls_wire_incident(&incident, NULL), &incident),
		    "{\"id\":0,\"opened_at\":\"1970-01-01T00:00:00.000000Z\","
		    "\"closed_at\":\"1970-01-01T00:00:00.000000Z\",\"port\":\"\",\"name\":\"\","
		    "\"label\":null,\"cable\":null,\"cable_assumed\":false,\"device\":{\"vid\":"
		    "\"0000\",\"pid\":\"0000\",\"serial\":null,"
		    "\"product\":null,\"manufacturer\":null,\"speed\":null,\"hub\":false,"
		    "\"max_power_ma\":null},\"mode\":null,\"mode_resting\":false,\"in_mode_"
		    "seconds\":null,"
		    "\"mode_after\":null,\"cause\":\"unknown\",\"side\":\"unknown\","
		    "\"drop\":false,\"confidence\":0.0,\"count\":0,\"resets\":0,\"why\":\"\","
		    "\"ruled_out\":[],\"disconnected_at\":null,\"back_after_seconds\":null,"
		    "\"evidence\":[],\"evidence_"
		    "omitted\":0}");
}

/* The bytes of @text, which is hex. */
static size_t
unhex(const char *text, uint8_t *bytes, size_t size)
{
	size_t n = 0;

	for (; text[0] && text[1] && n < size; text += 2) {
		const char digits[] = { text[0], text[1], '\0' };

		bytes[n++] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return text[0] ? 0 : n;
}

static void
writes_transfers(void **state)
{
	struct ls_flight_record record = {
		.id = 0x1122334455667788,
		.type = LS_USBMON_SUBMIT,
		.xfer = LS_XFER_CONTROL,
		.endpoint = 0x80,
		.real_us = 1795356191123456,
		.status = -115,
		.length = UINT32_MAX,
		.setup = { 0x80, 6, 0, 1, 0, 0, 0x12, 0xff },
	};
	struct ls_usbmon_record back = { 0 };
	uint8_t header[LS_USBMON_HEADER];
	json_t *json = ls_wire_transfer(&record);

	(void)state;
	assert_int_equal(
		unhex(json_string_value(json_object_get(json, "header")), header, sizeof(header)),
		LS_USBMON_HEADER);
	assert_int_equal(ls_usbmon_parse(header, sizeof(header), false, &back), 1);
	assert_true(back.id == record.id && ls_usbmon_real_us(&back) == record.real_us);
	assert_memory_equal(back.setup, record.setup, sizeof(back.setup));
	json_object_del(json, "header");
	assert_json(json, "{\"at\":\"2026-11-22T14:03:11.123456Z\",\"kind\":\"submit\","
			  "\"type\":\"control\",\"endpoint\":\"0x80\",\"length\":4294967295,"
			  "\"status\":-115,\"status_name\":\"EINPROGRESS\","
			  "\"setup\":\"80060001000012ff\"}");

	/* Nonsense from a file is nonsense on the wire, and no more. */
	memset(&record, 0xff, sizeof(record));
	record.status = INT32_MIN;
	json = ls_wire_transfer(&record);
	json_object_del(json, "header");
	assert_json(json, "{\"at\":\"9999-12-31T23:59:59.999999Z\",\"kind\":\"?\",\"type\":\"?\","
			  "\"endpoint\":\"0xff\",\"length\":4294967295,\"status\":-2147483648,"
			  "\"status_name\":\"\",\"setup\":null}");
}

/* The last evidence is kept in a ring: on the wire it is in time order, and the dropped ones are counted. */
static void
sorts_evidence(void **state)
{
	struct ls_incident incident = { .n_evidence = 35 };
	json_t *json, *evidence;

	(void)state;
	for (uint32_t n = 0; n < incident.n_evidence; n++) {
		size_t place = n < LS_EVIDENCE_MAX ? n
						   : LS_EVIDENCE_FIRST + (n - LS_EVIDENCE_FIRST) %
										 LS_EVIDENCE_LAST;
		uint32_t late = n ^ 2; /* sources do not report in order */

		incident.evidence[place].at = (struct ls_instant){ late / 2, late };
	}
	json = ls_wire_incident(&incident, NULL);
	evidence = json_object_get(json, "evidence");
	assert_int_equal(json_array_size(evidence), LS_EVIDENCE_MAX);
	assert_int_equal(json_integer_value(json_object_get(json, "evidence_omitted")), 3);
	for (size_t i = 1; i < json_array_size(evidence); i++) {
		json_t *before = json_object_get(json_array_get(evidence, i - 1), "at");
		json_t *at = json_object_get(json_array_get(evidence, i), "at");

		assert_true(strcmp(json_string_value(before), json_string_value(at)) < 0);
	}
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_devices),   cmocka_unit_test(writes_events_and_gaps),
		cmocka_unit_test(writes_incidents), cmocka_unit_test(writes_transfers),
		cmocka_unit_test(sorts_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
