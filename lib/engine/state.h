#pragma once
/*
 * What the engine keeps: links (kernel ports), the sessions on them and the open incidents. Structs
 * only; not for use outside lib/engine/.
 */
#include "lib/engine/causes.h"
#include "lib/engine/limits.h"
#include "lib/families/families.h"
#include "lib/model/device.h"
#include "lib/model/record.h"
#include "lib/usbmon/burst.h"

struct bus {
	uint16_t number; /* 0: free */
	bool removed;	 /* kept until its number is used again: late sources still name it */
	char controller[LS_ID_PATH_MAX];
	char description[LS_TEXT_MAX];
};

struct session {
	struct ls_session pub;
	const struct ls_mode *mode; /* NULL: of no family */
	struct ls_instant mode_since;
	bool mode_uncertain;	  /* it may have lost its link instead of changing its mode */
	uint64_t return_deadline; /* LS_NEVER while present */
};

/* udev and libusb may lag the kernel log by this many reconnects on a busy machine. */
#define LINK_LEFT 16

/* Resets and losses this soon after sleep or wake-up are caused by it (reset-resume). */
#define AFTER_SLEEP_US (10 * LS_SEC)

/* Recent port status reported by the hub, from usbmon: monotonic times, 0 for never. */
struct port_history {
	uint64_t lost_mono;	   /* the connection was lost */
	uint64_t disabled_mono;	   /* the hub disabled the port while the device was connected */
	uint64_t switched_mono;	   /* the port or its power was switched off */
	uint64_t failed_mono;	   /* the SuperSpeed link was found failed */
	uint64_t reset_mono;	   /* a reset of the device was requested … */
	uint64_t reset_began_mono; /* … for the first time */
};

/* Data of the device that is present. */
struct flow {
	uint32_t kib_per_s; /* 0: nothing flows */
	uint64_t since_mono;
	uint32_t n_pending; /* when it ended */
	uint64_t stall_at;  /* when that becomes a stall; LS_NEVER */
};

struct departure {
	uint16_t devnum;
	uint64_t mono_us;
	int64_t incident; /* that it was part of; 0: none */
};

/* One kernel port. A socket has two of them where USB 2 and SuperSpeed peers are known. */
struct link {
	char name[LS_PORT_NAME_MAX];
	char peer[LS_PORT_NAME_MAX]; /* links_set_peer() */
	struct ls_socket socket; /* that of the peer with the lower bus, where peers are known */
	bool present;		 /* links_set_present() */
	bool only_driver;	 /* its driver alone says that it is there */
	uint16_t devnum;	 /* of the device that is present */
	struct departure left[LINK_LEFT]; /* recently: late sources still report them */
	uint8_t n_left;			  /* ever, modulo */
	uint16_t enumerating_devnum;	  /* of the enumeration in progress */
	enum ls_speed enumerating_speed;
	struct ls_instant enumerating_since; /* mono 0: none */
	struct ls_device device;	     /* present, or the last one */
	struct ls_device before; /* the one before it, with the best speed that it ever had here */
	struct session *session;
	struct ls_evidence arrival; /* first report of the device; mono 0: emitted, or initial */
	uint64_t assume_at;	 /* when a device that no source named is assumed to be present */
	uint64_t identify_at;	 /* when its identity is compared with what is known until then */
	uint64_t sources_due_at; /* when both of udev and libusb should have seen it */
	ls_source_set seen_by;
	struct ls_instant last_reset; /* mono 0: none */
	bool failed_since_reset;
	uint64_t resume_failed_mono, removed_mono; /* by the kernel log; by a program. 0: never */
	uint64_t partner_mono; /* the Type-C connector became empty while a device was there */
	uint64_t over_current_mono;
	uint64_t over_current_since; /* the hub reports one that lasts; 0: none */
	enum ls_source over_current_source;
	struct ls_burst burst;	      /* of failed transfers of the device that is present */
	enum ls_source errors_source; /* of the last of them */
	uint64_t n_timeouts;	      /* of those in the burst, answers that never came */
	struct port_history history;
	struct flow flow;
	struct ls_evidence let_go;     /* a driver let go of a device, and no source says why … */
	uint64_t let_go_at;	       /* … when it counts as one that left; LS_NEVER */
	int last_status;	       /* of the last one */
	struct ls_evidence remembered; /* for an incident that opens soon; mono 0: none */
	uint32_t scan;		       /* number of the last scan that listed it */
	uint64_t used_mono;	       /* the one that was used longest ago is dropped first */
};

struct incident {
	struct ls_incident pub;
	char first_link[LS_PORT_NAME_MAX];
	uint64_t disconnected_mono; /* the latest, 0: none */
	uint64_t touched_mono;	    /* the latest report */
	char other_half
		[LS_ID_PATH_MAX]; /* socket of the other half of the hub; "" none, or the same */
	/* Of a controller: buses that left with it, of which no source says whose they are; 0 free.
	 * xHCI has two. */
	uint16_t buses[2];
	uint64_t ports_lost_mono; /* when the devices below this socket disconnected with it; 0 */
	uint64_t settle_at;	  /* LS_NEVER once it has passed */
	uint64_t away_at;	  /* when it counts as away, though it may still return; LS_NEVER */
	char controller_said[LS_TEXT_MAX]; /* about itself; "" nothing */
	char slower[64];		   /* than it left, it came back: how; "" it did not */
	char edge_why[LS_TEXT_MAX]; /* why the mode after its return was expected, or a reboot */
	uint64_t close_at;
	uint64_t beat_us;	 /* of its departures; 0: they have none */
	uint64_t hold_until;	 /* the kernel may still be trying without a word; 0: it is not */
	struct ls_instant quiet; /* since then only that holds it open; mono 0: other things do */
	struct ls_cause_decision decision; /* the last one; of no facts at first */
	bool has_returned;		   /* at least once */
	bool dirty;			   /* a record of it is due */
};

/* The device that returned, compared with the one that disconnected. */
struct return_match {
	enum ls_device_match like;
	const struct ls_mode *mode; /* NULL: of no family */
	const struct ls_edge *edge; /* NULL: its family does not know this change */
	bool replugged;		    /* it had been away for too long: it was plugged in again */
	bool looks_alike;	    /* a change of mode cannot be told from a lost link */
};

/* No event is emitted of a report. */
#define NO_EVENT LS_N_EVENTS

/* What linkstat itself adds to the evidence of one observation. */
#define NOTES_MAX 3

/* What a handler reports to incidents.c: all that one observation means. */
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
	uint64_t refutes;		    /* facts of the incident that are not any more */
	enum ls_event_kind event;	    /* or NO_EVENT */
	bool disconnected;		    /* the device left, and … */
	ls_source_set sources;		    /* … these, besides that of @obs, … */
	char notes[NOTES_MAX][LS_TEXT_MAX]; /* … gave this evidence of what was before it */
	unsigned int n_notes;
	bool takes_children; /* with what hangs below it */
	uint64_t open_us;    /* the incident stays open for so long at least */
	uint64_t settle_us;  /* no verdict is final before this; 0: as usual */
	uint64_t hold_us;    /* … but only for what fails meanwhile */
	uint64_t close_us;   /* it closes after this, whatever it waited for; 0: as it is */
	uint64_t beat_us;    /* between departures, of one of many at equal intervals; 0: no … */
	unsigned int n_beat; /* … and how many there are, with this one */
};

/* The label last given to the cable between a device and a socket. */
struct cable {
	char id_path[LS_ID_PATH_MAX];
	uint16_t vid, pid;
	char serial[LS_STRING_MAX];
	char label[LS_LABEL_MAX];
};

/* A name that a driver gave to a part of the device on a port. */
struct handle {
	char name[LS_HANDLE_MAX]; /* "" free */
	char link[LS_PORT_NAME_MAX];
};

/* Failed transfers of a handle that is not known. */
struct held_errors {
	struct ls_observation last; /* handle "": none; with the counts of all of them */
	struct ls_instant since;
};

/* What a controller reported of itself lately. */
struct controller_report {
	char controller[LS_ID_PATH_MAX]; /* "" free */
	uint64_t fact;			 /* CONTROLLER_TROUBLE or HOST_LIMIT */
	struct ls_evidence evidence;
};

/* The last sleep or wake-up that was emitted, and its source. */
struct sleep_report {
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
	struct cable cables[LS_MAX_CABLES]; /* in the order in which they were set */
	size_t n_cables;
	struct handle handles[LS_MAX_HANDLES]; /* the oldest gives way */
	size_t next_handle;
	struct held_errors held;
	struct controller_report controllers[LS_MAX_TROUBLED];
	size_t next_controller;
	struct ls_gap gaps[LS_N_SOURCES]; /* id 0: the source is available */
	bool available[LS_N_SOURCES];
	uint32_t scan;		       /* number of the scan under way or of the last one */
	char removing[LS_ID_PATH_MAX]; /* the controller that was last reported to be removed … */
	uint64_t removing_mono;	       /* … and when; 0: none */
	uint64_t slept_mono;	       /* latest report of sleep or wake-up, 0: none */
	bool asleep;		       /* it went to sleep, and nothing was reported since */
	struct sleep_report slept, woke;
	uint64_t accounted_mono; /* load_account() was called */
	uint64_t usbmon_since_mono,
		usbmon_lost_mono; /* available since; lost records at; 0: never */
	uint64_t log_lost_mono;	  /* the kernel log lost lines; 0: never */
	bool cap_reported[N_CAPS];
};
