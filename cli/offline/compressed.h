#pragma once
/*
 * The bytes of a file, unpacked if it is gzip or xz, from its beginning to its end. Memory is
 * bounded; what needs more than 128 MiB to be unpacked is refused. A packed file that is cut or
 * damaged gives what came before and ends there: compressed_why() says so.
 */
#include "lib/base/base.h"

struct compressed;

/* @fd is borrowed. 0 or -ENOMEM; what cannot be read is an empty file with a reason. */
int compressed_new(int fd, struct compressed **ret);
void compressed_free(struct compressed *compressed); /* NULL is fine */
LS_DEFINE_AUTO(compressed)

/* Up to @size bytes; 0 at the end. */
size_t compressed_read(struct compressed *compressed, void *bytes, size_t size);

/* NULL, or why it ends early; a clause that goes on from "…: ". */
const char *compressed_why(const struct compressed *compressed);
bool compressed_is_packed(const struct compressed *compressed);
/* Bytes of the file as it lies on disk that were read so far. */
uint64_t compressed_n_read(const struct compressed *compressed);

/* What packs a file that begins so, be it unpacked here or not; NULL: nothing known. */
const char *compressed_packing(const uint8_t *bytes, size_t len);
