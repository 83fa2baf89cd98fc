#pragma once
/* Labels of sockets and cables, and the statements that set them. */
#include "lib/base/names.h"
#include "lib/engine/engine.h"
#include "lib/model/record.h"

struct store;

/* The labels of a socket and of the cable of a session; "" where there is none. 0 or -errno,
 * then all are "". */
struct store_labels {
	char socket[LS_LABEL_MAX], cable[LS_LABEL_MAX];
	bool cable_assumed;
};
int store_labels(struct store *store, const struct ls_socket *socket, int64_t session,
		 struct store_labels *ret);
/* The socket that @port names by its ID_PATH, label or kernel name. 1, or 0. */
int store_find_socket(struct store *store, const char *port, struct ls_socket *ret);

#define STORE_SUBJECTS(X)                                                                          \
	X(STORE_ABOUT_CABLE, "cable")                                                              \
	X(STORE_ABOUT_SOCKET, "socket")
enum store_subject { STORE_SUBJECTS(LS_ENUM_ID) STORE_N_SUBJECTS };

/* As in the contract. */
const char *store_subject_name(enum store_subject subject);

/* A label as a user set it. */
struct store_statement {
	int64_t said_us, since_us;
	int64_t uid; /* -1 unknown */
	enum store_subject about;
	struct ls_socket socket;
	char label[LS_LABEL_MAX], before[LS_LABEL_MAX]; /* "": none */
};
typedef int (*store_statement_fn)(const struct store_statement *statement, void *user);
typedef int (*store_label_fn)(const struct ls_socket *socket, const char *label, void *user);

/* Keeps the statement; one about a socket sets its label. Not within a batch, like all of these. */
int store_add_statement(struct store *store, const struct store_statement *statement);
/* The last @n, oldest first. */
int store_statements(struct store *store, int64_t n, store_statement_fn visit, void *user);
int store_socket_labels(struct store *store, store_label_fn visit, void *user);
/* @socket is NULL. The one used last comes first. */
int store_cable_labels(struct store *store, store_label_fn visit, void *user);
/*
 * Sessions with the latest cable of their device on their socket, in the order in which
 * they began: what ls_engine_restore_cable() wants. Only those of the last some thousand sessions.
 */
int store_visit_cables(struct store *store, ls_session_fn visit, void *user);
