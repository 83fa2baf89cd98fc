#pragma once
/*
 * What the engine keeps: links (kernel ports), the sessions on them and the open incidents. Structs
 * only; not for use outside lib/engine/.
 */
#include "lib/engine/limits.h"
#include "lib/families/families.h"
#include "lib/model/device.h"
#include "lib/model/record.h"
#include "lib/usbmon/burst.h"

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
#define LINK_LEFT 16

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
	char peer[LS_PORT_NAME_MAX]; /* links_set_peer() */
	struct ls_socket socket; /* that of the peer with the lower bus, where peers are known */
	bool present;		 /* links_set_present() */
	uint16_t devnum;	 /* of the device that is present */
	struct {
		uint16_t devnum;
		uint64_t mono_us;
	} left[LINK_LEFT];		/* recently: late witnesses still report them */
	uint8_t n_left;			/* ever, modulo */
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
	bool dirty; /* a record of it is due */
};

/* What came back, compared with what left. */
struct homecoming {
	enum ls_device_match like;
	const struct ls_mode *mode; /* NULL: of no family */
	const struct ls_edge *edge; /* NULL: its family does not know this change */
	bool replugged;		    /* it had been away for good: somebody plugged it in again */
	bool looks_alike;	    /* a change of mode cannot be told from a lost link */
};

/* No event is emitted of a report. */
#define NO_EVENT LS_N_EVENTS

/* What linkstat itself adds to the evidence of one observation. */
#define NOTES_MAX 3

/* What a handler saw happen, as it reports it to incidents.c: all of one observation at once. */
struct report {
	enum report_use {
		REPORT_ALONE,	   /* no incident: its event only */
		REPORT_JOINS,	   /* evidence for the incident that is open there, if one is */
		REPORT_REMEMBERED, /* as above, and for one that opens soon */
		REPORT_OPENS,	   /* an incident by itself */
	} use;
	const struct ls_observation *obs; /* borrowed, like the next two */
	struct link *link;		  /* NULL: of a whole controller … */
	const struct ls_socket *socket;	  /* … whose socket this is */
	uint64_t facts;
	enum ls_event_kind event;	    /* or NO_EVENT */
	bool disconnected;		    /* the device left, and … */
	ls_source_set sources;		    /* … these, besides that of @obs, … */
	char notes[NOTES_MAX][LS_TEXT_MAX]; /* … gave this evidence of what was before it */
	unsigned int n_notes;
	bool takes_children; /* with what hangs below it */
	uint64_t open_us;    /* the incident stays open for so long at least */
	uint64_t close_us;   /* it closes after this, whatever it waited for; 0: as it is */
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
