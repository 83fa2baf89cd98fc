#pragma once
/* A recording ("linkstat record") as observations. It is not trusted: what is no observation is counted. */
#include "lib/logs/text.h"

struct recorded;

/* Does a file begin like one? */
bool recorded_is_one(const uint8_t *head, size_t len);

/* 0 or -ENOMEM. */
int recorded_new(ls_observation_fn observe, void *user, struct recorded **ret);
void recorded_free(struct recorded *recorded); /* NULL is fine */
LS_DEFINE_AUTO(recorded)

/* Any cut of the file into pieces gives the same observations. */
void recorded_feed(struct recorded *recorded, const char *bytes, size_t len);
void recorded_finish(struct recorded *recorded, struct ls_log_text_summary *ret);
