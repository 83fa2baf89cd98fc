#pragma once
/*
 * What "linkstat check" looks at and what it finds.
 *
 * All texts here are clean (cli/base/sanitize.h): files and programs are as hostile as devices.
 */
#include "cli/base/cli.h"
#include "cli/print/format.h"
#include "cli/base/logind.h"
#include "cli/print/words.h"
#include "lib/model/observation.h"

enum check_level {
	CHECK_FIX,  /* fix it before a long job */
	CHECK_NOTE, /* worth knowing */
	CHECK_FINE,
};

struct check_finding {
	const char *id;
	size_t rank; /* index of its rule: the first ones are the most important */
	enum check_level level;
	size_t port; /* in struct check ports, CHECK_MACHINE if it is of the machine */
	size_t nth;  /* in the order in which they were added */
	char what[WORDS_MAX];
	char advice[WORDS_MAX];	 /* "" if there is nothing to do */
	char command[WORDS_MAX]; /* command for that; "" if there is none */
};
#define CHECK_MACHINE SIZE_MAX

#define CHECK_TITLE_MAX 128
struct check_device {
	char name[LS_PORT_NAME_MAX]; /* "1-1.4"; a root hub is "usb1" */
	char title[CHECK_TITLE_MAX]; /* its product, or "05ac:12a8"; "" if nothing is there */
	char controller[256];	     /* directory of the host controller in sysfs, "" if unknown */
	bool there, hub, fixed;	     /* fixed: built in, cannot be unplugged */
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

	/*
	 * Replies of linkstatd; NULL if it is not available, then @unreachable has the reason
	 * (-errno).
	 */
	json_t *status, *report, *recent, *drops;
	int unreachable;

	struct check_device *devices; /* all, hubs too; in the order of their names */
	size_t n_devices;
	struct check_device *ports; /* those that are checked, the most important first */
	size_t n_ports;

	struct check_finding *findings;
	size_t n_findings, n_allocated;
	bool failed; /* memory was short */
	/* The rule and port being checked: set by check_look(). */
	const char *rule_id;
	size_t rule_rank, rule_port;
};
