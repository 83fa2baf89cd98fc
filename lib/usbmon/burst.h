#pragma once
/*
 * When do transfer errors on a link that survives deserve a warning? A bucket that each error
 * fills by one and that leaks: a burst begins when it is full and ends after a quiet time without
 * any error, so that a link that fails again and again is one burst and not a hundred. Pure, and
 * small enough for one per device. Any clock will do; when it goes back, time stops meanwhile.
 */
#include "lib/base/base.h"

struct ls_burst_config {
	uint32_t n_errors; /* a burst begins when that many came faster than they leak away */
	uint64_t leak_us;  /* one error is forgotten after this */
	uint64_t quiet_us; /* a burst ends when no error has come for this long */
};

/*
 * 3 errors, one forgotten each 5 s, 30 s of quiet: on xHCI and EHCI one error stands for several
 * failed tries, so three within seconds are significant; one a minute is only counted.
 */
void ls_burst_config_default(struct ls_burst_config *config);

struct ls_burst {
	bool on;
	uint32_t level;
	uint64_t leaked_us;	    /* until when leaking has been reckoned */
	uint64_t first_us, last_us; /* errors of this burst, or of what may become one */
	uint64_t n;		    /* errors since @first_us */
};

enum ls_burst_edge {
	LS_BURST_SAME,
	LS_BURST_BEGAN, /* @n errors since @first_us */
	LS_BURST_ENDED, /* the figures are those of the burst until the next error */
};

/* A zeroed burst is inactive. @n errors have come at @now_us; @n may be 0. */
enum ls_burst_edge ls_burst_add(struct ls_burst *burst, const struct ls_burst_config *config,
				uint64_t now_us, uint32_t n);
