/* Lines of a recording through the parser and the engine: no line may break either. */
#include <stdint.h>
#include <string.h>

#include "lib/engine/engine.h"
#include "lib/wire/recording_read.h"
#include "tests/recording/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_record(const struct ls_record *record, void *user)
{
	json_t *object = recording_record(record);

	(void)user;
	if (!object)
		__builtin_trap();
	json_decref(object);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct ls_engine_config config;
	struct ls_engine *engine;
	struct ls_observation obs;
	struct ls_device device;
	char why[LS_TEXT_MAX];

	ls_engine_config_default(&config);
	if (ls_engine_new(&config, on_record, NULL, &engine) < 0)
		return 0;
	while (at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((line_end ? line_end : end) - at);
		json_t *line = json_loadb(at, len, 0, NULL);

		if (line && ls_recording_parse(line, &obs, &device, why) > 0)
			ls_engine_observe(engine, &obs);
		json_decref(line);
		at += len + 1;
	}
	ls_engine_free(engine);
	return 0;
}
