#pragma once
/*
 * What "linkstat check" looks at and what it finds. It changes nothing and opens no device: all is
 * read from /sys, /proc and package lists below one root directory, asked of linkstatd and logind,
 * or said by "PROGRAM --version". What cannot be known gives no finding, or one that says so.
 *
 * All texts here are clean (cli/base/clean.h): files and programs are as hostile as devices.
 */
#include <dirent.h>

#include "cli/base/cli.h"
#include "cli/print/format.h"
#include "cli/base/logind.h"
#include "cli/print/words.h"
#include "lib/model/observation.h"

enum check_level {
	CHECK_MEND, /* mend it before a long job */
	CHECK_NOTE, /* worth knowing */
	CHECK_FINE,
};

struct check_finding {
	const char *id;
	size_t rank; /* place of its rule: the first matter most */
	enum check_level level;
	size_t port; /* in struct check ports, CHECK_MACHINE if it is of the machine */
	size_t nth;  /* in the order in which they were added */
	char what[WORDS_MAX];
	char advice[WORDS_MAX];	 /* "" where nothing is to be done */
	char command[WORDS_MAX]; /* what to type for that; "" where there is nothing to type */
};
#define CHECK_MACHINE SIZE_MAX

#define CHECK_TITLE_MAX 128
struct check_device {
	char name[LS_PORT_NAME_MAX]; /* "1-1.4"; a root hub is "usb1" */
	char title[CHECK_TITLE_MAX]; /* its product, or "05ac:12a8"; "" if nothing is there */
	char controller[256];	     /* directory of the host controller in sysfs, "" if unknown */
	bool there, hub, fixed;	     /* fixed: built in, nobody can unplug it */
	uint16_t vid, pid;
	double megabits; /* 0: unknown */
	unsigned int max_power_ma;
	uint8_t attributes; /* bmAttributes of its configuration */
};
#define CHECK_VID_APPLE	   0x05ac
#define CHECK_SELF_POWERED 0x40

struct check {
	const struct cli *cli;
	const char *root; /* "" is this computer; else a directory with sys, proc, var, run in it */
	const char *path; /* where programs are looked for, as PATH; "" for nowhere */
	const char *work_dir; /* where a restore would put its firmware */
	const char *tmp_dir;
	/* Bytes that may still be written there. 0 or -errno. */
	int (*free_bytes)(const char *dir, uint64_t *ret);
	struct logind logind;
	double job_hours;

	/* Of linkstatd; NULL where it did not say, and then @unreachable tells why (-errno). */
	json_t *status, *report, *lately, *drops;
	int unreachable;

	struct check_device *devices; /* all, hubs too; in the order of their names */
	size_t n_devices;
	struct check_device *ports; /* those that are judged, the most important first */
	size_t n_ports;

	struct check_finding *findings;
	size_t n_findings, n_allocated;
	bool failed; /* memory was short */
	/* Whose turn it is: set by check_look(). */
	const char *rule_id;
	size_t rule_rank, rule_port;
};

/* --- what the rules use --------------------------------------------------------------------- */

/* Adds a finding of the rule and port whose turn it is. The text is one clean sentence, or some. */
void check_say(struct check *check, enum check_level level, const char *format, ...)
	LS_PRINTF(3, 4);
/* What to do about the finding that was added last. */
void check_advise(struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* What to type for that, on a line of its own: the advice ends without a stop. */
void check_type(struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* "15 min", "1 h 30 min": without seconds that are none. */
const char *check_span(char text[FORMAT_MAX], double hours);

/* Reads a file below the root, at most @size - 1 bytes, with a NUL behind. Its length, -errno. */
int check_bytes(const struct check *check, char *ret, size_t size, const char *format, ...)
	LS_PRINTF(4, 5);
/* Its first line, clean and without blanks around it; "" if it cannot be read. True if not "". */
bool check_line(const struct check *check, char *ret, size_t size, const char *format, ...)
	LS_PRINTF(4, 5);
/* A number at its beginning. 1, or 0 if there is none: *ret is 0 then. */
int check_number(const struct check *check, unsigned int base, uint64_t *ret, const char *format,
		 ...) LS_PRINTF(4, 5);
/* The last part of what a symbolic link points to, clean. False if it is none. */
bool check_link(const struct check *check, char *ret, size_t size, const char *format, ...)
	LS_PRINTF(4, 5);
bool check_exists(const struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* NULL if there is none; the caller closes it. */
DIR *check_open_dir(const struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* The next entry that does not begin with a dot, NULL at the end. */
const char *check_next(DIR *dir);

const struct check_device *check_find(const struct check *check, const char *name);
/* The port's directory in sysfs: "sys/bus/usb/devices/1-0:1.0/usb1-port2". False for a root hub. */
bool check_port_dir(const char *name, char ret[128]);
/* The hub above, NULL for a root hub and for what hangs on an unknown one. */
const struct check_device *check_hub_of(const struct check *check,
					const struct check_device *device);
/* Where many ports are judged at once, few are for a long job: Apple devices if there are any, else
 * all that is not built in. The others get no small remarks. */
bool check_matters(const struct check *check, const struct check_device *device);
bool check_is_root_hub(const struct check_device *device);
bool check_is_apple(const struct check_device *device);
/* Of those that are judged. */
size_t check_count_apple(const struct check *check);

/* --- what the command uses ------------------------------------------------------------------- */

/* Reads all devices, and judges @name, or all that are no hubs where it is NULL. 0 or -ENOMEM. */
int check_read_devices(struct check *check, const char *name);
/* True if there is such a socket, with or without something in it. */
bool check_has_port(const struct check *check, const char *name);
/* Asks linkstatd and fills in what it says. */
void check_ask(struct check *check);
/* All rules over the machine and the ports; the findings are in their final order then. */
void check_look(struct check *check);
/* True if nothing is to be mended. */
bool check_is_fit(const struct check *check);
/* Whatever was allocated; the rest of *check stays. */
void check_done(struct check *check);

/* The whole command with all but options given: reads, asks, looks, prints. enum cli_exit. */
int check_command(struct check *check, const char *port);
/* What it prints. enum cli_exit. */
int check_print(const struct check *check);
int check_print_json(const struct check *check);
