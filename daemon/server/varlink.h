#pragma once
/*
 * Varlink: calls and replies are JSON objects that end in NUL. This knows the framing, the flags of
 * a call, org.varlink.service with its errors, and checks parameters against the contract before a
 * method sees them; it knows no sockets and no method of ours. Everything that comes in is hostile.
 */
#include "lib/base/base.h"
#include "lib/wire/contract.h"
#include "lib/wire/wire.h"

struct evbuffer;

struct varlink_peer;

/* One call while it is answered. */
struct varlink_call {
	struct varlink_peer *peer; /* who calls */
	json_t *message;	   /* owned, the others are borrowed from it; NULL: no call */
	const char *method;	   /* qualified */
	json_t *parameters;	   /* an object that fits the method's list */
	bool more, oneway, upgrade;
	int64_t position;      /* the method's own, from one reply of a series to the next */
	bool watching;	       /* the method will be replied to from outside, without end */
	bool observations;     /* while @watching: with each observation, and not each record */
	unsigned int every_ms; /* while @watching: by varlink_again(), so often; 0: otherwise */
	void *state;	       /* the method's own, as long as the call lasts */
	void (*release)(void *state);
};

struct varlink_reply {
	const char *error;  /* qualified; NULL: none */
	json_t *parameters; /* owned; NULL: an empty object */
	bool continues;	    /* only with @more: the method is called again for the next reply */
};

/* Fills @reply. 0, or -errno where there is no answer: the peer is hung up on. */
typedef int (*varlink_method_fn)(struct varlink_call *call, struct varlink_reply *reply,
				 void *user);

struct varlink_interface {
	const struct ls_contract *contract;
	const varlink_method_fn *handlers; /* in the order of its methods */
};

struct varlink_service {
	const char *vendor, *product, *version, *url;
	const struct varlink_interface *interface; /* in addition to org.varlink.service */
	size_t max_message;			   /* bytes of a call without its NUL */
	/* Whether the caller of varlink_turn() makes the reply of @method itself; NULL: of none. */
	bool (*is_aside)(const char *method);
	void *user; /* of the methods */
};

/* A conversation with one peer. */
struct varlink_peer {
	int64_t uid;	 /* -1 unknown */
	bool may_change; /* something, and not only read */
	bool is_owner;	 /* root, or the user that linkstatd runs as */
	int64_t held;	 /* what the methods keep for it until it hangs up; 0: nothing */
	struct varlink_call call;
	size_t n_scanned; /* bytes of the next message that hold no NUL */
};

void varlink_peer_init(struct varlink_peer *peer);
void varlink_peer_done(struct varlink_peer *peer);

/*
 * Takes one message from @in or continues the call in progress, and adds at most one reply to @out.
 * 1: did something, call again; 0: nothing to do until more comes in; VARLINK_ASIDE: the next reply is
 * made by varlink_again(), on another thread if need be; -EBADMSG, -EMSGSIZE: the peer does not speak
 * varlink, its error is in @out and it is to be hung up on; -errno: hang up.
 */
#define VARLINK_ASIDE 2
int varlink_turn(struct varlink_peer *peer, const struct varlink_service *service,
		 struct evbuffer *in, struct evbuffer *out);

/* Asks the method of the call in progress and adds its reply to @out. 0, or -errno: hang up. */
int varlink_again(struct varlink_peer *peer, const struct varlink_service *service,
		  struct evbuffer *out);

/* Serialises @reply to @out and releases its parameters. 0 or -errno, then @out is as it was. */
int varlink_add_reply(struct evbuffer *out, struct varlink_reply *reply);

/* Makes @reply an object of @fields, whose values it takes. 0 or -ENOMEM. */
int varlink_answer(struct varlink_reply *reply, const struct ls_wire_field *fields,
		   size_t n_fields);
/* Makes @reply an error with @parameters, which it takes. 0, or -ENOMEM if they are NULL. */
int varlink_error(struct varlink_reply *reply, const char *error, json_t *parameters);
/* The same for org.varlink.service.InvalidParameter. */
int varlink_invalid(struct varlink_reply *reply, const char *parameter);
