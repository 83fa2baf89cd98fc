/*
 * Bytes as observations: what may come in any order, at times that go on and waver a little. The
 * engine must be consistent: it closes what it opens, it counts no more time than has passed, its
 * memory is bounded, and the same observations give the same records.
 */
#include <math.h>
#include <stdint.h>

#include "lib/base/hash.h"
#include "lib/engine/engine.h"
#include "lib/families/families.h"
#include "tests/recording/recording.h"
#include "tests/fuzz/check.h"

#define IDS_MAX	    4096
#define BEGIN_US    (1000 * LS_SEC)
#define REAL_US	    INT64_C(1795356000000000)
#define WAVER_US    (100 * LS_MS)
#define RECORDS_MAX 20000 /* of one observation: more is a loop */

enum fate { FATE_NONE, FATE_OPEN, FATE_OVER };

struct world {
	struct ls_engine *engine;
	bool hashes; /* the records, which takes ten times as long as the engine */
	uint64_t hash;
	unsigned int n_records; /* since the last observation */
	unsigned char sessions[IDS_MAX], incidents[IDS_MAX];
};

static const char *const ports[] = { "1-1", "1-2",   "1-2.1", "1-2.2", "1-2.2.1", "2-1",
				     "2-2", "2-2.1", "3-4",   "usb1",  "usb2",	  "" };
static const char *const handles[] = { "", "ttyUSB0", "ttyUSB1", "host6", "host7" };
static const char *const peers[] = { "", "2-1", "2-2", "2-2.1", "1-1", "1-2", "1-2.1" };
static const char *const serials[] = { "", "A", "B",
				       "CPID:8015 ECID:000914DE3A2B1C40 SRTG:[iBoot-1]", "ECID:1" };
static const char *const labels[] = { "", "white", "black", "a \"b\"" };
static const struct {
	uint16_t vid, pid;
	uint8_t device_class;
} models[] = {
	{ 0x05ac, 0x12a8, 0 }, { 0x05ac, 0x1281, 0 }, { 0x05ac, 0x1227, 0 }, { 0x05ac, 0x1222, 0 },
	{ 0x0781, 0x5581, 0 }, { 0x05e3, 0x0610, 9 }, { 0x05e3, 0x0620, 9 }, { 0, 0, 0 },
	{ 0x18d1, 0x4ee7, 0 }, { 0x18d1, 0x4ee0, 0 }, { 0x0483, 0xdf11, 0 },
};

static void
mark(unsigned char *fates, int64_t id, bool open)
{
	CHECK(id >= 1);
	if (id >= IDS_MAX)
		return;
	CHECK(fates[id] != FATE_OVER); /* reported after it was over */
	fates[id] = open ? FATE_OPEN : FATE_OVER;
}

static void
check_session(struct world *world, const struct ls_session *session)
{
	uint64_t until = session->present ? session->present_since.mono_us : session->ended.mono_us;

	mark(world->sessions, session->id, session->open);
	CHECK(session->open || !session->present);
	if (!session->present && session->ended.mono_us == 0)
		return; /* it has not left yet */
	CHECK(until >= session->began.mono_us);
	CHECK(session->connected_us <= until - session->began.mono_us);
}

static void
check_incident(struct world *world, const struct ls_incident *incident)
{
	mark(world->incidents, incident->id, incident->open);
	CHECK(isfinite(incident->confidence));
	CHECK(incident->confidence >= 0 && incident->confidence <= 1);
	CHECK(!(incident->drop && incident->open && incident->cause == LS_CAUSE_UNKNOWN));
	CHECK(!incident->drop || ls_cause_row(incident->cause)->is_drop);
	CHECK(incident->open || incident->settled);
	CHECK(incident->open || incident->closed.mono_us + WAVER_US >= incident->opened.mono_us);
	CHECK(!incident->back || incident->n_disconnects > 0);
	check_clean(incident->why, sizeof(incident->why));
}

static void
add_hash(struct world *world, const struct ls_record *record)
{
	json_t *object = recording_record(record);
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	CHECK(text);
	world->hash = ls_hash(world->hash, text, strlen(text));
	free(text);
	json_decref(object);
}

static void
on_record(const struct ls_record *record, void *user)
{
	struct world *world = user;

	CHECK(++world->n_records < RECORDS_MAX);
	if (record->kind == LS_RECORD_SESSION)
		check_session(world, record->session);
	else if (record->kind == LS_RECORD_INCIDENT)
		check_incident(world, record->incident);
	else if (record->kind == LS_RECORD_ABSORBED)
		mark(world->incidents, record->absorbed.id, false);
	if (world->hashes)
		add_hash(world, record);
}

struct bytes {
	const uint8_t *at, *end;
};

static unsigned int
take(struct bytes *bytes, unsigned int limit)
{
	return bytes->at < bytes->end ? *bytes->at++ % limit : 0;
}

/* Mostly milliseconds, sometimes minutes; late reports are at most WAVER_US late. */
static void
take_time(struct bytes *bytes, struct ls_observation *obs, uint64_t *now_us)
{
	static const uint64_t steps[] = { 0,	       1,	    10 * LS_MS,	  100 * LS_MS,
					  299 * LS_MS, LS_SEC,	    2 * LS_SEC,	  3 * LS_SEC,
					  9 * LS_SEC,  31 * LS_SEC, 300 * LS_SEC, 3600 * LS_SEC };

	*now_us += steps[take(bytes, LS_COUNT(steps))];
	obs->at.mono_us = *now_us - take(bytes, 3) * (WAVER_US / 2);
	obs->at.real_us = REAL_US + (int64_t)obs->at.mono_us;
}

static void
take_device(struct bytes *bytes, struct ls_device *device)
{
	unsigned int model = take(bytes, LS_COUNT(models));

	*device = (struct ls_device){
		.vid = models[model].vid,
		.pid = models[model].pid,
		.device_class = models[model].device_class,
		.speed = (enum ls_speed)take(bytes, LS_SPEED_SUPER_PLUS + 1),
		.n_configurations = (uint8_t)take(bytes, 3),
	};
	snprintf(device->serial, sizeof(device->serial), "%s",
		 serials[take(bytes, LS_COUNT(serials))]);
}

static void
take_observation(struct bytes *bytes, struct ls_observation *obs, struct ls_device *device,
		 uint64_t *now_us)
{
	*obs = (struct ls_observation){
		.kind = (enum ls_obs_kind)(1 + take(bytes, LS_N_OBS - 1)),
		.source = (enum ls_source)take(bytes, LS_N_SOURCES),
	};
	take_time(bytes, obs, now_us);
	snprintf(obs->port, sizeof(obs->port), "%s", ports[take(bytes, LS_COUNT(ports))]);
	obs->bus = (uint16_t)(take(bytes, 4));
	obs->devnum = (uint16_t)take(bytes, 6);
	obs->n_failed = obs->kib_per_s = obs->n_lost = take(bytes, 5);
	obs->hub_port = (uint8_t)obs->n_failed;
	obs->n_pending = obs->n_timeouts = obs->n_failed / 2;
	switch (obs->kind) {
	case LS_OBS_FOUND:
	case LS_OBS_STRING:
	case LS_OBS_CONNECTED:
		take_device(bytes, device);
		obs->device = device;
		obs->initial = take(bytes, 8) == 7;
		snprintf(obs->peer, sizeof(obs->peer), "%s", peers[take(bytes, LS_COUNT(peers))]);
		break;
	case LS_OBS_PORT_STATUS:
		obs->hub_event = (enum ls_hub_event_kind)take(bytes, LS_N_HUB_EVENTS);
		obs->port_bits = take(bytes, 256) | take(bytes, 256) << 8;
		obs->link_state = (enum ls_link_state)take(bytes, LS_LINK_UNKNOWN + 1);
		break;
	case LS_OBS_HANDLE:
	case LS_OBS_DRIVER_LEFT:
	case LS_OBS_TRANSFER_ERRORS:
		if (take(bytes, 2))
			obs->port[0] = '\0';
		snprintf(obs->handle, sizeof(obs->handle), "%s",
			 handles[take(bytes, LS_COUNT(handles))]);
		break;
	case LS_OBS_BUS_ADDED:
	case LS_OBS_CONTROLLER_TROUBLE:
	case LS_OBS_HOST_LIMIT:
		snprintf(obs->controller, sizeof(obs->controller), "pci-0000:00:1%u.0",
			 take(bytes, 3));
		break;
	case LS_OBS_CABLE:
		snprintf(obs->label, sizeof(obs->label), "%s",
			 labels[take(bytes, LS_COUNT(labels))]);
		return;
	default:
		obs->step = (enum ls_enum_step)take(bytes, LS_STEP_OTHER + 1);
		obs->status = -(int)take(bytes, 128);
		break;
	}
	snprintf(obs->text, sizeof(obs->text), "kind %d of %s", (int)obs->kind, obs->port);
}

static void
on_open_session(const struct ls_session *session, void *user)
{
	struct world *world = user;

	CHECK(session->open);
	CHECK(session->id >= IDS_MAX || world->sessions[session->id] == FATE_OPEN);
	if (session->id < IDS_MAX)
		world->sessions[session->id] = FATE_NONE;
}

/* All that is still open must be what is there, and what is there must be known. */
static void
check_end(struct world *world, uint64_t now_us)
{
	struct ls_instant late = { now_us + 96 * 3600 * LS_SEC, 0 };

	late.real_us = REAL_US + (int64_t)late.mono_us;
	world->n_records = 0;
	ls_engine_advance(world->engine, late);
	CHECK(ls_engine_deadline(world->engine) == LS_NEVER);
	ls_engine_visit_sessions(world->engine, on_open_session, world);
	for (size_t i = 0; i < IDS_MAX; i++) {
		CHECK(world->incidents[i] != FATE_OPEN);
		CHECK(world->sessions[i] != FATE_OPEN);
	}
}

static uint64_t
play(const struct ls_families *families, const uint8_t *data, size_t size, bool hashes)
{
	static struct world world;
	struct bytes bytes = { data, data + size };
	struct ls_engine_config config;
	struct ls_observation obs;
	struct ls_device device;
	uint64_t now_us = BEGIN_US;

	world = (struct world){ .hashes = hashes, .hash = LS_HASH_START };
	ls_engine_config_default(&config);
	config.families = families;
	CHECK(ls_engine_new(&config, on_record, &world, &world.engine) == 0);
	while (bytes.at < bytes.end) {
		take_observation(&bytes, &obs, &device, &now_us);
		world.n_records = 0;
		ls_engine_observe(world.engine, &obs);
	}
	check_end(&world, now_us);
	ls_engine_free(world.engine);
	return world.hash;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ls_families *families;
	uint64_t hash;

	if (!families)
		CHECK(ls_families_new(&families) == 0);
	/* One length in sixteen is played twice. */
	hash = play(families, data, size, size % 16 == 0);
	if (size % 16 == 0)
		CHECK(play(families, data, size, true) == hash);
	return 0;
}
