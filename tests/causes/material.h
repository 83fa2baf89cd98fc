#pragma once
/* What there is to learn from: incidents of recordings of observations, and of logs and captures. */
#include "lib/model/record.h"

typedef void (*material_fn)(const struct ls_incident *incident, void *user);

/*
 * Gives each incident of the file at @path as it stands at the end, in order of their begin. A
 * recording (.jsonl) is played without @blind, LS_SOURCE_NONE: with all; of other files there is
 * nothing without a source: 0. 1, or -EINVAL with the reason on stderr.
 */
int material_read(const char *path, enum ls_source blind, material_fn visit, void *user);

/* The port of an incident as linkstat analyze prints it. */
void material_port(const struct ls_incident *incident, char name[LS_ID_PATH_MAX]);
