#include "cli/offline/offline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/offline/offline_state.h"
#include "lib/engine/causes.h"
#include "lib/families/families.h"
#include "lib/observe/enumeration.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

/* For the engine time 0 means none, and it looks back from the first observation. */
#define BEFORE_US (1000 * LS_SEC)

static void on_record(const struct ls_record *record, void *user);

/* ---- ports ---- */

/* The kernel's name of a controller, from that of udev. */
static const char *
controller_name(const char *id_path)
{
	static const char *const prefixes[] = { "pci-", "platform-" };

	for (size_t i = 0; i < LS_COUNT(prefixes); i++) {
		if (strncmp(id_path, prefixes[i], strlen(prefixes[i])) == 0)
			return id_path + strlen(prefixes[i]);
	}
	return id_path;
}

void
offline_socket_name(const struct ls_socket *socket, char name[LS_ID_PATH_MAX])
{
	if (strchr(socket->name, '-'))
		ls_enumeration_name(socket->name, name, LS_ID_PATH_MAX);
	else if (strncmp(socket->id_path, "bus", 3) == 0 && *socket->name)
		ls_text_copy(name, LS_ID_PATH_MAX, socket->name);
	else
		ls_text_copy(name, LS_ID_PATH_MAX, controller_name(socket->id_path));
}

static struct offline_port *
port_named(struct offline *offline, const char *name)
{
	struct offline_port *port;

	for (size_t i = 0; i < offline->n_ports; i++) {
		if (strcmp(offline->ports[i]->name, name) == 0)
			return offline->ports[i];
	}
	if (!*name || offline->n_ports == OFFLINE_PORTS) {
		offline->n_ports_left_out += *name != '\0';
		return NULL;
	}
	port = calloc(1, sizeof(*port));
	if (!port) {
		offline->no_memory = true;
		return NULL;
	}
	ls_text_copy(port->name, sizeof(port->name), name);
	offline->ports[offline->n_ports++] = port;
	return port;
}

static struct offline_port *
port_of(struct offline *offline, const struct ls_socket *socket)
{
	char name[LS_ID_PATH_MAX];

	offline_socket_name(socket, name);
	return port_named(offline, name);
}

static void
count_event(struct offline *offline, const struct ls_event *event)
{
	struct offline_port *port = port_of(offline, &event->socket);

	if (!port)
		return;
	port->counts.connects += event->kind == LS_EVENT_CONNECT;
	port->counts.disconnects += event->kind == LS_EVENT_DISCONNECT;
	port->counts.resets += event->kind == LS_EVENT_RESET;
	port->counts.enumeration_failures += event->kind == LS_EVENT_ENUMERATION_FAILURE;
	port->counts.over_currents += event->kind == LS_EVENT_OVER_CURRENT;
}

/* @until: the end so far of a session that is open. */
static void
count_session(struct offline *offline, const struct ls_session *session, struct ls_instant until)
{
	struct offline_port *port = port_of(offline, &session->socket);

	if (!port)
		return;
	port->counts.sessions++;
	port->connected_us += session->connected_us;
	if (session->present && until.mono_us > session->present_since.mono_us)
		port->connected_us += until.mono_us - session->present_since.mono_us;
	if (session->device.vid || session->device.product[0]) {
		port->counts.device = session->device;
		port->counts.has_device = true;
	}
}

void
offline_count_lines(struct offline *offline, const struct ls_log_counts *counts)
{
	for (size_t i = 0; i < counts->n_ports; i++) {
		struct offline_port *port = port_named(offline, counts->ports[i].port);

		for (size_t kind = 0; port && kind < LS_N_LOG_COUNTS; kind++)
			port->lines[kind] += counts->ports[i].n[kind];
	}
	offline->n_ports_left_out += counts->n_left_out;
}

void
offline_add_traffic(struct offline *offline, const char *name, const struct ls_traffic_sum *sum)
{
	struct offline_port *port = port_named(offline, name);

	if (!port)
		return;
	port->traffic.n_submitted += sum->n_submitted;
	port->traffic.n_completed += sum->n_completed;
	port->traffic.n_refused += sum->n_refused;
	port->traffic.bytes_in += sum->bytes_in;
	port->traffic.bytes_out += sum->bytes_out;
	for (size_t i = 0; i < LS_N_TRANSFER_CLASSES; i++)
		port->traffic.by_class[i] += sum->by_class[i];
	for (size_t i = 0; i < LS_N_STATUS_ROWS; i++)
		port->traffic.by_status[i] += sum->by_status[i];
}

void
offline_set_device(struct offline *offline, const char *name, const struct ls_device *device)
{
	struct offline_port *port = port_named(offline, name);

	if (!port || !device->vid)
		return;
	port->counts.device = *device;
	port->counts.has_device = true;
}

void
offline_set_timeless(struct offline *offline)
{
	offline->timeless = true;
}

/* ---- incidents ---- */

/* Searched from the end, as recent incidents change most. Index + 1, or 0 for a new one. */
static size_t
find_incident(const struct offline *offline, int64_t id)
{
	size_t i = id < offline->next_incident ? offline->n_incidents : 0;

	while (i > 0 && offline->incidents[i - 1]->last.id != id)
		i--;
	return i;
}

static void
remove_incident(struct offline *offline, size_t place)
{
	free(offline->incidents[place]);
	offline->n_incidents--;
	memmove(&offline->incidents[place], &offline->incidents[place + 1],
		(offline->n_incidents - place) * sizeof(offline->incidents[0]));
}

static struct offline_incident *
add_incident(struct offline *offline)
{
	struct offline_incident *kept = malloc(sizeof(*kept)); /* the caller fills it */

	if (!kept) {
		offline->no_memory = true;
		return NULL;
	}
	kept->counted = false;
	if (offline->n_incidents == OFFLINE_INCIDENTS) {
		remove_incident(offline, OFFLINE_INCIDENTS / 2);
		offline->n_incidents_left_out++;
	}
	offline->incidents[offline->n_incidents++] = kept;
	return kept;
}

/* @by: 1, or -1 to take it back. */
static void
count_incident(struct offline *offline, const struct ls_incident *incident, int by)
{
	struct offline_port *port = port_of(offline, &incident->socket);

	if (!port)
		return;
	port->counts.incidents_by_cause[incident->cause] += by;
	port->counts.drops += incident->drop ? by : 0;
}

static void
keep_incident(struct offline *offline, const struct ls_incident *incident)
{
	size_t found = find_incident(offline, incident->id);
	struct offline_incident *kept =
		found ? offline->incidents[found - 1] : add_incident(offline);

	if (incident->id >= offline->next_incident)
		offline->next_incident = incident->id + 1;
	if (found && kept->counted)
		count_incident(offline, &kept->last, -1);
	if (!incident->open)
		count_incident(offline, incident, 1);
	if (!kept)
		return;
	/* While it is open it is emitted often: its place is kept, keep_open() fills it. */
	if (incident->open)
		kept->last.id = incident->id;
	else
		ls_incident_copy(&kept->last, incident);
	kept->counted = !incident->open;
}

static void
keep_open(const struct ls_incident *incident, void *user)
{
	struct offline *offline = user;
	size_t found = find_incident(offline, incident->id);

	if (found)
		ls_incident_copy(&offline->incidents[found - 1]->last, incident);
}

/* The end of a file does not prove that a device stayed away: what is undecided is not a drop. */
static void
leave_open(struct offline *offline, struct offline_incident *kept)
{
	struct ls_incident *incident = &kept->last;

	if (kept->counted)
		return;
	kept->counted = true;
	if (incident->cause == LS_CAUSE_UNKNOWN && (incident->facts & LS_FACT_GONE) &&
	    (incident->facts & LS_FACT_ENUM_FAILED) && !incident->back)
		ls_text_format(incident->why, sizeof(incident->why),
			       "it came back but had not started when the recording ended");
	else if (incident->cause == LS_CAUSE_UNKNOWN && (incident->facts & LS_FACT_GONE) &&
		 !incident->back)
		ls_text_format(incident->why, sizeof(incident->why),
			       "it left shortly before the end of what was recorded: whether it "
			       "came back is not known");
	else if (incident->cause == LS_CAUSE_ENUMERATION_FAILED &&
		 !(incident->facts & LS_FACT_ENUM_GAVE_UP)) {
		incident->drop = false;
		ls_text_format(incident->why, sizeof(incident->why),
			       "the device was noticed but did not answer; the recording ends "
			       "before it is known whether it came up");
	}
	count_incident(offline, incident, 1);
}

/* ---- the engine ---- */

static void
note(struct offline *offline, const char *text)
{
	for (size_t i = 0; i < offline->n_notes; i++) {
		if (strcmp(offline->notes[i], text) == 0)
			return;
	}
	if (offline->n_notes < OFFLINE_NOTES)
		ls_text_copy(offline->notes[offline->n_notes++], LS_TEXT_MAX, text);
}

static void
take_gap(struct offline *offline, const struct ls_gap *gap)
{
	if (gap->source != LS_SOURCE_KERNEL_LOG || gap->n_lost == 0) {
		note(offline, gap->reason);
		return;
	}
	offline->n_lost += gap->n_lost;
	offline->n_losses++;
}

static void
on_record(const struct ls_record *record, void *user)
{
	struct offline *offline = user;
	size_t found;

	switch (record->kind) {
	case LS_RECORD_EVENT:
		count_event(offline, record->event);
		break;
	case LS_RECORD_SESSION:
		if (!record->session->open)
			count_session(offline, record->session, offline->now);
		break;
	case LS_RECORD_INCIDENT:
		keep_incident(offline, record->incident);
		break;
	case LS_RECORD_ABSORBED:
		found = find_incident(offline, record->absorbed.id);
		if (found && offline->incidents[found - 1]->counted)
			count_incident(offline, &offline->incidents[found - 1]->last, -1);
		if (found)
			remove_incident(offline, found - 1);
		break;
	case LS_RECORD_GAP:
		take_gap(offline, record->gap);
		break;
	default:
		break;
	}
}

static void
count_open_session(const struct ls_session *session, void *user)
{
	struct offline *offline = user;

	count_session(offline, session, offline->now);
}

/* Read once: an archive has many files, each with an engine of its own. NULL: memory is short. */
static const struct ls_families *
builtin_families(void)
{
	static struct ls_families *families;

	if (!families)
		(void)ls_families_new(&families);
	return families;
}

static int
begin_engine(struct offline *offline)
{
	struct ls_engine_config config;

	ls_engine_config_default(&config);
	config.next_incident_id = offline->next_incident;
	config.families = offline->families;
	return ls_engine_new(&config, on_record, offline, &offline->engine);
}

static void
end_engine(struct offline *offline)
{
	if (!offline->engine)
		return;
	ls_engine_end(offline->engine);
	ls_engine_visit_sessions(offline->engine, count_open_session, offline);
	ls_engine_visit_incidents(offline->engine, keep_open, offline);
	for (size_t i = 0; i < offline->n_incidents; i++)
		leave_open(offline, offline->incidents[i]);
	ls_engine_free(offline->engine);
	offline->engine = NULL;
}

int
offline_new(int64_t first_incident, struct offline **ret)
{
	ls_auto(offline) *offline = calloc(1, sizeof(*offline));

	if (!offline)
		return -ENOMEM;
	offline->next_incident = first_incident;
	offline->families = builtin_families();
	if (!offline->families)
		return -ENOMEM;
	if (begin_engine(offline) < 0)
		return -ENOMEM;
	*ret = LS_STEAL(&offline);
	return 0;
}

void
offline_free(struct offline *offline)
{
	if (!offline)
		return;
	ls_engine_free(offline->engine);
	for (size_t i = 0; i < offline->n_ports; i++)
		free(offline->ports[i]);
	for (size_t i = 0; i < offline->n_incidents; i++)
		free(offline->incidents[i]);
	free(offline);
}

void
offline_observe(struct offline *offline, const struct ls_observation *obs)
{
	struct ls_observation later = *obs;

	if (!offline->engine)
		return;
	later.at.mono_us += BEFORE_US;
	if (later.at.mono_us > offline->now.mono_us)
		offline->now = later.at;
	ls_engine_observe(offline->engine, &later);
}

void
offline_advance(struct offline *offline, struct ls_instant now)
{
	now.mono_us += BEFORE_US;
	if (!offline->engine || now.mono_us < offline->now.mono_us)
		return;
	offline->now = now;
	ls_engine_advance(offline->engine, now);
}

void
offline_new_boot(struct offline *offline)
{
	end_engine(offline);
	offline->now = (struct ls_instant){ 0 };
	if (begin_engine(offline) < 0)
		offline->no_memory = true;
}

void
offline_finish(struct offline *offline)
{
	end_engine(offline);
}
