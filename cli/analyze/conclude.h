#pragma once
/* Files that one engine followed, as one object: "captures", "logs", "ports", "incidents", "notes". */
#include "cli/offline/offline.h"
#include "lib/wire/wire.h"

/* An empty group; a new reference, NULL if memory is short. */
json_t *analyze_new_group(void);
/* The engine's answer into @group, after the files. An enum cli_exit. */
int analyze_conclude(struct offline *offline, json_t *group);
