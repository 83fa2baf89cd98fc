#pragma once
/*
 * Records: what the engine concludes. The store keeps them, the journal announces some of them,
 * subscribers get all of them. A record is complete in itself: a later record with the same id
 * replaces an earlier one.
 */
#include <string.h>

#include "lib/base/base.h"
#include "lib/usbmon/flight.h"
#include "lib/model/causes.h"
#include "lib/model/observation.h"
#include "lib/usbmon/traffic.h"

/* Which part of the chain a cause speaks of: name, and what it is for people ("" unknown). */
#define LS_SIDES(X)                                                                                \
	X(LS_SIDE_UNKNOWN, "unknown", "")                                                          \
	/* what a swap of the cable or the port can tell apart */                                  \
	X(LS_SIDE_LINK, "link", "the plug, the cable or the port")                                 \
	X(LS_SIDE_DEVICE, "device", "the device itself")                                           \
	X(LS_SIDE_HUB, "hub", "the hub above it")                                                  \
	X(LS_SIDE_POWER, "power", "power")                                                         \
	X(LS_SIDE_HOST, "host", "this computer")                                                   \
	X(LS_SIDE_SOFTWARE, "software", "a program on this computer")

enum ls_side { LS_SIDES(LS_ENUM_ID) LS_N_SIDES };

#define LS_EVENT_KINDS(X)                                                                          \
	X(LS_EVENT_CONNECT, "connect")                                                             \
	X(LS_EVENT_DISCONNECT, "disconnect")                                                       \
	X(LS_EVENT_RESET, "reset")                                                                 \
	/* the kernel gave up; single tries are evidence only */                                   \
	X(LS_EVENT_ENUMERATION_FAILURE, "enumeration-failure")                                     \
	X(LS_EVENT_OVER_CURRENT, "over-current")                                                   \
	X(LS_EVENT_EMI, "emi")                                                                     \
	X(LS_EVENT_LINK_TROUBLE, "link-trouble")                                                   \
	X(LS_EVENT_RESUME_FAILURE, "resume-failure")                                               \
	X(LS_EVENT_POWER_REJECTED, "power-rejected")                                               \
	X(LS_EVENT_SPEED_DOWNGRADE, "speed-downgrade")                                             \
	X(LS_EVENT_CONTROLLER_TROUBLE, "controller-trouble")                                       \
	X(LS_EVENT_HOST_LIMIT, "host-limit")                                                       \
	X(LS_EVENT_CONTROLLER_DIED, "controller-died")                                             \
	X(LS_EVENT_CONTROLLER_REMOVED, "controller-removed")                                       \
	X(LS_EVENT_DEAUTHORISED, "deauthorised")                                                   \
	X(LS_EVENT_AUTHORISED, "authorised")                                                       \
	/* one of udev and libusb saw a device and the other did not */                            \
	X(LS_EVENT_SOURCE_MISSING, "witness-missing")                                              \
	/* a burst of failed transfers began */                                                    \
	X(LS_EVENT_LINK_ERRORS, "link-errors")                                                     \
	/* no data for long in a mode in which a job runs */                                       \
	X(LS_EVENT_STALL, "stall")                                                                 \
	/* a device entered another mode of its family */                                          \
	X(LS_EVENT_MODE, "mode")                                                                   \
	/* a person set the label of a cable, or it is assumed */                                  \
	X(LS_EVENT_CABLE, "cable")                                                                 \
	X(LS_EVENT_SLEEP, "sleep")                                                                 \
	X(LS_EVENT_WAKE, "wake")

enum ls_event_kind { LS_EVENT_KINDS(LS_ENUM_ID) LS_N_EVENTS };

/* A socket: a USB 2 port and its SuperSpeed peer, or a root hub standing for its controller. */
struct ls_socket {
	char id_path[LS_ID_PATH_MAX]; /* the identity, of the USB 2 half where there are two */
	char name[LS_PORT_NAME_MAX];  /* kernel name, for people */
};

struct ls_event {
	struct ls_instant at;
	struct ls_socket socket; /* empty: the whole machine */
	enum ls_event_kind kind;
	enum ls_source source; /* the first source to report it */
	int64_t incident;      /* 0: part of none */
	bool assumed;	       /* CABLE: the label of the session before; no person set it */
	char what[LS_TEXT_MAX];
};

/* The title of a mode of a device family, for people. */
#define LS_MODE_MAX 48

/* The hubs of a chain, joined by ';'. */
#define LS_HUBS_MAX 900

/* A stay of one device with one cable on one socket, through drops and expected re-enumerations. */
struct ls_session {
	int64_t id;
	struct ls_socket socket;
	struct ls_device device;
	char cable[LS_LABEL_MAX]; /* the label a user set, "" unknown */
	bool cable_assumed;	  /* carried over from the session before */
	/* What lies between the controller and the socket when it begins, from the root outward:
	 * "05e3:0610:SERIAL" or, without a serial number, "05e3:0610 at ID_PATH". "" none. */
	char hubs[LS_HUBS_MAX];
	bool hubs_known; /* false: of a history that did not record them */
	uint16_t devnum; /* at the last connect; finds the session again after a daemon restart */
	char link[LS_PORT_NAME_MAX]; /* the kernel port, which of the socket's two halves */
	char mode[LS_MODE_MAX];	     /* "recovery mode"; "" if its family is not known */
	struct ls_instant began;
	struct ls_instant ended; /* meaningful unless @open: when the device was last there */
	uint64_t connected_us;	 /* sum of presence; grows only at edges */
	/* Of this, known up to the last edge: usbmon was watching; and meanwhile data flowed, or
	 * flowed to another device of the bus. */
	uint64_t metered_us, flowing_us, neighbour_us;
	struct ls_instant present_since; /* meaningful while @present */
	bool open;
	bool present; /* connected right now; false within a drop */
};

struct ls_evidence {
	struct ls_instant at;
	enum ls_source source;
	char what[LS_TEXT_MAX];
};

/* The first ones say why, the last ones how it ended; what lies between is only counted. */
#define LS_EVIDENCE_FIRST 24
#define LS_EVIDENCE_LAST  8
#define LS_EVIDENCE_MAX	  (LS_EVIDENCE_FIRST + LS_EVIDENCE_LAST)

/* Sources with evidence, as bits 1 << enum ls_source. */
typedef uint32_t ls_source_set;

struct ls_incident {
	int64_t id;
	struct ls_socket socket;
	int64_t session; /* 0: no device was known there */
	bool has_device;
	struct ls_device device; /* as it was before */
	char mode[LS_MODE_MAX];	 /* it was in then, "" if its family is not known … */
	bool mode_resting;	 /* … that of everyday use */
	uint64_t in_mode_us;	 /* … and had been for so long */
	uint64_t expected_us; /* its family lets it stay away for so long, 0: unknown; not kept */
	char mode_after[LS_MODE_MAX]; /* it came back in; "" the same or unknown */
	struct ls_instant opened;
	struct ls_instant closed; /* meaningful unless @open */
	bool open;
	bool settled; /* the verdict stands and may be announced; later records may refine it */
	enum ls_cause cause;
	enum ls_side side;
	bool drop;
	double confidence;     /* 0 … 1: of all incidents with 0.9, nine in ten should be right */
	char why[LS_TEXT_MAX]; /* the rule's reason in one sentence */
	struct ls_instant gone; /* the first disconnect; mono and real 0: it did not leave */
	bool back;		/* the device returned */
	uint64_t back_after_us; /* first disconnect to first return */
	uint32_t n_disconnects, n_resets, n_enum_failures, n_over_currents;
	uint32_t n_children; /* devices below a hub that left with it */
	ls_source_set sources;
	uint64_t facts;	     /* LS_FACT_… (lib/engine/causes.h): what the evidence establishes */
	uint32_t n_evidence; /* all; up to LS_EVIDENCE_MAX of them are kept in @evidence */
	struct ls_evidence evidence[LS_EVIDENCE_MAX]; /* in order of arrival */
};

/* How many pieces of evidence are kept. */
static inline size_t
ls_incident_kept(const struct ls_incident *incident)
{
	return incident->n_evidence < LS_EVIDENCE_MAX ? incident->n_evidence : LS_EVIDENCE_MAX;
}

/* Only the evidence that there is: most incidents have a few pieces, and there is room for 32. */
static inline void
ls_incident_copy(struct ls_incident *to, const struct ls_incident *from)
{
	memcpy(to, from,
	       offsetof(struct ls_incident, evidence) +
		       ls_incident_kept(from) * sizeof(from->evidence[0]));
}

#define LS_GAP_KINDS(X)                                                                            \
	X(LS_GAP_OUTAGE, "outage")                                                                 \
	/* of what was imported from logs: that source knows nothing of that time */               \
	X(LS_GAP_IMPORTED, "imported")                                                             \
	/* many, from the first to the last of them; neither emitted nor stored */                 \
	X(LS_GAP_SUMMARY, "summary")

enum ls_gap_kind { LS_GAP_KINDS(LS_ENUM_ID) LS_N_GAP_KINDS };

/* A span in which a source was unavailable, or records that it lost at one moment. */
struct ls_gap {
	int64_t id;
	enum ls_gap_kind kind;
	enum ls_source source;
	struct ls_instant began;
	struct ls_instant ended; /* meaningful unless @open */
	bool open;
	uint32_t n_lost; /* records lost, 0 = a span, UINT32_MAX = an unknown number */
	char reason[LS_TEXT_MAX];
};

/* What a session moved within one minute; a later one of the same minute replaces it. */
struct ls_traffic_row {
	int64_t session;
	int64_t minute_us;		 /* CLOCK_REALTIME, when the minute began */
	struct ls_traffic_counts counts; /* since then */
};

/* The flight recorder's last transfers before an incident, oldest first; of an incident the first
 * one counts, for what comes after it explains nothing. */
struct ls_tail {
	int64_t incident;
	uint32_t n;
	struct ls_flight_record records[LS_FLIGHT_RECORDS];
};

enum ls_record_kind {
	LS_RECORD_EVENT,
	LS_RECORD_SESSION,
	LS_RECORD_INCIDENT,
	LS_RECORD_ABSORBED, /* incident @absorbed.id never was one: it is part of @absorbed.into */
	LS_RECORD_GAP,
	LS_RECORD_TRAFFIC,
	LS_RECORD_TAIL,
	LS_N_RECORDS,
};

struct ls_record {
	enum ls_record_kind kind;
	union {
		const struct ls_event *event;
		const struct ls_session *session;
		const struct ls_incident *incident;
		const struct ls_gap *gap;
		const struct ls_traffic_row *traffic;
		const struct ls_tail *tail;
		struct {
			int64_t id, into;
		} absorbed;
	};
};

/* Pointers in @record are borrowed for the time of the call. */
typedef void (*ls_record_fn)(const struct ls_record *record, void *user);

/* Names on the wire and in the store: "disconnect", "power". Never NULL. */
const char *ls_side_name(enum ls_side side);
const char *ls_event_kind_name(enum ls_event_kind kind);
const char *ls_gap_kind_name(enum ls_gap_kind kind);
/* The reverse; 1 or -EINVAL. */
int ls_side_from_name(const char *name, enum ls_side *ret);
int ls_event_kind_from_name(const char *name, enum ls_event_kind *ret);

/* "the plug, the cable or the port"; "" for the unknown one. Never NULL. */
const char *ls_side_words(enum ls_side side);
