#include "daemon/server/import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/observe/kernel_log.h"
#include "lib/observe/log_loss.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "daemon/store/import.h"
#include "daemon/store/store.h"

/* CPUs write lines some microseconds out of order; a log that was read twice starts over. */
#define DISORDER_US LS_SEC
/* A clock may have been that much ahead, and be right by now. */
#define AHEAD_US (24 * 3600 * (int64_t)LS_SEC)

struct import {
	struct import_options with;
	char boot_id[IMPORT_BOOT_ID_LEN + 1];
	struct ls_engine *engine; /* NULL while linkstatd watched itself */
	struct store_watched watched;
	bool was_watched, begun, complete;
	int error;			    /* of the batch */
	struct ls_instant last, span_ended; /* mono 0: none yet */
	struct ls_observation
		buses[LS_MAX_BUSES]; /* BUS_ADDED of each that is there; source 0: free */
	struct import_counts counts;
	struct open_incident {
		int64_t id; /* 0: free */
		bool drop;
	} open[LS_MAX_OPEN_INCIDENTS + 1];
};

static bool
is_boot_id(const char *text)
{
	if (strlen(text) != IMPORT_BOOT_ID_LEN)
		return false;
	for (size_t i = 0; i < IMPORT_BOOT_ID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !strchr("0123456789abcdef", text[i]))
			return false;
	}
	return true;
}

static void
remember_bus(struct import *import, const struct ls_observation *obs)
{
	struct ls_observation *place = NULL;

	for (size_t i = 0; i < LS_MAX_BUSES && obs->bus; i++) {
		struct ls_observation *bus = &import->buses[i];

		if (bus->source && bus->bus == obs->bus) {
			place = bus;
			break;
		}
		if (!bus->source && !place)
			place = bus;
	}
	if (place && obs->kind == LS_OBS_BUS_ADDED)
		*place = *obs;
	else if (place)
		place->source = LS_SOURCE_NONE;
	if (place)
		place->device = NULL; /* borrowed for the time of the call */
}

static bool
is_bus_known(const struct import *import, uint16_t number)
{
	for (size_t i = 0; i < LS_MAX_BUSES; i++) {
		if (import->buses[i].source && import->buses[i].bus == number)
			return true;
	}
	return false;
}

/* Of this boot the buses are known, also where the log has forgotten its beginning. */
static void
on_live_bus(uint16_t bus, const char *controller, const char *description, void *user)
{
	struct ls_observation obs = {
		.source = LS_SOURCE_KERNEL_LOG,
		.kind = LS_OBS_BUS_ADDED,
		.bus = bus,
	};

	(void)description;
	ls_text_copy(obs.controller, sizeof(obs.controller), controller);
	remember_bus(user, &obs);
}

int
import_new(const struct import_options *options, struct import **ret)
{
	ls_auto(import) *import = calloc(1, sizeof(*import));
	int r;

	if (!import)
		return -ENOMEM;
	if (!is_boot_id(options->boot_id))
		return -EINVAL;
	import->with = *options;
	memcpy(import->boot_id, options->boot_id, sizeof(import->boot_id));
	import->with.boot_id = import->boot_id;
	r = store_is_imported(options->store, import->boot_id);
	if (r != 0)
		return r < 0 ? r : 0;
	r = store_watched(options->store, import->boot_id, &import->watched);
	if (r < 0)
		return r;
	import->was_watched = r == 1;
	if (import->was_watched && import->watched.still)
		ls_engine_visit_buses(options->live, on_live_bus, import);
	*ret = LS_STEAL(&import);
	return 1;
}

void
import_free(struct import *import)
{
	if (!import)
		return;
	ls_engine_free(import->engine);
	/* Where that fails, the next import or start does it. */
	if (import->begun && !import->complete && !import->with.dry_run)
		(void)store_import_drop(import->with.store);
	free(import);
}

const char *
import_boot_id(const struct import *import)
{
	return import->boot_id;
}

const struct import_counts *
import_counts(const struct import *import)
{
	return &import->counts;
}

static struct open_incident *
find_open(struct import *import, int64_t id)
{
	for (size_t i = 0; i < LS_COUNT(import->open); i++) {
		if (import->open[i].id == id)
			return &import->open[i];
	}
	return NULL;
}

static void
count_incident(struct import *import, const struct ls_incident *incident)
{
	struct open_incident *place = find_open(import, incident->id);

	if (!place)
		place = find_open(import, 0);
	if (!place)
		return;
	*place = (struct open_incident){ incident->id, incident->drop };
	if (incident->open)
		return;
	import->counts.incidents++;
	import->counts.drops += incident->drop;
	place->id = 0;
}

static void
on_record(const struct ls_record *record, void *user)
{
	struct import *import = user;
	struct open_incident *absorbed;

	if (record->kind == LS_RECORD_SESSION) {
		import->counts.sessions += !record->session->open;
	} else if (record->kind == LS_RECORD_INCIDENT) {
		count_incident(import, record->incident);
	} else if (record->kind == LS_RECORD_ABSORBED) {
		absorbed = find_open(import, record->absorbed.id);
		if (absorbed)
			absorbed->id = 0;
	}
	if (import->error == 0 && !import->with.dry_run)
		import->error = store_put(import->with.store, record);
}

static void
report(struct import *import, struct ls_instant at, enum ls_source source, enum ls_obs_kind kind)
{
	struct ls_observation obs = { .at = at, .source = source, .kind = kind, .imported = true };

	ls_text_copy(obs.text, sizeof(obs.text),
		     kind == LS_OBS_SOURCE_AVAILABLE
			     ? "kernel log"
			     : "imported from the journal: transfers of that time are not known");
	ls_engine_observe(import->engine, &obs);
}

static void
begin_span(struct import *import, struct ls_instant at)
{
	static const enum ls_source unavailable[] = { LS_SOURCE_USBMON, LS_SOURCE_UDEV,
						      LS_SOURCE_LIBUSB };
	struct ls_engine_config config;
	int r;

	ls_engine_config_beside(import->with.live, &config);
	if (import->with.dry_run)
		config.numbers = NULL; /* they are not used up */
	r = ls_engine_new(&config, on_record, import, &import->engine);
	if (r < 0) {
		import->error = r;
		return;
	}
	report(import, at, LS_SOURCE_KERNEL_LOG, LS_OBS_SOURCE_AVAILABLE);
	for (size_t i = 0; i < LS_COUNT(unavailable); i++)
		report(import, at, unavailable[i], LS_OBS_SOURCE_UNAVAILABLE);
	for (size_t i = 0; i < LS_MAX_BUSES; i++) {
		struct ls_observation bus = import->buses[i];

		bus.at = at;
		if (bus.source)
			ls_engine_observe(import->engine, &bus);
	}
}

static void
count_session(const struct ls_session *session, void *user)
{
	struct import *import = user;

	(void)session;
	import->counts.sessions++;
}

static void
end_span(struct import *import, struct ls_instant at)
{
	if (import->engine) {
		ls_engine_advance(import->engine, at);
		ls_engine_end(import->engine);
		ls_engine_visit_sessions(import->engine, count_session, import);
	}
	for (size_t i = 0; i < LS_COUNT(import->open); i++) {
		import->counts.incidents += import->open[i].id != 0;
		import->counts.drops += import->open[i].id && import->open[i].drop;
		import->open[i].id = 0;
	}
	ls_engine_free(LS_STEAL(&import->engine));
	import->span_ended = at;
	if (import->error == 0 && !import->with.dry_run)
		import->error = store_import_close(import->with.store, at, false);
}

/* Not of the future. */
static struct ls_instant
at_most_now(const struct import *import, struct ls_instant at)
{
	if (at.real_us > import->with.now_us + AHEAD_US)
		at.real_us = import->with.now_us;
	return at;
}

int
import_begin(struct import *import, struct ls_instant first)
{
	int r = 0;

	first = at_most_now(import, first);
	if (import->with.dry_run)
		return 0;
	if (!import->begun)
		r = store_import_begin(import->with.store, import->boot_id, first);
	import->begun = import->begun || r == 0;
	return r < 0 ? r : store_import_begin_batch(import->with.store, import->boot_id);
}

int
import_commit(struct import *import)
{
	if (import->with.dry_run)
		return import->error;
	if (import->error == 0 && import->engine)
		import->error = store_import_seen(import->with.store, import->last);
	if (import->error == 0)
		return store_commit(import->with.store);
	store_rollback(import->with.store);
	return import->error;
}

static bool
is_watched(const struct import *import, uint64_t mono_us)
{
	return import->was_watched && mono_us >= import->watched.first.mono_us &&
	       (import->watched.still || mono_us <= import->watched.last.mono_us);
}

/* False: the log does not tell the controller. */
static bool
is_placed(struct import *import, const struct ls_observation *obs)
{
	if (obs->kind == LS_OBS_BUS_ADDED || obs->kind == LS_OBS_BUS_REMOVED)
		remember_bus(import, obs);
	return !obs->port[0] || is_bus_known(import, ls_port_bus(obs->port));
}

void
import_line(struct import *import, struct ls_instant at, const char *text, size_t len)
{
	struct ls_observation obs = { 0 };
	struct ls_device device = { 0 };

	if (import->error < 0)
		return;
	if (at.real_us > import->with.now_us + AHEAD_US) {
		import->counts.unplaced++;
		return;
	}
	if (at.mono_us + DISORDER_US < import->last.mono_us) {
		import->counts.repeated++;
		return;
	}
	if (at.mono_us < import->last.mono_us)
		at = import->last;
	import->last = at;
	if (ls_kernel_log_parse(text, len, &obs, &device) <= 0 &&
	    !ls_log_loss_parse(ls_cursor_of(text, len), &obs))
		return;
	obs.at = at;
	if (!is_placed(import, &obs)) {
		import->counts.unplaced++;
	} else if (is_watched(import, at.mono_us)) {
		if (import->engine)
			end_span(import, import->watched.first);
		import->counts.watched++;
	} else {
		if (!import->engine)
			begin_span(import, at);
		if (import->engine)
			ls_engine_observe(import->engine, &obs);
		import->counts.lines++;
	}
}

int
import_end(struct import *import, struct ls_instant ended)
{
	bool before = import->last.mono_us < import->watched.first.mono_us;
	int r = import_begin(import, ended);

	ended = at_most_now(import, ended);
	if (r < 0)
		return r;
	if (import->was_watched && before && ended.mono_us > import->watched.first.mono_us)
		ended = import->watched.first;
	if (ended.mono_us < import->last.mono_us)
		ended = import->last;
	if (import->engine)
		end_span(import, ended);
	else if (import->span_ended.mono_us)
		ended = import->span_ended; /* from then on linkstatd watched */
	if (import->error == 0 && !import->with.dry_run)
		import->error = store_import_close(import->with.store, ended, true);
	r = import_commit(import);
	import->complete = r == 0;
	return r;
}
