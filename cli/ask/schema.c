#include "cli/ask/schema_internal.h"

#include "cli/commands/transfers.h"

#define MUST false
#define MAY  true

#define SHAPE(name_, fields_)                                                                      \
	{                                                                                          \
		.name = (name_), .fields = (fields_), .n_fields = LS_COUNT(fields_)                \
	}

static const struct shape_field device_fields[] = {
	{ "vid", TEXT, MUST, NULL },	     { "pid", TEXT, MUST, NULL },
	{ "serial", TEXT, MAY, NULL },	     { "product", TEXT, MAY, NULL },
	{ "manufacturer", TEXT, MAY, NULL }, { "speed", TEXT, MAY, NULL },
	{ "hub", FLAG, MUST, NULL },	     { "max_power_ma", INTEGER, MAY, NULL },
};
static const struct shape device = SHAPE("Device", device_fields);

static const struct shape_field evidence_fields[] = {
	{ "at", TIME, MUST, NULL },
	{ "source", TEXT, MUST, NULL },
	{ "what", TEXT, MUST, NULL },
};
static const struct shape evidence = SHAPE("Evidence", evidence_fields);

static const struct shape_field incident_fields[] = {
	{ "id", INTEGER, MUST, NULL },
	{ "opened_at", TIME, MUST, NULL },
	{ "closed_at", TIME, MAY, NULL },
	{ "port", TEXT, MUST, NULL },
	{ "name", TEXT, MUST, NULL },
	{ "label", TEXT, MAY, NULL },
	{ "cable", TEXT, MAY, NULL },
	{ "cable_assumed", FLAG, MAY, NULL },
	{ "device", OBJECT, MAY, &device },
	{ "mode", TEXT, MAY, NULL },
	{ "in_mode_seconds", REAL, MAY, NULL },
	{ "mode_after", TEXT, MAY, NULL },
	{ "cause", TEXT, MUST, NULL },
	{ "side", TEXT, MUST, NULL },
	{ "drop", FLAG, MUST, NULL },
	{ "confidence", REAL, MUST, NULL },
	{ "count", INTEGER, MUST, NULL },
	{ "resets", INTEGER, MUST, NULL },
	{ "why", TEXT, MUST, NULL },
	{ "ruled_out", LIST, MAY, NULL },
	{ "disconnected_at", TIME, MAY, NULL },
	{ "back_after_seconds", REAL, MAY, NULL },
	{ "evidence", LIST, MUST, &evidence },
	{ "evidence_omitted", INTEGER, MUST, NULL },
};
static const struct shape incident = SHAPE("Incident", incident_fields);

static const struct shape_field event_fields[] = {
	{ "at", TIME, MUST, NULL },	    { "port", TEXT, MUST, NULL },
	{ "name", TEXT, MUST, NULL },	    { "kind", TEXT, MUST, NULL },
	{ "source", TEXT, MUST, NULL },	    { "what", TEXT, MUST, NULL },
	{ "incident", INTEGER, MAY, NULL },
};
static const struct shape event = SHAPE("Event", event_fields);

static const struct shape_field imported_fields[] = {
	{ "boots", INTEGER, MUST, NULL },
	{ "since", TIME, MUST, NULL },
	{ "until", TIME, MUST, NULL },
};
static const struct shape imported = SHAPE("Imported", imported_fields);

static const struct shape_field import_reply_fields[] = {
	{ "state", TEXT, MUST, NULL },	      { "lines", INTEGER, MUST, NULL },
	{ "watched", INTEGER, MUST, NULL },   { "repeated", INTEGER, MUST, NULL },
	{ "unplaced", INTEGER, MUST, NULL },  { "sessions", INTEGER, MUST, NULL },
	{ "incidents", INTEGER, MUST, NULL }, { "drops", INTEGER, MUST, NULL },
};
const struct shape shape_import = SHAPE("ImportKernelLog reply", import_reply_fields);

static const struct shape_field gap_fields[] = {
	{ "source", TEXT, MUST, NULL },	 { "began_at", TIME, MUST, NULL },
	{ "ended_at", TIME, MAY, NULL }, { "lost", INTEGER, MAY, NULL },
	{ "reason", TEXT, MUST, NULL },
};
static const struct shape gap = SHAPE("Gap", gap_fields);

static const struct shape_field source_fields[] = {
	{ "name", TEXT, MUST, NULL },
	{ "sees", FLAG, MUST, NULL },
	{ "detail", TEXT, MUST, NULL },
	{ "fix", TEXT, MAY, NULL },
};
static const struct shape source = SHAPE("Source", source_fields);

static const struct shape_field cable_fields[] = {
	{ "type", TEXT, MAY, NULL },	      { "plug", TEXT, MAY, NULL },
	{ "model", TEXT, MAY, NULL },	      { "speed", TEXT, MAY, NULL },
	{ "current_ma", INTEGER, MAY, NULL },
};
static const struct shape cable = SHAPE("TypecCable", cable_fields);

static const struct shape_field typec_fields[] = {
	{ "orientation", TEXT, MAY, NULL },
	{ "power_role", TEXT, MAY, NULL },
	{ "partner", TEXT, MAY, NULL },
	{ "cable", OBJECT, MAY, &cable },
};
static const struct shape typec = SHAPE("Typec", typec_fields);

static const struct shape_field computer_fields[] = {
	{ "kernel", TEXT, MUST, NULL },
	{ "model", TEXT, MAY, NULL },
	{ "bios", TEXT, MAY, NULL },
	{ "usbfs_memory_mb", INTEGER, MAY, NULL },
};
static const struct shape computer = SHAPE("Computer", computer_fields);

static const struct shape_field port_fields[] = {
	{ "port", TEXT, MUST, NULL },	     { "name", TEXT, MUST, NULL },
	{ "parent", TEXT, MAY, NULL },	     { "label", TEXT, MAY, NULL },
	{ "device", OBJECT, MAY, &device },  { "state", TEXT, MUST, NULL },
	{ "connected_at", TIME, MAY, NULL }, { "drops", INTEGER, MUST, NULL },
	{ "cable", TEXT, MAY, NULL },	     { "cable_assumed", FLAG, MAY, NULL },
	{ "typec", OBJECT, MAY, &typec },
};
static const struct shape port = SHAPE("Port", port_fields);

static const struct shape_field controller_fields[] = {
	{ "port", TEXT, MUST, NULL },
	{ "names", LIST, MUST, NULL },
	{ "description", TEXT, MUST, NULL },
};
static const struct shape controller = SHAPE("Controller", controller_fields);

static const struct shape_field latency_fields[] = {
	{ "transfers", INTEGER, MUST, NULL },
	{ "p50_us", INTEGER, MAY, NULL },
	{ "p99_us", INTEGER, MUST, NULL },
	{ "max_us", INTEGER, MUST, NULL },
};
static const struct shape latency = SHAPE("Latency", latency_fields);

static const struct shape_field endpoint_fields[] = {
	{ "endpoint", TEXT, MUST, NULL },
	{ "transfer_errors", COUNTS, MUST, NULL },
	{ "transfer_errors_by_status", COUNTS, MUST, NULL },
};
static const struct shape endpoint_errors = SHAPE("EndpointErrors", endpoint_fields);

static const struct shape_field flow_fields[] = {
	{ "port", TEXT, MUST, NULL },
	{ "name", TEXT, MUST, NULL },
	{ "label", TEXT, MAY, NULL },
	{ "device", OBJECT, MUST, &device },
	{ "bytes_in_per_second", REAL, MUST, NULL },
	{ "bytes_out_per_second", REAL, MUST, NULL },
	{ "transfers_per_second", REAL, MUST, NULL },
	{ "errors_per_second", REAL, MUST, NULL },
	{ "stalls_per_second", REAL, MUST, NULL },
	{ "errors", INTEGER, MUST, NULL },
	{ "stalls", INTEGER, MUST, NULL },
	{ "latency", MAP, MUST, &latency },
};
static const struct shape flow = SHAPE("Flow", flow_fields);

static const struct shape_field trend_fields[] = {
	{ "since", TIME, MUST, NULL },		 { "factor", REAL, MUST, NULL },
	{ "drops_before", INTEGER, MUST, NULL }, { "hours_before", REAL, MUST, NULL },
	{ "drops_since", INTEGER, MUST, NULL },	 { "hours_since", REAL, MUST, NULL },
	{ "came_kind", TEXT, MAY, NULL },	 { "came", TEXT, MAY, NULL },
};
static const struct shape trend = SHAPE("Trend", trend_fields);

static const struct shape_field port_report_fields[] = {
	{ "port", TEXT, MUST, NULL },
	{ "name", TEXT, MUST, NULL },
	{ "label", TEXT, MAY, NULL },
	{ "cables", LIST, MAY, NULL },
	{ "connected_seconds", REAL, MUST, NULL },
	{ "sessions", INTEGER, MUST, NULL },
	{ "connects", INTEGER, MUST, NULL },
	{ "disconnects", INTEGER, MUST, NULL },
	{ "drops", INTEGER, MUST, NULL },
	{ "resets", INTEGER, MUST, NULL },
	{ "enumeration_failures", INTEGER, MUST, NULL },
	{ "over_currents", INTEGER, MUST, NULL },
	{ "incidents_by_cause", COUNTS, MUST, NULL },
	/* A linkstatd of before they were counted may still run. */
	{ "transfers", INTEGER, MAY, NULL },
	{ "bytes_in", BYTES, MAY, NULL },
	{ "bytes_out", BYTES, MAY, NULL },
	{ "submit_errors", INTEGER, MAY, NULL },
	{ "transfer_errors", COUNTS, MAY, NULL },
	{ "transfer_errors_by_status", COUNTS, MAY, NULL },
	{ "latency", MAP, MAY, &latency },
	{ "endpoints", LIST, MAY, &endpoint_errors },
	{ "longest_clean_seconds", REAL, MAY, NULL },
	{ "trend", OBJECT, MAY, &trend },
	{ "device", OBJECT, MAY, &device },
};
static const struct shape port_report = SHAPE("PortReport", port_report_fields);

static const struct shape_field status_reply_fields[] = {
	{ "imported", OBJECT, MAY, &imported },	    { "version", TEXT, MUST, NULL },
	{ "watching_since", TIME, MUST, NULL },	    { "now", TIME, MUST, NULL },
	{ "history_path", TEXT, MAY, NULL },	    { "sources", LIST, MUST, &source },
	{ "controllers", LIST, MUST, &controller }, { "ports", LIST, MUST, &port },
	{ "last_drop", OBJECT, MAY, &incident },    { "history_trouble", TEXT, MAY, NULL },
	{ "computer", OBJECT, MAY, &computer },
};
const struct shape shape_status = SHAPE("Status reply", status_reply_fields);

static const struct shape_field report_reply_fields[] = {
	{ "imported", OBJECT, MAY, &imported },
	{ "gaps", LIST, MUST, &gap },
	{ "ports", LIST, MUST, &port_report },
};
const struct shape shape_report = SHAPE("Report reply", report_reply_fields);

static const struct shape_field events_reply_fields[] = {
	{ "events", LIST, MUST, &event },
	{ "cursor", TEXT, MAY, NULL },
};
const struct shape shape_events = SHAPE("ListEvents reply", events_reply_fields);

static const struct shape_field incidents_reply_fields[] = {
	{ "incidents", LIST, MUST, &incident },
	{ "cursor", TEXT, MAY, NULL },
};
const struct shape shape_incidents = SHAPE("ListIncidents reply", incidents_reply_fields);

static const struct shape_field session_fields[] = {
	{ "started_at", TIME, MUST, NULL },
	{ "host", TEXT, MUST, NULL },
	{ "controller", TEXT, MUST, NULL },
	{ "port", TEXT, MUST, NULL },
	{ "name", TEXT, MUST, NULL },
	{ "label", TEXT, MAY, NULL },
	{ "hubs", LIST, MAY, NULL },
	{ "cable", TEXT, MAY, NULL },
	{ "device", TEXT, MUST, NULL },
	{ "model", TEXT, MUST, NULL },
	{ "product", TEXT, MAY, NULL },
	{ "connected_hours", REAL, MUST, NULL },
	{ "drops", INTEGER, MUST, NULL },
	{ "drops_by_power", INTEGER, MUST, NULL },
	{ "drops_by_host", INTEGER, MUST, NULL },
	{ "drops_by_hub", INTEGER, MUST, NULL },
	{ "drops_by_device", INTEGER, MUST, NULL },
};
static const struct shape session = SHAPE("Session", session_fields);

static const struct shape_field sessions_reply_fields[] = {
	{ "sessions", LIST, MUST, &session },
	{ "cursor", TEXT, MAY, NULL },
};
const struct shape shape_sessions = SHAPE("ListSessions reply", sessions_reply_fields);

static const struct shape_field sum_fields[] = {
	{ "host", TEXT, MUST, NULL },
	{ "controller", TEXT, MUST, NULL },
	{ "port", TEXT, MUST, NULL },
	{ "name", TEXT, MUST, NULL },
	{ "label", TEXT, MAY, NULL },
	{ "hubs", LIST, MAY, NULL },
	{ "cable", TEXT, MAY, NULL },
	{ "device", TEXT, MUST, NULL },
	{ "model", TEXT, MUST, NULL },
	{ "product", TEXT, MAY, NULL },
	{ "sessions", INTEGER, MUST, NULL },
	{ "sessions_with_drops", INTEGER, MUST, NULL },
	{ "connected_hours", REAL, MUST, NULL },
	{ "drops", INTEGER, MUST, NULL },
	{ "drops_by_power", INTEGER, MUST, NULL },
	{ "drops_by_host", INTEGER, MUST, NULL },
	{ "drops_by_hub", INTEGER, MUST, NULL },
	{ "drops_by_device", INTEGER, MUST, NULL },
};
static const struct shape sum = SHAPE("SessionSum", sum_fields);
static const struct shape_field sums_reply_fields[] = {
	{ "sums", LIST, MUST, &sum },
	{ "cursor", TEXT, MAY, NULL },
};
const struct shape shape_sums = SHAPE("SumSessions reply", sums_reply_fields);

static const struct shape_field incident_reply_reply_fields[] = {
	{ "incident", OBJECT, MUST, &incident },
};
const struct shape shape_incident_reply = SHAPE("GetIncident reply", incident_reply_reply_fields);

static const struct shape_field transfer_fields[] = {
	{ "at", TIME, MUST, NULL },	     { "kind", TEXT, MUST, NULL },
	{ "type", TEXT, MUST, NULL },	     { "endpoint", TEXT, MUST, NULL },
	{ "length", INTEGER, MUST, NULL },   { "status", SIGNED, MUST, NULL },
	{ "status_name", TEXT, MUST, NULL }, { "setup", TEXT, MAY, NULL },
	{ "header", TEXT, MUST, NULL },
};
static const struct shape transfer = SHAPE("Transfer", transfer_fields);

static const struct shape_field transfers_reply_fields[] = {
	{ "transfers", LIST, MUST, &transfer },
};
const struct shape shape_transfers = SHAPE("GetTransfers reply", transfers_reply_fields);

static const struct shape_field watch_reply_fields[] = {
	{ "ready", FLAG, MAY, NULL },
	{ "event", OBJECT, MAY, &event },
	{ "incident", OBJECT, MAY, &incident },
	{ "gap", OBJECT, MAY, &gap },
};
const struct shape shape_watch = SHAPE("Watch reply", watch_reply_fields);

static const struct shape_field top_reply_fields[] = {
	{ "ready", FLAG, MUST, NULL },	  { "at", TIME, MUST, NULL },
	{ "seconds", REAL, MAY, NULL },	  { "blind", TEXT, MAY, NULL },
	{ "fix", TEXT, MAY, NULL },	  { "lost", INTEGER, MUST, NULL },
	{ "devices", LIST, MUST, &flow },
};
const struct shape shape_top = SHAPE("Top reply", top_reply_fields);

static const struct shape_field said_reply_fields[] = {
	{ "port", TEXT, MUST, NULL },  { "name", TEXT, MUST, NULL },
	{ "label", TEXT, MAY, NULL },  { "cable", TEXT, MAY, NULL },
	{ "before", TEXT, MAY, NULL }, { "session", INTEGER, MAY, NULL },
};
const struct shape shape_said = SHAPE("SetCable or SetSocketName reply", said_reply_fields);

static const struct shape_field socket_label_fields[] = {
	{ "port", TEXT, MUST, NULL },
	{ "name", TEXT, MUST, NULL },
	{ "label", TEXT, MUST, NULL },
};
static const struct shape socket_label = SHAPE("SocketLabel", socket_label_fields);

static const struct shape_field statement_fields[] = {
	{ "said_at", TIME, MUST, NULL }, { "uid", INTEGER, MAY, NULL },
	{ "about", TEXT, MUST, NULL },	 { "port", TEXT, MUST, NULL },
	{ "name", TEXT, MUST, NULL },	 { "since", TIME, MUST, NULL },
	{ "label", TEXT, MAY, NULL },	 { "before", TEXT, MAY, NULL },
};
static const struct shape statement = SHAPE("Statement", statement_fields);

static const struct shape_field labels_reply_fields[] = {
	{ "sockets", LIST, MUST, &socket_label },
	{ "cables", LIST, MUST, NULL },
	{ "statements", LIST, MUST, &statement },
};
const struct shape shape_labels = SHAPE("ListLabels reply", labels_reply_fields);

static const struct shape_field job_port_fields[] = {
	{ "port", TEXT, MUST, NULL },	   { "name", TEXT, MUST, NULL },
	{ "label", TEXT, MAY, NULL },	   { "transfers", INTEGER, MUST, NULL },
	{ "bytes_in", BYTES, MUST, NULL }, { "bytes_out", BYTES, MUST, NULL },
	{ "errors", INTEGER, MUST, NULL },
};
static const struct shape job_port = SHAPE("JobPort", job_port_fields);

static const struct shape_field job_fields[] = {
	{ "id", INTEGER, MUST, NULL },	      { "began_at", TIME, MUST, NULL },
	{ "ended_at", TIME, MAY, NULL },      { "outcome", TEXT, MUST, NULL },
	{ "code", INTEGER, MAY, NULL },	      { "command", TEXT, MUST, NULL },
	{ "note", TEXT, MAY, NULL },	      { "port", TEXT, MAY, NULL },
	{ "cable", TEXT, MAY, NULL },	      { "place", TEXT, MAY, NULL },
	{ "incidents", INTEGER, MUST, NULL }, { "drops", INTEGER, MUST, NULL },
	{ "ports", LIST, MUST, &job_port },
};
static const struct shape job = SHAPE("Job", job_fields);

static const struct shape_field job_id_reply_fields[] = {
	{ "id", INTEGER, MUST, NULL },
};
const struct shape shape_job_id = SHAPE("BeginJob or EndJob reply", job_id_reply_fields);

static const struct shape_field job_reply_fields[] = {
	{ "job", OBJECT, MUST, &job },
	{ "incidents", LIST, MUST, &incident },
	{ "gaps", LIST, MUST, &gap },
};
const struct shape shape_job = SHAPE("GetJob reply", job_reply_fields);

static const struct shape_field jobs_reply_fields[] = {
	{ "jobs", LIST, MUST, &job },
	{ "cursor", TEXT, MAY, NULL },
};
const struct shape shape_jobs = SHAPE("ListJobs reply", jobs_reply_fields);
