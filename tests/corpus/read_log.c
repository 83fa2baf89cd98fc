/*
 * Reads a log and prints what its lines state, one observation a line: line number, boot, port,
 * kind, mono_us, real_us and the text, with tabs between; the summary comes last.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/logs/counts.h"
#include "lib/logs/text.h"

struct reader {
	struct ls_log_text *log;
	unsigned long line;
	bool quiet;
	struct ls_log_counts counts;
};

static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct reader *reader = user;
	enum ls_log_count count = ls_log_count_of(obs);

	if (ls_log_counts_add(&reader->counts, obs) < 0)
		exit(1);
	if (reader->quiet)
		return;
	printf("%lu\t%u\t%s\t%s\t%llu\t%lld\t%s\n", reader->line, ls_log_text_boot(reader->log),
	       obs->port[0] ? obs->port : obs->controller,
	       count < LS_N_LOG_COUNTS ? ls_log_count_name(count) : "-",
	       (unsigned long long)obs->at.mono_us, (long long)obs->at.real_us, obs->text);
}

/* Whole lines at a time: the number printed is that of the line by which a find was certain. */
static void
feed(struct reader *reader, const char *bytes, size_t len)
{
	if (reader->quiet) {
		ls_log_text_feed(reader->log, bytes, len);
		return;
	}
	while (len > 0) {
		const char *newline = memchr(bytes, '\n', len);
		size_t n = newline ? (size_t)(newline - bytes) + 1 : len;

		if (newline)
			reader->line++;
		ls_log_text_feed(reader->log, bytes, n);
		bytes += n;
		len -= n;
	}
}

/* Without copying, where the file can be mapped. */
static bool
feed_mapped(struct reader *reader, int fd)
{
	struct stat st;
	char *bytes;

	if (fstat(fd, &st) < 0 || st.st_size == 0)
		return false;
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	madvise(bytes, (size_t)st.st_size, MADV_SEQUENTIAL);
	ls_log_text_feed(reader->log, bytes, (size_t)st.st_size);
	munmap(bytes, (size_t)st.st_size);
	return true;
}

static void
print_summary(const struct ls_log_text_summary *summary)
{
	printf("# format=%s lines=%llu usb_lines=%llu cut_lines=%llu boots=%u dated=%d\n",
	       summary->format, (unsigned long long)summary->lines,
	       (unsigned long long)summary->usb_lines, (unsigned long long)summary->cut_lines,
	       summary->boots, summary->dated);
}

int
main(int argc, char **argv)
{
	static char buffer[1 << 18];
	struct ls_log_text_options options = { 0 };
	struct ls_log_text_summary summary;
	struct reader reader = { 0 };
	int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = 0;

	if (fd < 0) {
		fprintf(stderr, "usage: read_log FILE [YEAR|quiet [mapped]]\n");
		return 2;
	}
	reader.quiet = argc > 2 && strcmp(argv[2], "quiet") == 0;
	options.year = argc > 2 ? atoi(argv[2]) : 0;
	if (ls_log_text_new(&options, on_observation, &reader, &reader.log) < 0)
		return 1;
	if (argc > 3 && feed_mapped(&reader, fd))
		lseek(fd, 0, SEEK_END);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		feed(&reader, buffer, (size_t)n);
	ls_log_text_finish(reader.log, &summary);
	print_summary(&summary);
	ls_log_counts_done(&reader.counts);
	ls_log_text_free(reader.log);
	close(fd);
	return n < 0;
}
