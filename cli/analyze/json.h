#pragma once
/* What was read of captures and logs, as the JSON that linkstat analyze prints. */
#include "cli/offline/capture.h"
#include "cli/offline/offline.h"
#include "lib/logs/text.h"
#include "lib/wire/wire.h"

/*
 * One of "captures". @past: devices whose number was reused, or NULL. @why: NULL, or why it was not
 * read to its end; clean, as @file. A new reference, NULL if memory is short.
 */
json_t *analyze_capture(const char *file, const struct capture *capture,
			struct capture_watch *watch, json_t *past, const char *why);
/* One of its "devices"; @known may be NULL. */
json_t *analyze_device(unsigned int bus, unsigned int devnum, const struct ls_enumerated *known,
		       const struct ls_traffic_counts *counts);

/* A file that is not a capture: the same members, empty. */
json_t *analyze_nothing(const char *file, const char *why);

/* One of "logs". */
struct analyze_log {
	const char *file;
	const char *why; /* as of a capture */
	struct ls_log_text_summary summary;
	bool understood; /* it is a log of a kind that is read, even if it names no USB */
	bool any;	 /* at least one observation; its times follow */
	int64_t first_us, last_us;
};
json_t *analyze_log(const struct analyze_log *log);

/*
 * Files that one engine followed, as one object: "captures", "logs", "restores", "ports",
 * "incidents", "notes".
 * An empty one; a new reference, NULL if memory is short.
 */
json_t *analyze_new_group(void);
/* The engine's answer into @group, after the files. An enum cli_exit. */
int analyze_conclude(struct offline *offline, json_t *group);
