#pragma once
/*
 * A file given by the user: plain, compressed with gzip, xz, zstd or bzip2, or an archive (zip,
 * tar), each regular member of which is a file of its own. Nothing in it is trusted: memory, the
 * number of members and their unpacked size are limited, compressed members stay packed, and names
 * pass the text gate. Data ends where it is damaged or cut, and input_why() has the reason.
 */
#include <sys/types.h>

#include "lib/logs/text.h"

struct input;

/*
 * @path "-" is standard input. An enum cli_exit: what cannot be opened is reported on stderr,
 * unless @quiet.
 */
int input_open(const char *path, bool quiet, struct input **ret);
/* The same of @fd, which is borrowed. 0 or -ENOMEM. */
int input_new(int fd, const char *name, struct input **ret);
void input_free(struct input *input); /* NULL is fine */
LS_DEFINE_AUTO(input)

/*
 * Goes to the first, then to the next file, which invalidates the one before. 1; 0: no more. A file
 * that cannot be read is empty and has a reason.
 */
int input_next(struct input *input);
/* "FILE", or "FILE/MEMBER" of an archive; clean, until input_next(). */
const char *input_name(const struct input *input);
bool input_is_archive(const struct input *input);
bool input_is_packed(const struct input *input); /* compressed, or in an archive */
int input_fd(const struct input *input);
/* Where it begins in input_fd(); -1: it is packed, or comes through a pipe. */
off_t input_file_begin(const struct input *input);

/* The first bytes of the file; fewer than 4 only if it is shorter. */
const uint8_t *input_head(const struct input *input, size_t *ret_len);
/* All of it from the beginning: up to @size bytes; 0 at the end. */
size_t input_read(struct input *input, void *bytes, size_t size);
/* NULL, or why the file ends early; a clause that continues "…: "; clean. */
const char *input_why(const struct input *input);
/* Bytes of the file as it lies on disk that were read so far. */
uint64_t input_n_read(const struct input *input);

/* Text may hold some bytes of anything, but not many. */
bool input_is_binary(const char *bytes, size_t len);
/* Local times without a zone or a year are those of this computer when the file was written. */
void input_log_options(const struct input *input, struct ls_log_text_options *ret);
