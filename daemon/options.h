#pragma once
/* The command line of linkstatd. */
#include <stdbool.h>

struct options {
	const char *state_dir;
	const char *socket; /* NULL: the default, or the sockets that systemd hands over */
	const char *record; /* NULL: no recording */
	unsigned int usbmon_ring_kib; /* 0: the default */
	const char *families_dir;
	bool check_families; /* and do nothing else: */
	char *const *check;  /* these files; none: families_dir. Borrowed from argv */
	unsigned int n_check;
	unsigned int keep_days, keep_mib;
};

#define OPTIONS_DEFAULT_STATE  "/var/lib/linkstat"
#define OPTIONS_DEFAULT_SOCKET "/run/linkstat/io.linkstat"

/* 1: go on, 0: nothing more to do (--help, --version), -EINVAL: a usage error was printed. */
int options_parse(int argc, char **argv, struct options *ret);
