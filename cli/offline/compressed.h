#pragma once
/*
 * The bytes of a file in order, unpacked if it is gzip or xz. Memory is bounded; data that needs
 * more than 128 MiB to be unpacked is refused. A file that is cut or damaged gives what precedes
 * the damage; compressed_why() has the reason.
 */
#include "lib/base/base.h"

struct compressed;

/* @fd is borrowed. 0 or -ENOMEM; a file that cannot be read is empty and has a reason. */
int compressed_new(int fd, struct compressed **ret);
void compressed_free(struct compressed *compressed); /* NULL is fine */
LS_DEFINE_AUTO(compressed)

/* Up to @size bytes; 0 at the end. */
size_t compressed_read(struct compressed *compressed, void *bytes, size_t size);

/* NULL, or why it ends early; a clause that continues "…: ". */
const char *compressed_why(const struct compressed *compressed);
bool compressed_is_packed(const struct compressed *compressed);
/* Bytes of the file as it lies on disk that were read so far. */
uint64_t compressed_n_read(const struct compressed *compressed);

/* The compression of a file that begins so, whether supported here or not; NULL: none known. */
const char *compressed_packing(const uint8_t *bytes, size_t len);
