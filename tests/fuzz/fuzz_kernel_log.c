#include "lib/observe/kernel_log.h"
#include "lib/base/port.h"
#include "tests/fuzz/check.h"

static void
check_device(const struct ls_observation *obs, const struct ls_device *device)
{
	bool expected = obs->kind == LS_OBS_FOUND || obs->kind == LS_OBS_STRING ||
			obs->kind == LS_OBS_ENUMERATING;

	CHECK(obs->device == (expected ? device : NULL));
	if (!obs->device)
		return;
	check_clean(device->manufacturer, sizeof(device->manufacturer));
	check_clean(device->product, sizeof(device->product));
	check_clean(device->serial, sizeof(device->serial));
	CHECK(device->speed <= LS_SPEED_SUPER_PLUS);
}

static void
check_observation(const struct ls_observation *obs)
{
	CHECK(obs->source == LS_SOURCE_KERNEL_LOG);
	CHECK(obs->kind > LS_OBS_NONE && obs->kind < LS_N_OBS);
	CHECK((obs->kind == LS_OBS_ENUM_FAILED) == (obs->step != LS_STEP_NONE));
	CHECK(obs->status <= 0 && obs->status >= -4095);
	check_clean(obs->text, sizeof(obs->text));
	check_clean(obs->controller, sizeof(obs->controller));
	check_clean(obs->handle, sizeof(obs->handle));
	CHECK(obs->kind != LS_OBS_HANDLE || obs->handle[0]);
	CHECK(obs->text[0]);
	if (obs->port[0]) {
		CHECK(ls_port_name_valid(obs->port));
		CHECK(obs->bus == ls_port_bus(obs->port));
	} else {
		CHECK(obs->controller[0] || obs->handle[0] || obs->kind == LS_OBS_SLEEP ||
		      obs->kind == LS_OBS_WAKE);
	}
}

/* Returns the result of the parser, of a buffer that ends where the text ends. */
static int
check_parse(const char *text, size_t len, struct ls_observation *obs, struct ls_device *device)
{
	char *exact = malloc(len ? len : 1);
	int ret;

	CHECK(exact);
	memcpy(exact, text, len);
	ret = ls_kernel_log_parse(exact, len, obs, device);
	free(exact);
	CHECK(ret == 0 || ret == 1);
	if (ret == 1) {
		check_observation(obs);
		check_device(obs, device);
	}
	return ret;
}

/* Whatever a device writes into a string, it stays a string of that device. */
static void
check_string(const char *data, size_t len)
{
	static const char head[] = "usb 7-1.2: Product: ";
	char text[512];
	struct ls_observation obs = { 0 };
	struct ls_device device;

	if (len > sizeof(text) - strlen(head))
		len = sizeof(text) - strlen(head);
	memcpy(text, head, strlen(head));
	memcpy(text + strlen(head), data, len);
	CHECK(check_parse(text, strlen(head) + len, &obs, &device) == 1);
	CHECK(obs.kind == LS_OBS_STRING);
	CHECK(strcmp(obs.port, "7-1.2") == 0);
	CHECK(!device.serial[0] && !device.manufacturer[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ls_observation obs = { .kind = LS_OBS_LOST };
	struct ls_device device;

	if (check_parse((const char *)data, len, &obs, &device) == 0)
		CHECK(obs.kind == LS_OBS_LOST);
	check_string((const char *)data, len);
	return 0;
}
