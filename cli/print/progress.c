#include "cli/print/progress.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/base/cli.h"
#include "cli/print/format.h"

#define EVERY_US (LS_SEC / 4)

void
progress_start(struct progress *progress, int fd, bool is_wanted)
{
	struct stat stat;

	*progress = (struct progress){
		.shown_us = (uint64_t)cli_clock_us(CLOCK_MONOTONIC),
		.is_wanted = is_wanted && isatty(STDERR_FILENO),
	};
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode))
		progress->size = (uint64_t)stat.st_size;
}

void
progress_show(struct progress *progress, const char *file, const char *detail, uint64_t n_bytes)
{
	uint64_t now_us = progress->is_wanted ? (uint64_t)cli_clock_us(CLOCK_MONOTONIC) : 0;
	char size[FORMAT_MAX], share[FORMAT_MAX] = "";

	if (!progress->is_wanted || now_us - progress->shown_us < EVERY_US)
		return;
	progress->shown_us = now_us;
	progress->is_shown = true;
	if (progress->size)
		snprintf(share, sizeof(share), " (%d %%)",
			 (int)((double)n_bytes / (double)progress->size * 100));
	fprintf(stderr, "\r\033[K%.40s: %s%s%s", file, detail, format_size(size, (int64_t)n_bytes),
		share);
	fflush(stderr);
}

void
progress_end(struct progress *progress)
{
	if (progress->is_shown)
		fputs("\r\033[K", stderr);
	progress->is_shown = false;
}
