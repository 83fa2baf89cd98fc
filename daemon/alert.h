#pragma once
/*
 * Records as journal entries with fixed MESSAGE_IDs, see systemd/linkstat.catalog.
 *
 * Logged of an incident: its verdict when it settles, each change of the verdict, each doubling of
 * its count (2, 4, 8, …), and the end of one that counted more than one. One that settles while the
 * device is disconnected and may return is logged at info level: "left; if it is back within …".
 * Logged of a cable: that its label is assumed, and how to correct it.
 * Logged of a source: that it is unavailable, available again, or lost records (once a minute).
 *
 * PRIORITY: drop 4 (warning), unplugged, reset and gaps 5 (notice), expected 6 (info). 3 (error) is
 * for a drop under a job. Fields: LINKSTAT_PORT (ID_PATH), LINKSTAT_NAME (kernel name),
 * LINKSTAT_DEVICE (vid:pid:serial), LINKSTAT_INCIDENT, LINKSTAT_CAUSE, LINKSTAT_CONFIDENCE; of a
 * gap LINKSTAT_SOURCE.
 */
#include "lib/base/base.h"
#include "lib/model/record.h"

/* One for each cause, by its number, then the others. */
enum alert_kind {
	ALERT_LEFT = LS_N_CAUSES,
	ALERT_UNAVAILABLE,
	ALERT_AVAILABLE,
	ALERT_LOST,
	ALERT_CABLE,
	ALERT_N_KINDS,
};

/* MESSAGE_ID of a kind: 32 hexadecimal digits. Published: they never change. */
const char *alert_message_id(enum alert_kind kind);

struct alert;

/* Remembers what was logged of each open incident, so that nothing is logged twice. 0 or -ENOMEM. */
int alert_new(struct alert **ret);
void alert_free(struct alert *alert);
LS_DEFINE_AUTO(alert)

/* Says what is new in @record, if anything; only after it was committed. Where there is no journal,
 * one line to stderr. */
void alert_record(struct alert *alert, const struct ls_record *record);
