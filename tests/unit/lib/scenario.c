#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/hash.h"
#include "lib/base/port.h"
#include "lib/observe/kernel_log.h"
#include "tests/recording/recording.h"
#include "lib/base/text.h"
#include "tests/unit/lib/scenario.h"

const struct ls_device scenario_phone = {
	.vid = 0x05ac, .pid = 0x12a8, .serial = "00008020", .product = "iPhone"
};

const struct ls_observation scenario_connection_lost = {
	.kind = LS_OBS_PORT_STATUS,
	.devnum = 1,
	.hub_port = 1,
	.hub_event = LS_HUB_PORT_STATUS,
	.port_bits = LS_PORT_C_CONNECTION | LS_PORT_POWERED,
};

static struct ls_instant
at(uint64_t ms)
{
	return (struct ls_instant){ .mono_us = 1000 * LS_SEC + ms * LS_MS,
				    .real_us = (int64_t)(1700000000 * LS_SEC + ms * LS_MS) };
}

static void
keep_incident(struct scenario *scenario, const struct ls_incident *incident)
{
	for (size_t i = 0; i < scenario->n_incidents; i++) {
		if (scenario->incidents[i].id == incident->id) {
			scenario->incidents[i] = *incident;
			return;
		}
	}
	assert_true(scenario->n_incidents < SCENARIO_MAX);
	scenario->incidents[scenario->n_incidents++] = *incident;
}

static void
forget_incident(struct scenario *scenario, int64_t id)
{
	for (size_t i = 0; i < scenario->n_incidents; i++) {
		if (scenario->incidents[i].id != id)
			continue;
		scenario->n_incidents--;
		memmove(&scenario->incidents[i], &scenario->incidents[i + 1],
			(scenario->n_incidents - i) * sizeof(scenario->incidents[0]));
		return;
	}
	fail_msg("incident %lld was absorbed but never emitted", (long long)id);
}

static void
keep_session(struct scenario *scenario, const struct ls_session *session)
{
	for (size_t i = 0; i < scenario->n_sessions; i++) {
		if (scenario->sessions[i].id == session->id) {
			scenario->sessions[i] = *session;
			return;
		}
	}
	assert_true(scenario->n_sessions < SCENARIO_MAX);
	scenario->sessions[scenario->n_sessions++] = *session;
}

static void
add_hash(struct scenario *scenario, const struct ls_record *record)
{
	ls_json_auto json_t *object = recording_record(record);
	char *text = json_dumps(object, JSON_COMPACT);

	assert_non_null(text);
	scenario->hash = ls_hash(scenario->hash, text, strlen(text));
	free(text);
}

static void
on_record(const struct ls_record *record, void *user)
{
	struct scenario *scenario = user;

	add_hash(scenario, record);
	if (record->kind == LS_RECORD_INCIDENT) {
		keep_incident(scenario, record->incident);
	} else if (record->kind == LS_RECORD_ABSORBED) {
		forget_incident(scenario, record->absorbed.id);
	} else if (record->kind == LS_RECORD_SESSION) {
		keep_session(scenario, record->session);
	} else if (record->kind == LS_RECORD_EVENT) {
		scenario->n_events[record->event->kind]++;
		scenario->last_event = *record->event;
	} else if (record->kind == LS_RECORD_GAP) {
		scenario->n_gaps++;
		scenario->gap = *record->gap;
	}
}

void
scenario_begin(struct scenario *scenario)
{
	scenario_begin_with(scenario, NULL);
}

void
scenario_begin_with(struct scenario *scenario, const struct ls_families *families)
{
	struct ls_observation bus = {
		.at = at(0),
		.source = LS_SOURCE_UDEV,
		.kind = LS_OBS_BUS_ADDED,
		.controller = "pci-0000:00:14.0",
		.text = "xHCI Host Controller",
	};
	struct ls_engine_config config;

	*scenario = (struct scenario){ .hash = LS_HASH_START };
	ls_engine_config_default(&config);
	config.families = families;
	assert_int_equal(ls_engine_new(&config, on_record, scenario, &scenario->engine), 0);
	for (enum ls_source source = LS_SOURCE_KERNEL_LOG; source <= LS_SOURCE_LIBUSB; source++)
		scenario_observe(scenario, 0, source, LS_OBS_SOURCE_AVAILABLE, "", 0);
	for (bus.bus = 1; bus.bus <= 2; bus.bus++)
		ls_engine_observe(scenario->engine, &bus);
}

void
scenario_end(struct scenario *scenario)
{
	ls_engine_free(scenario->engine);
	scenario->engine = NULL;
}

static void
observe(struct scenario *scenario, struct ls_observation *obs, const char *port)
{
	if (port[0])
		obs->bus = ls_port_bus(port);
	ls_text_format(obs->port, sizeof(obs->port), "%s", port);
	if (!obs->text[0])
		ls_text_format(obs->text, sizeof(obs->text), "observation %d of %s", (int)obs->kind,
			       port);
	/* What a hub's ports are peers of is known from sysfs. */
	if (obs->device && obs->device->device_class == 9 && port[0] && port[0] != 'u')
		ls_text_format(obs->peer, sizeof(obs->peer), "%c%s", port[0] == '1' ? '2' : '1',
			       port + 1);
	ls_engine_observe(scenario->engine, obs);
}

void
scenario_observe_device(struct scenario *scenario, uint64_t at_ms, enum ls_source source,
			enum ls_obs_kind kind, const char *port, unsigned int devnum,
			const struct ls_device *device)
{
	struct ls_observation obs = {
		.at = at(at_ms),
		.source = source,
		.kind = kind,
		.devnum = (uint16_t)devnum,
		.device = device,
	};

	observe(scenario, &obs, port);
}

void
scenario_observe(struct scenario *scenario, uint64_t at_ms, enum ls_source source,
		 enum ls_obs_kind kind, const char *port, unsigned int devnum)
{
	scenario_observe_device(scenario, at_ms, source, kind, port, devnum, NULL);
}

void
scenario_plug(struct scenario *scenario, uint64_t at_ms, const char *port, unsigned int devnum,
	      const struct ls_device *device)
{
	struct ls_device ids = { .vid = device->vid, .pid = device->pid };

	scenario_observe_device(scenario, at_ms, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, port,
				devnum, NULL);
	scenario_observe_device(scenario, at_ms, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND, port, 0, &ids);
	scenario_observe_device(scenario, at_ms + 5, LS_SOURCE_UDEV, LS_OBS_CONNECTED, port, devnum,
				device);
	scenario_observe_device(scenario, at_ms + 7, LS_SOURCE_LIBUSB, LS_OBS_CONNECTED, port,
				devnum, &ids);
}

void
scenario_unplug(struct scenario *scenario, uint64_t at_ms, const char *port, unsigned int devnum)
{
	static const enum ls_source sources[] = { LS_SOURCE_KERNEL_LOG, LS_SOURCE_UDEV,
						  LS_SOURCE_LIBUSB };
	static const uint64_t delay_ms[] = { 0, 5, 7 };

	for (size_t i = 0; i < LS_COUNT(sources); i++)
		scenario_observe(scenario, at_ms + delay_ms[i], sources[i], LS_OBS_DISCONNECTED,
				 port, devnum);
}

void
scenario_wait(struct scenario *scenario, uint64_t until_ms)
{
	ls_engine_advance(scenario->engine, at(until_ms));
}

const struct ls_incident *
scenario_incident(const struct scenario *scenario, enum ls_cause cause)
{
	for (size_t i = 0; i < scenario->n_incidents; i++) {
		if (scenario->incidents[i].cause == cause)
			return &scenario->incidents[i];
	}
	return NULL;
}

void
scenario_usbmon(struct scenario *scenario, uint64_t at_ms, const struct ls_observation *what)
{
	struct ls_observation obs = *what;

	obs.at = at(at_ms);
	obs.source = LS_SOURCE_USBMON;
	obs.bus = 1;
	ls_text_format(obs.text, sizeof(obs.text), "usbmon %d", (int)obs.kind);
	ls_engine_observe(scenario->engine, &obs);
}

void
scenario_observe_as(struct scenario *scenario, uint64_t at_ms, enum ls_source source,
		    const struct ls_observation *what)
{
	struct ls_observation obs = *what;

	obs.at = at(at_ms);
	obs.source = source;
	observe(scenario, &obs, what->port);
}

void
scenario_read_line(struct scenario *scenario, const struct scenario_line *line)
{
	struct ls_observation obs = { 0 };
	struct ls_device device = { 0 };

	print_message("%s\n", line->text);
	assert_int_equal(ls_kernel_log_parse(line->text, strlen(line->text), &obs, &device), 1);
	scenario_observe_as(scenario, line->at_ms, LS_SOURCE_KERNEL_LOG, &obs);
}

void
scenario_read(struct scenario *scenario, const struct scenario_line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		scenario_read_line(scenario, &lines[i]);
	scenario_wait(scenario, lines[n - 1].at_ms + 300000);
}

int
scenario_set_up(void **state)
{
	struct scenario *scenario = calloc(1, sizeof(*scenario));

	assert_non_null(scenario);
	scenario_begin(scenario);
	*state = scenario;
	return 0;
}

int
scenario_set_up_with_phone(void **state)
{
	scenario_set_up(state);
	scenario_observe(*state, 0, LS_SOURCE_USBMON, LS_OBS_SOURCE_AVAILABLE, "", 0);
	scenario_plug(*state, 100, "1-1", 5, &scenario_phone);
	return 0;
}

int
scenario_set_up_with_log(void **state)
{
	scenario_set_up(state);
	for (enum ls_source source = LS_SOURCE_UDEV; source <= LS_SOURCE_USBMON; source++)
		scenario_observe(*state, 0, source, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	return 0;
}

int
scenario_tear_down(void **state)
{
	scenario_end(*state);
	free(*state);
	return 0;
}

void
scenario_only(struct scenario *scenario, enum ls_cause cause, enum ls_side side, bool drop)
{
	scenario_wait(scenario, 2000000);
	assert_int_equal(scenario->n_incidents, 1);
	assert_string_equal(ls_cause_name(scenario->incidents[0].cause), ls_cause_name(cause));
	assert_string_equal(ls_side_name(scenario->incidents[0].side), ls_side_name(side));
	assert_int_equal(scenario->incidents[0].drop, drop);
	assert_false(scenario->incidents[0].open);
}
