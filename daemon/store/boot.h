#pragma once
/* Where each boot was left: what is still open, how far its kernel log was read, the next ids. */
#include "lib/engine/engine.h"
#include "lib/model/record.h"

struct store;

/* Finds or adds this boot and closes what earlier ones left open, in one transaction. */
int store_boot_mark(struct store *store);
/* Closes what other boots left open, at the time when they were last seen. In a transaction. */
int store_boot_close_others(struct store *store);
/* An import that has not ended is undone, by store_import_undo(). In a transaction. 0 or -errno. */
int store_import_abandon(struct store *store);

/* Where this boot was left: last kernel-log sequence number taken. 1, or 0 at its first run. */
int store_kmsg_seq(struct store *store, uint64_t *seq);
/* When a linkstatd was last alive, and whether in this boot. 1, or 0 at the very first run. */
int store_last_alive(struct store *store, struct ls_instant *at, bool *same_boot);
/* Fills next_*_id. 0 or -errno. */
int store_next_ids(struct store *store, struct ls_engine_config *config);
/* Open sessions and incidents of this boot, oldest first. 0 or -errno. */
typedef void (*store_incident_fn)(const struct ls_incident *incident, void *user);
int store_visit_open(struct store *store, ls_session_fn on_session, store_incident_fn on_incident,
		     void *user);

/* Within a batch. 0 or -errno. */
int store_set_kmsg_seq(struct store *store, uint64_t seq);
int store_set_alive(struct store *store, struct ls_instant now);
