#pragma once
/*
 * The methods of io.linkstat (lib/linkstat.varlink), and what is said to clients unasked. All of
 * them read: none changes anything.
 */
#include "daemon/state.h"
#include "daemon/store.h"
#include "daemon/varlink.h"

/* Incidents carry their evidence: fewer of them fill a page. */
#define METHODS_INCIDENTS_PAGE 64

/* What the methods answer from; the user pointer of the service. */
struct methods {
	struct store *store;
	const struct daemon_state *state;
};

/* lib/linkstat.varlink, put into the program when it is built. */
extern const char ls_interface_description[];

/* Fills a service that answers from @methods, which must outlive it. */
void methods_service(struct methods *methods, struct varlink_service *service);

/*
 * Makes @reply what subscribers of Watch get of @record. 1, 0: nothing, that is not for them, or
 * -errno.
 */
int methods_watch_reply(struct methods *methods, const struct ls_record *record,
			struct varlink_reply *reply);
int methods_too_slow(struct varlink_reply *reply, size_t queued_bytes);
int methods_too_many(struct varlink_reply *reply, const char *limit, int maximum);

/* In methods_status.c, methods_report.c and methods_top.c. */
int methods_status(struct varlink_call *call, struct varlink_reply *reply, void *user);
int methods_report(struct varlink_call *call, struct varlink_reply *reply, void *user);
int methods_transfers(struct varlink_call *call, struct varlink_reply *reply, void *user);
int methods_top(struct varlink_call *call, struct varlink_reply *reply, void *user);

/* A Latency of the contract, in methods_top.c. */
json_t *methods_latency(const struct store_latency *times);

/* What since, until, ports, cursor and limit ask for. */
struct methods_asked {
	struct store_filter filter;
	const char **ports; /* owned */
};

/* 1: filled, 0: @reply says which parameter is wrong, or -errno. methods_asked_done() always. */
int methods_asked_init(struct methods_asked *asked, const struct varlink_call *call,
		       struct varlink_reply *reply);
void methods_asked_done(struct methods_asked *asked);
/* The error for what a store function returned (< 0), @unknown as it set it. */
int methods_history_error(const struct methods *methods, int error, const char *unknown,
			  struct varlink_reply *reply);
int methods_no_incident(int64_t id, struct varlink_reply *reply);
