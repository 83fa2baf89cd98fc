#pragma once
/* A progress line on a terminal; none for what is read quickly. */
#include "lib/base/base.h"

struct progress {
	uint64_t size; /* 0: not known */
	uint64_t shown_us;
	bool is_wanted, is_shown;
};

/* @is_wanted: and if there is a terminal on stderr. */
void progress_start(struct progress *progress, int fd, bool is_wanted);
/* "FILE: DETAIL1.2 MiB (34 %)"; called often, printed rarely. @n_bytes of the file on disk. */
void progress_show(struct progress *progress, const char *file, const char *detail,
		   uint64_t n_bytes);
void progress_end(struct progress *progress);
