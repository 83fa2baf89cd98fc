#pragma once
/* Inside of the enumeration watch: what enumeration.c keeps and enumeration_read.c reads into. */
#include "lib/observe/enumeration.h"

#define ENUM_NUMBERS	 128
#define ENUM_DEVICES	 255
#define ENUM_PORTS	 128
#define ENUM_QUESTIONS	 64
#define ENUM_ROOT_HUB	 1
#define ENUM_SET_ADDRESS 0 /* a question's kind; those of GET_DESCRIPTOR are the descriptor's */

/* A port of a hub that something happened to. */
struct enum_port {
	bool used;
	uint16_t bus;
	uint8_t hub, port;
	bool told; /* its C_CONNECTION, which is not yet acknowledged */
	enum ls_speed speed;
	struct ls_instant changed; /* C_CONNECTION; mono 0: never */
	uint64_t used_mono;
};

struct enum_bus {
	bool fresh; /* a port was reset, and nobody has got an address since */
	uint8_t hub, port;
	uint8_t resetting; /* number of the device that was on it: 0 none */
	struct ls_instant reset;
	struct ls_instant left; /* a port lost a device that has no place; mono 0: never */
};

struct enum_question {
	uint64_t id; /* 0: free */
	uint16_t bus;
	uint8_t devnum, kind, index; /* kind: of the descriptor, or ENUM_SET_ADDRESS */
};

struct ls_enumeration {
	ls_enumeration_fn tell;
	void *user;
	uint8_t slots[LS_HUB_BUSES][ENUM_NUMBERS]; /* 0: none */
	struct ls_enumerated devices[ENUM_DEVICES + 1];
	unsigned int n_devices; /* ever; the next place to try */
	struct enum_port ports[ENUM_PORTS];
	struct enum_bus buses[LS_HUB_BUSES];
	struct enum_question questions[ENUM_QUESTIONS];
	unsigned int n_questions; /* ever */
};

/* The place where a device of @bus is being enumerated at @at, false: not known. */
bool enum_coming_port(struct ls_enumeration *enumeration, unsigned int bus, struct ls_instant at,
		      char port[LS_PORT_NAME_MAX]);
struct ls_enumerated *enum_find(const struct ls_enumeration *enumeration, unsigned int bus,
				unsigned int devnum);
/* A number begins a new life. NULL: no place. */
struct ls_enumerated *enum_arrive(struct ls_enumeration *enumeration, unsigned int bus,
				  unsigned int devnum, struct ls_instant at);
/* It was there before the capture began. NULL: no place. */
struct ls_enumerated *enum_was_there(struct ls_enumeration *enumeration, unsigned int bus,
				     unsigned int devnum, struct ls_instant at);
void enum_leave(struct ls_enumeration *enumeration, struct ls_enumerated *device,
		struct ls_instant at, const char *why);
void enum_announce(struct ls_enumeration *enumeration, struct ls_enumerated *device,
		   struct ls_instant at);

/* Who is on the port; NULL: nobody that was seen. */
struct ls_enumerated *enum_device_on(struct ls_enumeration *enumeration, const char *port);
/* 1, or -EINVAL: no valid name, or a bus 0 that a hostile record claims. */
int enum_port_name(struct ls_enumeration *enumeration, unsigned int bus, unsigned int hub,
		   unsigned int port, char name[LS_PORT_NAME_MAX]);
/* What is kept of a port; the one that is quiet longest makes room. */
struct enum_port *enum_port_state(struct ls_enumeration *enumeration, unsigned int bus,
				  unsigned int hub, unsigned int number);
struct ls_observation enum_observation(enum ls_obs_kind kind, unsigned int bus, unsigned int devnum,
				       struct ls_instant at, const char *port);
