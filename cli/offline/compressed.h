#pragma once
/*
 * The bytes of a file, unpacked if it is gzip, xz or zstd, as a stream that cannot seek. Memory is
 * bounded; what needs more than 128 MiB to be unpacked is refused. A packed file that is cut or
 * damaged gives what came before and ends there: compressed_why() says so.
 */
#include <stdio.h>

#include "lib/base/base.h"

struct compressed;

/* @fd is borrowed. 0 or -ENOMEM; what cannot be read is an empty file with a reason. */
int compressed_new(int fd, struct compressed **ret);
void compressed_free(struct compressed *compressed); /* NULL is fine; its stream goes first */
LS_DEFINE_AUTO(compressed)

/* How it begins when unpacked; fewer than 4 bytes mean that there are no more. */
const uint8_t *compressed_head(const struct compressed *compressed, size_t *ret_len);

/* All of it from the beginning, for one reader who closes it; ftello() works. NULL: no memory. */
FILE *compressed_stream(struct compressed *compressed);

/* The same without a stream: up to @size bytes; 0 at the end. */
size_t compressed_read(struct compressed *compressed, void *bytes, size_t size);

/* NULL, or why the stream ends before its time; a clause that goes on from "…: ". */
const char *compressed_why(const struct compressed *compressed);
bool compressed_is_packed(const struct compressed *compressed);
/* Bytes of the file as it lies on disk that were read so far. */
uint64_t compressed_n_read(const struct compressed *compressed);
