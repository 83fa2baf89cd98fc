#pragma once
/* A cable label with effect from an earlier time: splits and relabels sessions. */
#include "lib/model/record.h"

struct store;

/* A cable label from @since_us on. */
struct store_relabelling {
	struct ls_socket socket;
	bool from_begin; /* of the session that is open or was the last one, and not at @since_us */
	int64_t since_us;  /* set from the session with @from_begin */
	const char *cable; /* "": unknown */
	int64_t spare_id;  /* for a session that has to be made */
	/* Set by store_relabel(). */
	int64_t split;	 /* the session that ends at @since_us, 0: none */
	int64_t session; /* the one that begins then, or has the label as a whole */
	char before[LS_LABEL_MAX];
};

/* 1; 0: there was nothing on the socket then; or -errno, and nothing was changed. */
int store_relabel(struct store *store, struct store_relabelling *relabelling);
/* The session on a socket that began last. 1 or 0. */
int store_latest_session(struct store *store, const char *id_path, struct ls_session *ret);
