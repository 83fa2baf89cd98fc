#pragma once
/* What was known of a port before its device left or was reset. */
#include "lib/engine/state.h"

/* From the hub's report to the kernel's conclusion: debouncing, and a busy worker of the kernel. */
#define HUB_REPORT_US (5 * LS_SEC)

/* Not long before @at. Stamps of different clocks may be some 10 ms apart. */
bool evidence_is_recent(uint64_t then_us, struct ls_instant at, uint64_t span_us);
/* Adds to @report, of the device on @link that left: @known are the facts of the open incident. */
void evidence_before(struct ls_engine *engine, const struct link *link, uint64_t known,
		     struct report *report);
/* The device on @link was reset: adds what was before. */
void evidence_of_reset(struct ls_engine *engine, struct link *link, struct report *report);
/* Transfers of the device on @link failed. */
enum ls_burst_edge evidence_note_errors(struct link *link, const struct ls_observation *obs);
void evidence_note_reset(struct link *link, struct ls_instant at);
