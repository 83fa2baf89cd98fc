#pragma once
/*
 * The methods of io.linkstat (lib/wire/linkstat.varlink), and what is said to clients unasked. Those that
 * change something are in methods_labels.c, methods_jobs.c and method_import_kernel_log.c, and ask methods_may_change() first.
 */
#include "daemon/server/server.h"
#include "daemon/base/state.h"
#include "daemon/store/query.h"
#include "daemon/server/varlink.h"

/* Incidents carry their evidence: fewer of them fill a page. */
#define METHODS_INCIDENTS_PAGE 64

/* What the methods answer from; the user pointer of the service. */
struct store_job;
struct import;

struct methods {
	struct store *store;
	const struct daemon_state *state;
	struct server_hooks hooks;
	struct import *import; /* under way, or NULL; owned */
	const struct varlink_peer *importer;
};

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

/* In methods_list.c, method_status.c, method_report.c and method_top.c. */

/* In methods_labels.c. */
/* 1: @ret is the socket that @port names, 0: @reply says that there is none, or -errno. */
int methods_find_socket(const struct methods *methods, const char *port, struct ls_socket *ret,
			struct varlink_reply *reply);
/* 1, or 0: @reply says why the label cannot be. */
int methods_check_label(const char *label, bool of_socket, struct varlink_reply *reply);

/* In method_import_kernel_log.c. */
/* Who imported is gone, and what it did not end is undone; @peer NULL: whoever it was. */
void methods_drop_import(struct methods *methods, const struct varlink_peer *peer);
/* An Imported of the contract; null if nothing was. */
json_t *methods_imported(const struct methods *methods);

/* In methods_jobs.c. */
json_t *methods_job(const struct methods *methods, const struct store_job *job);
/* Who held a job is gone. */
void methods_peer_gone(struct methods *methods, const struct varlink_peer *peer);
/* Also for the list of gaps in a report. */
json_t *methods_gaps(struct store *store, const struct store_filter *filter);

/* 1, or 0: @reply says that the peer may not. */
int methods_may_change(const struct varlink_call *call, struct varlink_reply *reply);
/* What is known but not written yet is written. 0 or -errno. */
int methods_flush(const struct methods *methods);
int methods_error(struct varlink_reply *reply, const char *error,
		  const struct ls_wire_field *fields, size_t n_fields);
#define METHODS_INTERFACE "io.linkstat"

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
