#pragma once
/* What captures and logs say, as the JSON that linkstat analyze prints, and as text made of that. */
#include "cli/offline/capture.h"
#include "cli/base/cli.h"
#include "cli/print/format.h"
#include "lib/logs/text.h"

/* One of "captures". @past: devices whose number was given out again, or NULL. @why: NULL, or why it
 * was not read, or not to its end; clean, as @file. A new reference, NULL if memory is short. */
json_t *analyze_capture(const char *file, const struct capture *capture,
			struct capture_watch *watch, json_t *past, const char *why);
/* One of its "devices"; @known may be NULL. */
json_t *analyze_device(unsigned int bus, unsigned int devnum, const struct ls_enumerated *known,
		       const struct ls_traffic_counts *counts);

/* A file that is no capture: the same members, with nothing in them. */
json_t *analyze_nothing(const char *file, const char *why);

/* One of "logs". */
struct analyze_log {
	const char *file;
	const char *why; /* as of a capture */
	struct ls_log_text_summary summary;
	bool any; /* an observation, whose times follow */
	int64_t first_us, last_us;
};
json_t *analyze_log(const struct analyze_log *log);

/*
 * Files that one engine was told of: an object with "captures", "logs", "ports", "incidents" and
 * "notes". An enum cli_exit: whether it could be printed.
 */
int analyze_print(const struct cli *cli, const json_t *group);
/* Parts of that: one of "captures"; "1 IN" for an endpoint; the tables of "devices", 0 or -ENOMEM. */
int analyze_print_capture(const struct cli *cli, const json_t *capture);
const char *analyze_endpoint_name(char text[FORMAT_MAX], const json_t *endpoint);
int analyze_print_tables(const struct output_style *style, const json_t *devices);
/* Tables of "incidents" and "ports"; 0, or < 0 if memory is short. */
int analyze_print_incidents(const struct cli *cli, const json_t *incidents);
int analyze_print_ports(const struct cli *cli, const json_t *ports);
/* When an incident opened; a time for people, "[5203.044]" where only the boot clock is known. */
int64_t analyze_opened_at(const json_t *incident);
const char *analyze_when(char text[FORMAT_MAX], const struct cli *cli, int64_t real_us);

struct offline;
/* The engine's answer into @group, after the files. An enum cli_exit. */
int analyze_conclude(struct offline *offline, json_t *group);

/*
 * A capture and a log of the same time, told to one engine. 1: *ret is a group, *ret_worst what it
 * came to; 0: they are not joined. If they are a capture and a log, @why says it in a sentence.
 */
int analyze_join(char *const paths[2], json_t **ret, int *ret_worst, char why[CAPTURE_WHY_MAX]);
