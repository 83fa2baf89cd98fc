#pragma once
/* What there is to learn from: incidents of recordings of observations, and of logs and captures. */
#include "lib/model/record.h"

typedef void (*material_fn)(const struct ls_incident *incident, void *user);

/*
 * Gives each incident of the file at @path as it stands at the end, in order of their begin. A
 * recording (.jsonl) is played without the sources in @blind; of other files there is nothing
 * without a source: 0. 1, or -EINVAL with the reason on stderr.
 */
int material_read(const char *path, ls_source_set blind, material_fn visit, void *user);

/* Without which sources recordings are played: none, each of them, and all but the kernel log. */
#define MATERIAL_N_BLIND 6
extern const ls_source_set material_blind[MATERIAL_N_BLIND];

/* The port of an incident as linkstat analyze prints it. */
void material_port(const struct ls_incident *incident, char name[LS_ID_PATH_MAX]);
