#pragma once
/*
 * Inside of the engine: links (kernel ports), the sessions on them and the open incidents, and what
 * the engine's files offer each other. Not for use outside lib/.
 */
#include "lib/usbmon/burst.h"
#include "lib/engine/causes.h"
#include "lib/engine/engine.h"
#include "lib/families/families.h"
#include "lib/model/device.h"

struct bus {
	uint16_t number; /* 0: free */
	bool removed;	 /* kept until its number is used again: late witnesses still name it */
	char controller[LS_ID_PATH_MAX];
	char description[LS_TEXT_MAX];
};

struct session {
	struct ls_session pub;
	const struct ls_mode *mode; /* NULL: of no family */
	struct ls_instant mode_since;
	bool mode_doubtful;  /* it may have lost its link instead of changing its mode */
	uint64_t away_until; /* LS_NEVER while present */
};

/* udev and libusb may be this many flaps behind the kernel log, on a machine that is busy. */
#define LINK_GONE 16

/* Resets and losses this soon after sleep or wake-up are the machine's doing (reset-resume). */
#define AFTER_SLEEP_US (10 * LS_SEC)

/* What usbmon showed of a port lately, by its hub: monotonic times, 0 for never. */
struct hub_word {
	uint64_t lost_mono;	   /* the connection went */
	uint64_t disabled_mono;	   /* the hub disabled the port while the connection stood */
	uint64_t switched_mono;	   /* somebody asked to switch the port or its power off */
	uint64_t failed_mono;	   /* the SuperSpeed link was found failed */
	uint64_t reset_mono;	   /* somebody asked for a reset of the device … */
	uint64_t reset_began_mono; /* … and for the first of its tries */
};

/* Data of the device that is present. */
struct flow {
	uint32_t kib_per_s; /* 0: nothing flows */
	uint64_t since_mono;
	uint32_t n_pending; /* when it ended */
	uint64_t stall_at;  /* when that becomes a stall; LS_NEVER */
};

/* One kernel port. A socket has two of them where USB 2 and SuperSpeed peers are known. */
struct link {
	char name[LS_PORT_NAME_MAX];
	char peer[LS_PORT_NAME_MAX];
	bool present;
	uint16_t devnum; /* of the device that is present */
	struct {
		uint16_t devnum;
		uint64_t mono_us;
	} gone[LINK_GONE];		/* that left lately: late witnesses still speak of them */
	uint8_t n_gone;			/* ever, modulo */
	uint16_t coming_devnum;		/* of a try to enumerate */
	struct ls_instant coming_since; /* mono 0: none */
	struct ls_device device;	/* present, or the last one */
	struct ls_device before; /* the one before it, with the best speed that it ever had here */
	struct session *session;
	struct ls_evidence came; /* first sign of the device; mono 0: told already, or not news */
	uint64_t assume_at;	 /* when a device that nobody named is taken to be there */
	uint64_t judge_at;	 /* when identity is compared though the witnesses were brief */
	uint64_t witness_at;	 /* when both of udev and libusb should have seen it */
	ls_source_set witnesses;
	struct ls_instant last_reset; /* mono 0: none */
	bool failed_since_reset;
	uint64_t resume_failed_mono, removed_mono; /* by the kernel log; by a program. 0: never */
	uint64_t partner_mono; /* the Type-C connector became empty while a device was there */
	uint64_t over_current_mono;
	uint64_t over_current_since; /* the hub tells of one that lasts; 0: of none */
	enum ls_source over_current_source;
	struct ls_burst burst; /* of failed transfers of the device that is present */
	uint64_t n_timeouts;   /* of those in the burst, answers that never came */
	struct hub_word hub;   /* what the hub told of this port lately */
	struct flow flow;
	int last_status;	    /* of the last one */
	struct ls_evidence trouble; /* last sign of trouble outside an incident; mono 0: none */
	uint32_t scan;		    /* number of the last scan that listed it */
	uint64_t used_mono;	    /* for forgetting the one that is quiet longest */
};

struct incident {
	struct ls_incident pub;
	char first_link[LS_PORT_NAME_MAX];
	uint64_t gone_mono;	/* latest disconnect, 0: none */
	uint64_t hub_lost_mono; /* when what hangs below this socket went with it, 0: did not */
	uint64_t settle_at;	/* LS_NEVER once it has passed */
	uint64_t away_at; /* when it counts as gone for good, though it may still come; LS_NEVER */
	char edge_why
		[LS_TEXT_MAX]; /* why the mode that it came back in was expected, or a reboot */
	uint64_t close_at;
	bool dirty, emitted;
};

/* What was last said of the cable between a device and a socket. */
struct cable {
	char id_path[LS_ID_PATH_MAX];
	uint16_t vid, pid;
	char serial[LS_STRING_MAX];
	char label[LS_LABEL_MAX];
};

/* The last sleep or wake-up that was told, and by whom. */
struct sleep_told {
	uint64_t mono_us; /* 0: none */
	enum ls_source source;
};

enum cap { CAP_BUSES, CAP_LINKS, CAP_SESSIONS, CAP_INCIDENTS, N_CAPS };

struct ls_engine {
	struct ls_engine_config config;
	struct ls_engine *numbers; /* whose config counts the ids: mostly its own */
	ls_record_fn emit;
	void *user;
	struct ls_instant now;
	struct bus buses[LS_MAX_BUSES];
	struct link *links[LS_MAX_LINKS]; /* dense, in order of first use */
	size_t n_links;
	struct session *sessions[LS_MAX_SESSIONS];
	size_t n_sessions;
	struct incident *incidents[LS_MAX_OPEN_INCIDENTS];
	size_t n_incidents;
	struct cable cables[LS_MAX_CABLES]; /* in the order in which they were said */
	size_t n_cables;
	struct ls_gap gaps[LS_N_SOURCES]; /* id 0: the source sees */
	bool sees[LS_N_SOURCES];
	uint32_t scan;	     /* number of the scan under way or of the last one */
	uint64_t slept_mono; /* last sign of sleep or wake-up, 0: none */
	struct sleep_told slept, woke;
	uint64_t usbmon_since_mono, usbmon_lost_mono; /* it sees since; it lost records; 0: never */
	bool cap_said[N_CAPS];
};

/* topology.c */
struct bus *topology_bus(struct ls_engine *engine, uint16_t number);
struct bus *topology_bus_add(struct ls_engine *engine, uint16_t number);
/* ID_PATH of the controller named by a bus number, or by its device name if that is 0. */
const char *topology_controller(struct ls_engine *engine, uint16_t bus, const char *device_name);
/* Finds; NULL if it is not known. */
struct link *topology_find(struct ls_engine *engine, const char *name);
/* Finds or makes; NULL when all places are taken by links in use. */
struct link *topology_link(struct ls_engine *engine, const char *name);
/* The socket of a link: that of the peer with the lower bus number, where peers are known. */
void topology_socket(struct ls_engine *engine, const struct link *link, struct ls_socket *socket);
bool topology_same_socket(struct ls_engine *engine, const struct link *a, const struct link *b);
/* True if @id_path hangs below the hub or controller @hub. */
bool topology_path_below(const char *id_path, const char *hub);
/* Devices that left lately, by number; a number that the kernel gives out anew is not gone. */
void topology_gone(struct link *link, uint16_t devnum, struct ls_instant at);
bool topology_is_gone(const struct link *link, uint16_t devnum, struct ls_instant at);
/* True if it left later than @at: what was seen at @at is told late. */
bool topology_left_after(const struct link *link, uint16_t devnum, struct ls_instant at);
void topology_reused(struct link *link, uint16_t devnum);
bool topology_is_hub(const struct link *link);
/* What lies between the controller and @link, as in ls_session.hubs. */
void topology_hubs(struct ls_engine *engine, const struct link *link, char hubs[LS_HUBS_MAX]);

/* modes.c */
/* What came back, compared with what left. */
struct homecoming {
	enum ls_likeness like;
	const struct ls_mode *mode; /* NULL: of no family */
	const struct ls_edge *edge; /* NULL: its family does not know this change */
	bool replugged;		    /* it had been away for good: somebody plugged it in again */
};
/* @incident may be NULL; it gets the fact if nobody can tell a change of mode from a lost link. */
void modes_compare(struct ls_engine *engine, struct session *before, const struct link *link,
		   struct incident *incident, struct homecoming *ret);
/* The session is told by whoever attaches it. */
void modes_enter(struct ls_engine *engine, struct session *session, const struct ls_mode *mode,
		 struct ls_instant at);
void modes_begin(struct ls_engine *engine, struct session *session, const struct ls_device *device,
		 struct ls_instant at);
void modes_describe(const struct session *session, struct incident *incident, struct ls_instant at);

/* speed.c: a device that runs slower than it did */
/* Another device takes @link: what it was and how fast is kept for comparison. */
void speed_remember(struct link *link);
/* The device of @session comes back within its stay; @session still has the speed of before. */
void speed_in_stay(struct ls_engine *engine, const struct session *session, const struct link *link,
		   struct ls_instant at);
/* A stay begins: compared with earlier ones on the same socket. */
void speed_of_stays(struct ls_engine *engine, const struct session *session,
		    const struct link *link, struct ls_instant at);

/* sessions.c */
/* The device on @link was identified: continues, pairs up or begins a session. */
void sessions_judge(struct ls_engine *engine, struct link *link, struct ls_instant at);
/* The device on @link left. */
void sessions_leave(struct ls_engine *engine, struct link *link, struct ls_instant at);
void sessions_end(struct ls_engine *engine, struct session *session);
uint64_t sessions_deadline(const struct ls_engine *engine);
void sessions_advance(struct ls_engine *engine, struct ls_instant at);
void sessions_emit(struct ls_engine *engine, const struct session *session);

/* The open session of the socket that @link belongs to: @present or waiting for a return. */
struct session *sessions_on_socket(struct ls_engine *engine, const struct link *link, bool present);
/* Ends @session at @at, which lies in its present stay, and begins another one in its place. */
struct session *sessions_split(struct ls_engine *engine, struct session *session,
			       struct ls_instant at);

/* cables.c: what a person says of cables, and what is assumed of them */
void cables_observe(struct ls_engine *engine, const struct ls_observation *obs);
/* Gives a session that begins the label that its device had here before. */
void cables_assume(struct ls_engine *engine, struct session *session);
void cables_tell_assumed(struct ls_engine *engine, const struct session *session);

/* incidents.c */
struct incident *incidents_find(struct ls_engine *engine, const struct ls_socket *socket);
/* The open incident that what happens on @link now belongs to, or NULL. */
struct incident *incidents_covering(struct ls_engine *engine, const struct link *link,
				    struct ls_instant at);
/* Finds or opens; NULL when all places are taken. */
struct incident *incidents_get(struct ls_engine *engine, const struct ls_socket *socket,
			       const struct link *link, struct ls_instant at);
/* The same for a disconnect: one of a change of mode that is complete is closed before. */
struct incident *incidents_anew(struct ls_engine *engine, const struct ls_socket *socket,
				const struct link *link, struct ls_instant at);
void incidents_testify(struct ls_engine *engine, struct incident *incident,
		       const struct ls_observation *obs);
void incidents_note(struct ls_engine *engine, struct incident *incident, struct ls_instant at,
		    const char *what);
void incidents_gone(struct ls_engine *engine, struct incident *incident, const struct link *link,
		    struct ls_instant at);
/* Children's incidents of the last moments become part of the one of their hub. */
void incidents_absorb(struct ls_engine *engine, struct incident *hub, struct ls_instant at);
/* @since: first sign of the return. */
void incidents_back(struct ls_engine *engine, struct incident *incident,
		    const struct homecoming *home, struct ls_instant since);
void incidents_elsewhere(struct ls_engine *engine, const struct session *session,
			 const struct ls_socket *where, struct ls_instant at);
/* Something still happens: it stays open for @more_us. */
void incidents_extend(struct incident *incident, struct ls_instant at, uint64_t more_us);
void incidents_flush(struct ls_engine *engine);
uint64_t incidents_deadline(const struct ls_engine *engine);
void incidents_advance(struct ls_engine *engine, struct ls_instant at);

/* engine.c */
void engine_event(struct ls_engine *engine, enum ls_event_kind kind, const struct ls_socket *socket,
		  const struct incident *incident, const struct ls_observation *obs);

/* trouble.c: observations that are about a port, not about a device that comes or goes */
void trouble_observe(struct ls_engine *engine, const struct ls_observation *obs);
/* presence.c: devices that come and go, and scans */
void presence_observe(struct ls_engine *engine, const struct ls_observation *obs);
uint64_t presence_deadline(const struct ls_engine *engine);
void presence_advance(struct ls_engine *engine, struct ls_instant at);
/* The device with that number that is present, or NULL. */
struct link *topology_device(struct ls_engine *engine, uint16_t bus, uint16_t devnum);

/* hub_evidence.c: what hubs tell of their ports, and what is asked of them */
void hub_evidence_observe(struct ls_engine *engine, const struct ls_observation *obs);
/* The device on @link left at @at: what did its hub say, or not say? */
void hub_evidence_before(struct ls_engine *engine, struct link *link, struct incident *incident,
			 struct ls_instant at);
/* The device on @link was reset: what went before? @incident may be NULL. */
void hub_evidence_reset(struct link *link, struct incident *incident, struct ls_instant at);
/* The failed transfers of late are those of a reset that fails: no reason for it. */
bool hub_evidence_errors_of_reset(const struct link *link);
/* flow.c: data that flows, ends, and stalls in a mode in which a job runs */
void flow_observe(struct ls_engine *engine, const struct ls_observation *obs);
void flow_before(struct ls_engine *engine, struct link *link, struct incident *incident,
		 struct ls_instant at);
void flow_stalled(struct ls_engine *engine, struct link *link, struct ls_instant at);

/* transfer_errors.c: transfers that fail */
void transfer_errors_observe(struct ls_engine *engine, const struct ls_observation *obs);
/* The device on @link left at @at: do its failed transfers tell more than any unplug does? */
void transfer_errors_before(struct ls_engine *engine, struct link *link, struct incident *incident,
			    struct ls_instant at);
/* gaps.c: sources that see, are blind, or lost something */
void gaps_observe(struct ls_engine *engine, const struct ls_observation *obs);
/* A cap was reached: said once, as a gap of linkstat itself. */
void gaps_cap(struct ls_engine *engine, enum cap cap);
