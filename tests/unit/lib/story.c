#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/hash.h"
#include "lib/base/port.h"
#include "tests/recording/recording.h"
#include "lib/base/text.h"
#include "tests/unit/lib/story.h"

static struct ls_instant
at(uint64_t ms)
{
	return (struct ls_instant){ .mono_us = 1000 * LS_SEC + ms * LS_MS,
				    .real_us = (int64_t)(1700000000 * LS_SEC + ms * LS_MS) };
}

static void
keep_incident(struct story *story, const struct ls_incident *incident)
{
	for (size_t i = 0; i < story->n_incidents; i++) {
		if (story->incidents[i].id == incident->id) {
			story->incidents[i] = *incident;
			return;
		}
	}
	assert_true(story->n_incidents < STORY_MAX);
	story->incidents[story->n_incidents++] = *incident;
}

static void
forget_incident(struct story *story, int64_t id)
{
	for (size_t i = 0; i < story->n_incidents; i++) {
		if (story->incidents[i].id != id)
			continue;
		story->n_incidents--;
		memmove(&story->incidents[i], &story->incidents[i + 1],
			(story->n_incidents - i) * sizeof(story->incidents[0]));
		return;
	}
	fail_msg("incident %lld was absorbed but never reported", (long long)id);
}

static void
keep_session(struct story *story, const struct ls_session *session)
{
	for (size_t i = 0; i < story->n_sessions; i++) {
		if (story->sessions[i].id == session->id) {
			story->sessions[i] = *session;
			return;
		}
	}
	assert_true(story->n_sessions < STORY_MAX);
	story->sessions[story->n_sessions++] = *session;
}

static void
add_hash(struct story *story, const struct ls_record *record)
{
	ls_json_auto json_t *object = recording_record(record);
	char *text = json_dumps(object, JSON_COMPACT);

	assert_non_null(text);
	story->hash = ls_hash(story->hash, text, strlen(text));
	free(text);
}

static void
on_record(const struct ls_record *record, void *user)
{
	struct story *story = user;

	add_hash(story, record);
	if (record->kind == LS_RECORD_INCIDENT) {
		keep_incident(story, record->incident);
	} else if (record->kind == LS_RECORD_ABSORBED) {
		forget_incident(story, record->absorbed.id);
	} else if (record->kind == LS_RECORD_SESSION) {
		keep_session(story, record->session);
	} else if (record->kind == LS_RECORD_EVENT) {
		story->n_events[record->event->kind]++;
		story->last_event = *record->event;
	} else if (record->kind == LS_RECORD_GAP) {
		story->n_gaps++;
		story->gap = *record->gap;
	}
}

void
story_begin(struct story *story)
{
	story_begin_with(story, NULL);
}

void
story_begin_with(struct story *story, const struct ls_families *families)
{
	struct ls_observation bus = {
		.at = at(0),
		.source = LS_SOURCE_UDEV,
		.kind = LS_OBS_BUS_ADDED,
		.controller = "pci-0000:00:14.0",
		.text = "xHCI Host Controller",
	};
	struct ls_engine_config config;

	*story = (struct story){ .hash = LS_HASH_START };
	ls_engine_config_default(&config);
	config.families = families;
	assert_int_equal(ls_engine_new(&config, on_record, story, &story->engine), 0);
	for (enum ls_source source = LS_SOURCE_KERNEL_LOG; source <= LS_SOURCE_LIBUSB; source++)
		story_tell(story, 0, source, LS_OBS_SOURCE_SEES, "", 0);
	for (bus.bus = 1; bus.bus <= 2; bus.bus++)
		ls_engine_observe(story->engine, &bus);
}

void
story_end(struct story *story)
{
	ls_engine_free(story->engine);
	story->engine = NULL;
}

static void
observe(struct story *story, struct ls_observation *obs, const char *port)
{
	obs->bus = ls_port_bus(port);
	ls_text_format(obs->port, sizeof(obs->port), "%s", port);
	ls_text_format(obs->text, sizeof(obs->text), "observation %d of %s", (int)obs->kind, port);
	/* What a hub's ports are peers of is known from sysfs. */
	if (obs->device && obs->device->device_class == 9 && port[0] != 'u')
		ls_text_format(obs->peer, sizeof(obs->peer), "%c%s", port[0] == '1' ? '2' : '1',
			       port + 1);
	ls_engine_observe(story->engine, obs);
}

void
story_tell_device(struct story *story, uint64_t at_ms, enum ls_source source, enum ls_obs_kind kind,
		  const char *port, unsigned int devnum, const struct ls_device *device)
{
	struct ls_observation obs = {
		.at = at(at_ms),
		.source = source,
		.kind = kind,
		.devnum = (uint16_t)devnum,
		.device = device,
	};

	observe(story, &obs, port);
}

void
story_tell(struct story *story, uint64_t at_ms, enum ls_source source, enum ls_obs_kind kind,
	   const char *port, unsigned int devnum)
{
	story_tell_device(story, at_ms, source, kind, port, devnum, NULL);
}

void
story_plug(struct story *story, uint64_t at_ms, const char *port, unsigned int devnum,
	   const struct ls_device *device)
{
	struct ls_device ids = { .vid = device->vid, .pid = device->pid };

	story_tell_device(story, at_ms, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, port, devnum,
			  NULL);
	story_tell_device(story, at_ms, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND, port, 0, &ids);
	story_tell_device(story, at_ms + 5, LS_SOURCE_UDEV, LS_OBS_CONNECTED, port, devnum, device);
	story_tell_device(story, at_ms + 7, LS_SOURCE_LIBUSB, LS_OBS_CONNECTED, port, devnum, &ids);
}

void
story_pull(struct story *story, uint64_t at_ms, const char *port, unsigned int devnum)
{
	static const enum ls_source sources[] = { LS_SOURCE_KERNEL_LOG, LS_SOURCE_UDEV,
						  LS_SOURCE_LIBUSB };
	static const uint64_t delay_ms[] = { 0, 5, 7 };

	for (size_t i = 0; i < LS_COUNT(sources); i++)
		story_tell(story, at_ms + delay_ms[i], sources[i], LS_OBS_DISCONNECTED, port,
			   devnum);
}

void
story_wait(struct story *story, uint64_t until_ms)
{
	ls_engine_advance(story->engine, at(until_ms));
}

const struct ls_incident *
story_incident(const struct story *story, enum ls_cause cause)
{
	for (size_t i = 0; i < story->n_incidents; i++) {
		if (story->incidents[i].cause == cause)
			return &story->incidents[i];
	}
	return NULL;
}

void
story_usbmon(struct story *story, uint64_t at_ms, const struct ls_observation *what)
{
	struct ls_observation obs = *what;

	obs.at = at(at_ms);
	obs.source = LS_SOURCE_USBMON;
	obs.bus = 1;
	ls_text_format(obs.text, sizeof(obs.text), "usbmon %d", (int)obs.kind);
	ls_engine_observe(story->engine, &obs);
}

void
story_observe(struct story *story, uint64_t at_ms, enum ls_source source,
	      const struct ls_observation *what)
{
	struct ls_observation obs = *what;

	obs.at = at(at_ms);
	obs.source = source;
	observe(story, &obs, what->port);
}
