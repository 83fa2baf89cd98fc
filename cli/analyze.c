#include "cli/analyze.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/clean.h"
#include "cli/commands.h"
#include "cli/envelope.h"
#include "cli/format.h"

#define RECORDS_AT_ONCE 65536
#define PROGRESS_EVERY	(LS_SEC / 4)
#define FILE_NAME_MAX	4096

/* A line on a terminal that is written over itself; none for what is read at once. */
struct progress {
	const char *file;
	uint64_t size; /* 0: not known */
	uint64_t last_us;
	bool is_wanted, is_shown;
};

static uint64_t
clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * LS_SEC + (uint64_t)now.tv_nsec / 1000;
}

static void
progress_start(struct progress *progress, const char *file, int fd)
{
	struct stat stat;

	*progress = (struct progress){
		.file = file,
		.last_us = clock_us(),
		.is_wanted = isatty(STDERR_FILENO),
	};
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode))
		progress->size = (uint64_t)stat.st_size;
}

static void
progress_show(struct progress *progress, const struct capture *capture)
{
	uint64_t now_us = progress->is_wanted ? clock_us() : 0;
	char size[FORMAT_MAX], share[FORMAT_MAX] = "";

	if (!progress->is_wanted || now_us - progress->last_us < PROGRESS_EVERY)
		return;
	progress->last_us = now_us;
	progress->is_shown = true;
	if (progress->size)
		snprintf(share, sizeof(share), " (%d %%)",
			 (int)((double)capture_n_read(capture) / (double)progress->size * 100));
	fprintf(stderr, "\r\033[K%.40s: %" PRIu64 " records, %s%s", progress->file,
		capture_counts(capture)->n_records,
		format_size(size, (int64_t)capture_n_read(capture)), share);
	fflush(stderr);
}

static void
progress_end(const struct progress *progress)
{
	if (progress->is_shown)
		fputs("\r\033[K", stderr);
}

/* CLI_FINE or CLI_TROUBLE: it could not be read to its end; *ret is there in any case. */
static int
read_all(struct capture *capture, const char *file, int fd, json_t **ret)
{
	ls_auto(ls_traffic) *traffic = NULL;
	const char *why = NULL;
	struct progress progress;
	int r;

	if (ls_traffic_new(&traffic) < 0)
		return cli_no_memory();
	progress_start(&progress, file, fd);
	while ((r = capture_read(capture, RECORDS_AT_ONCE, traffic)) > 0)
		progress_show(&progress, capture);
	progress_end(&progress);
	if (r < 0) {
		why = capture_why(capture);
		cli_complain("%s: %s.", file, why);
	}
	*ret = analyze_capture(file, capture, traffic, why);
	if (!*ret)
		return cli_no_memory();
	return r < 0 ? CLI_TROUBLE : CLI_FINE;
}

static int
read_file(const char *file, int fd, json_t **ret)
{
	ls_auto(capture) *capture = NULL;
	char why[CAPTURE_WHY_MAX];
	int r = capture_new(fd, why, &capture);

	if (r == 0)
		return read_all(capture, file, fd, ret);
	if (r != -EBADMSG)
		return cli_no_memory();
	cli_complain("%s %s.", file, why);
	*ret = analyze_nothing(file, why);
	return *ret ? CLI_TROUBLE : cli_no_memory();
}

/* Opens "-" too. CLI_USAGE without *ret: there is nothing to read. */
static int
open_and_read(const char *path, json_t **ret)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char file[FILE_NAME_MAX];
	int r;

	clean_text(file, sizeof(file), path, true);
	if (fd < 0) {
		cli_complain("%s cannot be opened: %s.", file, strerror(errno));
		return CLI_USAGE;
	}
	if (isatty(fd)) {
		cli_complain("%s is a terminal; give a capture file, or one by a pipe.",
			     is_stdin ? "standard input" : file);
		r = CLI_USAGE;
	} else {
		r = read_file(file, fd, ret);
	}
	if (!is_stdin)
		close(fd);
	return r;
}

static int
print_all(const struct cli *cli, json_t *captures)
{
	ls_json_auto json_t *members =
		json_pack("{s:O, s:[], s:[]}", "captures", captures, "ports", "incidents");

	return members ? envelope_print(cli, "analyze", members) : cli_no_memory();
}

static int
print_each(const struct cli *cli, bool is_first, const json_t *capture)
{
	if (!is_first)
		fputc('\n', cli->look.out);
	return analyze_print(cli, capture);
}

/* Gives the worst of all files. */
int
analyze_run(const struct cli *cli)
{
	ls_json_auto json_t *captures = json_array();
	bool is_first = true;
	int worst = CLI_FINE, r;

	for (int i = 0; i < cli->n_args; i++) {
		ls_json_auto json_t *capture = NULL;

		r = open_and_read(cli->args[i], &capture);
		worst = r > worst ? r : worst;
		if (!capture)
			continue;
		if (cli->json)
			r = json_array_append(captures, capture) < 0 ? cli_no_memory() : CLI_FINE;
		else
			r = print_each(cli, is_first, capture);
		is_first = false;
		worst = r > worst ? r : worst;
	}
	r = cli->json ? print_all(cli, captures) : CLI_FINE;
	return r > worst ? r : worst;
}
