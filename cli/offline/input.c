#include "cli/offline/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/base/sanitize.h"
#include "cli/base/cli.h"
#include "cli/offline/archive_library.h"
#include "cli/offline/compressed.h"

#define BLOCK_SIZE     ((size_t)64 * 1024) /* fits the cache; larger is not faster */
#define HEAD_SIZE      512		   /* enough to recognise tar */
#define MEMBER_HEAD    8
#define NAME_MAX_BYTES 4096
#define WHY_MAX	       256
#define ARCHIVE_FILES  1000		    /* members of any kind */
#define ARCHIVE_BYTES  (UINT64_C(16) << 30) /* unpacked, all members together */

struct head {
	uint8_t bytes[HEAD_SIZE];
	size_t n, n_taken;
};

struct kind {
	const char *name;
	size_t at;
	const char *magic;
	int (*support)(const struct archive_library *library, struct archive *archive);
};

struct input {
	int fd;
	bool owns_fd;
	char path[NAME_MAX_BYTES]; /* clean */
	struct compressed *compressed;
	struct head file;	 /* how it begins, without its compression */
	const struct kind *kind; /* NULL: libarchive is not needed */
	const struct archive_library *library;
	struct archive *archive;
	unsigned int n_entries;
	uint64_t n_unpacked; /* of all members */
	bool is_unusable;    /* the archive could not be opened */
	bool has_ended;

	/* The file within: */
	char name[NAME_MAX_BYTES];
	struct head head;
	time_t written; /* 0: same as the file itself */
	bool has_name;	/* of its own */
	char why[WHY_MAX];

	uint8_t block[BLOCK_SIZE];
};

/* A tar, or just one file (raw), that is compressed. */
static int
support_compressed(const struct archive_library *library, struct archive *archive)
{
	int r = library->archive_read_support_filter_bzip2(archive);

	r |= library->archive_read_support_filter_zstd(archive);
	r |= library->archive_read_support_format_tar(archive);
	r |= library->archive_read_support_format_raw(archive);
	return r | library->archive_read_support_format_empty(archive);
}

static int
support_tar(const struct archive_library *library, struct archive *archive)
{
	return library->archive_read_support_format_tar(archive);
}

/* As a stream: the directory at the end of a zip is not needed, and standard input cannot seek. */
static int
support_zip(const struct archive_library *library, struct archive *archive)
{
	return library->archive_read_support_format_zip_streamable(archive);
}

static const struct kind kinds[] = {
	{ "zip", 0, "PK\x03\x04", support_zip },
	{ "bzip2", 0, "BZh", support_compressed },
	{ "zstd", 0, "\x28\xb5\x2f\xfd", support_compressed },
	{ "tar", 257, "ustar", support_tar },
};

static const struct kind *
find_kind(const struct head *head)
{
	for (size_t i = 0; i < LS_COUNT(kinds); i++) {
		size_t len = strlen(kinds[i].magic);

		if (head->n >= kinds[i].at + len &&
		    memcmp(head->bytes + kinds[i].at, kinds[i].magic, len) == 0)
			return &kinds[i];
	}
	return NULL;
}

static void LS_PRINTF(2, 3) stop(struct input *input, const char *format, ...)
{
	char text[WHY_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sanitize_text(input->why, sizeof(input->why), text, false);
}

static void
stop_unpacking(struct input *input)
{
	const char *reason = input->library->archive_error_string(input->archive);

	stop(input, "the %s data cannot be unpacked: %s", input->kind->name,
	     reason ? reason : "it is damaged");
}

static size_t
take_head(struct head *head, void *bytes, size_t size)
{
	size_t n = head->n - head->n_taken;

	n = n < size ? n : size;
	memcpy(bytes, head->bytes + head->n_taken, n);
	head->n_taken += n;
	return n;
}

/* Reads the file without its gzip or xz compression. */
static size_t
read_file(struct input *input, void *bytes, size_t size)
{
	size_t n = take_head(&input->file, bytes, size);

	return n > 0 ? n : compressed_read(input->compressed, bytes, size);
}

static la_ssize_t
on_archive_read(struct archive *archive, void *user, const void **ret)
{
	struct input *input = user;

	(void)archive;
	*ret = input->block;
	return (la_ssize_t)read_file(input, input->block, sizeof(input->block));
}

static size_t
read_member(struct input *input, void *bytes, size_t size)
{
	la_ssize_t n;

	if (*input->why)
		return 0;
	if (!input->kind)
		return read_file(input, bytes, size);
	n = input->library->archive_read_data(input->archive, bytes, size);
	if (n < 0) {
		input->has_ended = n == ARCHIVE_FATAL;
		stop_unpacking(input);
		return 0;
	}
	input->n_unpacked += (uint64_t)n;
	if (input->n_unpacked > ARCHIVE_BYTES && input->has_name) {
		input->has_ended = true;
		stop(input, "the archive unpacks to more than 16 GiB");
		return 0;
	}
	return (size_t)n;
}

/* ---- opening ---- */

static int
open_archive(struct input *input)
{
	char why[LIBRARY_WHY_MAX];

	input->library = archive_library(why);
	if (!input->library) {
		input->is_unusable = true;
		stop(input, "the %s data cannot be unpacked: %s", input->kind->name, why);
		return 0;
	}
	input->archive = input->library->archive_read_new();
	if (!input->archive || input->kind->support(input->library, input->archive) < ARCHIVE_WARN)
		return -ENOMEM;
	if (input->library->archive_read_open(input->archive, input, NULL, on_archive_read, NULL) <
	    ARCHIVE_WARN) {
		input->is_unusable = true;
		stop_unpacking(input);
	}
	return 0;
}

/* Only the memory for data is not cleared, so that untouched pages use none. */
int
input_new(int fd, const char *name, struct input **ret)
{
	ls_auto(input) *input = malloc(sizeof(*input));
	size_t n = 1;

	if (!input)
		return -ENOMEM;
	memset(input, 0, offsetof(struct input, block));
	input->fd = fd;
	sanitize_text(input->path, sizeof(input->path), name, true);
	if (compressed_new(fd, &input->compressed) < 0)
		return -ENOMEM;
	for (; input->file.n < HEAD_SIZE && n > 0; input->file.n += n)
		n = compressed_read(input->compressed, input->file.bytes + input->file.n,
				    HEAD_SIZE - input->file.n);
	input->kind = find_kind(&input->file);
	if (input->kind && open_archive(input) < 0)
		return -ENOMEM;
	*ret = LS_STEAL(&input);
	return 0;
}

int
input_open(const char *path, bool quiet, struct input **ret)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char clean[NAME_MAX_BYTES];
	int r;

	sanitize_text(clean, sizeof(clean), path, true);
	if (fd < 0 && !quiet)
		cli_complain("%s cannot be opened: %s.", clean, strerror(errno));
	if (fd < 0)
		return CLI_USAGE;
	if (isatty(fd)) {
		if (!quiet)
			cli_complain("%s is a terminal; give a capture or a log as a file, or by a "
				     "pipe.",
				     is_stdin ? "standard input" : clean);
		if (!is_stdin)
			close(fd);
		return CLI_USAGE;
	}
	r = input_new(fd, path, ret);
	if (r == 0)
		(*ret)->owns_fd = !is_stdin;
	else if (!is_stdin)
		close(fd);
	return r == 0 ? CLI_FINE : cli_no_memory();
}

void
input_free(struct input *input)
{
	if (!input)
		return;
	if (input->archive)
		input->library->archive_read_free(input->archive);
	compressed_free(input->compressed);
	if (input->owns_fd)
		close(input->fd);
	free(input);
}

/* ---- one file after the other ---- */

/* Ends with an empty file that has a reason. @why NULL: the reason of libarchive. */
static int
end_with(struct input *input, const char *why)
{
	input->has_ended = true;
	if (why)
		stop(input, "%s", why);
	else
		stop_unpacking(input);
	return 1;
}

static void
begin_member(struct input *input, struct archive_entry *entry)
{
	const char *name = input->library->archive_entry_pathname_utf8(entry);
	char clean[NAME_MAX_BYTES];

	input->has_name = input->library->archive_format(input->archive) != ARCHIVE_FORMAT_RAW;
	if (!input->has_name &&
	    input->library->archive_filter_code(input->archive, 0) == ARCHIVE_FILTER_NONE)
		stop(input, "the %s data is damaged at its beginning", input->kind->name);
	if (!input->has_name)
		return;
	name = name ? name : input->library->archive_entry_pathname(entry);
	sanitize_text(clean, sizeof(clean), name ? name : "?", true);
	if ((size_t)snprintf(input->name, sizeof(input->name), "%s/%s", input->path, clean) >=
	    sizeof(input->name))
		stop(input, "its name is too long");
	if (input->library->archive_entry_mtime_is_set(entry))
		input->written = input->library->archive_entry_mtime(entry);
}

static int
next_member(struct input *input)
{
	for (;;) {
		struct archive_entry *entry;
		int r = input->library->archive_read_next_header(input->archive, &entry);

		if (r == ARCHIVE_EOF && input->n_entries == 0)
			return end_with(input, "it holds nothing");
		if (r == ARCHIVE_EOF)
			return 0;
		if (r < ARCHIVE_WARN && r != ARCHIVE_RETRY)
			return end_with(input, NULL);
		if (input->n_entries++ == ARCHIVE_FILES)
			return end_with(input,
					"it holds more than 1000 files, and the rest of them "
					"is not read");
		/* Two: the file itself and one filter. */
		if (input->library->archive_filter_count(input->archive) > 2)
			return end_with(input, "it is compressed more than once");
		if (r == ARCHIVE_RETRY ||
		    input->library->archive_entry_filetype(entry) != AE_IFREG ||
		    input->library->archive_entry_hardlink(entry))
			continue;
		begin_member(input, entry);
		return 1;
	}
}

/* Archives and compressed files within an archive stay packed. */
static void
refuse_packed(struct input *input)
{
	const struct kind *kind = find_kind(&input->head);
	const char *packing = compressed_packing(input->head.bytes, input->head.n);

	if (kind)
		packing = kind->name;
	if (packing)
		stop(input, "it is packed itself, with %s; unpack it first", packing);
}

int
input_next(struct input *input)
{
	size_t n = 1;

	if (input->has_ended)
		return 0;
	input->head.n = input->head.n_taken = 0;
	input->written = 0;
	input->has_name = false;
	memcpy(input->name, input->path, sizeof(input->name));
	if (!input->is_unusable)
		input->why[0] = '\0';
	if (!input->kind || input->is_unusable)
		input->has_ended = true;
	else if (next_member(input) == 0)
		return 0;
	for (; input->head.n < MEMBER_HEAD && n > 0; input->head.n += n)
		n = read_member(input, input->head.bytes + input->head.n,
				MEMBER_HEAD - input->head.n);
	if (input->has_name)
		refuse_packed(input);
	return 1;
}

const char *
input_name(const struct input *input)
{
	return input->name;
}

bool
input_is_archive(const struct input *input)
{
	return input->has_name;
}

bool
input_is_packed(const struct input *input)
{
	return input->kind || compressed_is_packed(input->compressed);
}

int
input_fd(const struct input *input)
{
	return input->fd;
}

/* ---- its bytes ---- */

const uint8_t *
input_head(const struct input *input, size_t *ret_len)
{
	*ret_len = input->head.n;
	return input->head.bytes;
}

size_t
input_read(struct input *input, void *bytes, size_t size)
{
	size_t n = take_head(&input->head, bytes, size);

	return n > 0 ? n : read_member(input, bytes, size);
}

off_t
input_file_begin(const struct input *input)
{
	off_t at = input_is_packed(input) ? -1 : lseek(input->fd, 0, SEEK_CUR);

	return at < 0 ? -1 : at - (off_t)compressed_n_read(input->compressed);
}

/* An error of the compression explains what follows from it, but what came before it is given first. */
const char *
input_why(const struct input *input)
{
	bool given = input->file.n_taken == input->file.n;
	const char *why = given ? compressed_why(input->compressed) : NULL;

	if (why)
		return why;
	return *input->why ? input->why : NULL;
}

uint64_t
input_n_read(const struct input *input)
{
	return compressed_n_read(input->compressed);
}

/* ---- is it a log? ---- */

bool
input_is_binary(const char *bytes, size_t len)
{
	size_t n_odd = 0, n_zero[2] = { 0 };

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		n_odd += c > 0 && c < 0x20 && !strchr("\t\n\v\f\r\033\b", c);
		n_zero[i % 2] += c == 0;
	}
	/* UTF-16 of a text is nothing but zeros at every other place. */
	if ((n_zero[0] == 0 || n_zero[1] == 0) && n_zero[0] + n_zero[1] > len / 3)
		return n_odd > len / 8;
	return n_odd + 2 * (n_zero[0] + n_zero[1]) > len / 8;
}

void
input_log_options(const struct input *input, struct ls_log_text_options *ret)
{
	time_t written = input->written ? input->written : time(NULL);
	struct stat stat;
	struct tm local;

	*ret = (struct ls_log_text_options){ 0 };
	if (!input->written && fstat(input->fd, &stat) == 0 && S_ISREG(stat.st_mode))
		written = stat.st_mtime;
	if (!localtime_r(&written, &local))
		return;
	ret->utc_offset_us = local.tm_gmtoff * (int64_t)LS_SEC;
	ret->year = local.tm_year + 1900;
}
