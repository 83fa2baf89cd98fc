/* Small texts of /proc and sysfs: pressure, numbers, Type-C words and objects. */
#include "lib/observe/host_context.h"
#include "lib/observe/typec.h"
#include "tests/fuzz/check.h"

static bool
is_share(double value)
{
	return value >= 0 && value <= 100;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	struct ls_host_context context = ls_host_context_unknown;
	struct ls_typec_cable cable;
	char word[LS_TYPEC_WORD_MAX], line[LS_TEXT_MAX];
	uint32_t object = ls_typec_object(text, len);

	for (int i = 0; i < LS_N_HOST_RESOURCES; i++) {
		struct ls_host_pressure *pressure = &context.pressure[i];

		CHECK(ls_host_pressure_parse(text, len, pressure) == pressure->known);
		CHECK(is_share(pressure->some) && is_share(pressure->full));
	}
	context.load = ls_host_load_parse(text, len);
	CHECK(context.load < 2e9);
	if (ls_host_number_parse(text, len, &context.usbfs_memory_mb))
		context.device.delay_ms = context.n_others_flowing = context.usbfs_memory_mb;
	context.device.autosuspend = len % 3;
	context.hub.suspended = len % 2;
	ls_host_context_describe(&context, line);
	check_clean(line, sizeof(line));
	ls_typec_word(text, len, word);
	check_clean(word, sizeof(word));
	ls_typec_cable_vdo(object, &cable);
	check_clean(cable.speed, LS_TEXT_MAX);
	CHECK(cable.current_ma <= 5000);
	return 0;
}
