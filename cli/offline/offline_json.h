#pragma once
/* Ports and incidents of files as JSON. */
#include "cli/offline/offline.h"
#include "lib/wire/wire.h"

/* New references, NULL if memory is short. Each object says which @files it is about. */
json_t *offline_ports(const struct offline *offline, json_t *files);
json_t *offline_incidents(const struct offline *offline, json_t *files);
/* Sentences about what exceeded a limit. */
json_t *offline_notes(const struct offline *offline);
