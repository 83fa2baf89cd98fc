/*
 * gzip and xz by their own libraries, not by libarchive: of a file that was cut, libarchive 3.6 drops the
 * block that it was unpacking, of a log of 109 kB that lost its last byte 43 kB; here none. Nor does it check
 * the CRC of gzip, and it lets xz use 1 GiB of memory.
 */
#include "cli/offline/compressed.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lzma.h>
#include <zlib.h>

#define INPUT_SIZE ((size_t)64 * 1024)
#define MAGIC_MAX  5
#define GZIP_ONLY  (15 + 16) /* the largest window, and no other format */
#define WHY_MAX	   160
#define XZ_MEMORY  (UINT64_C(128) << 20) /* as much as zstd uses */

struct compressed;

/* Unpacks up to @size bytes. 0: the end, with a reason in .why if it came too early. */
typedef size_t (*unpack_fn)(struct compressed *compressed, uint8_t *out, size_t size);

struct packing {
	const char *name, *magic;
	size_t len_magic;
	unpack_fn unpack;
};

struct compressed {
	int fd;
	const struct packing *packing;
	uint64_t n_read, n_unpacked;
	size_t n_input, n_input_taken;
	bool is_within; /* a gzip member */
	bool has_ended;
	char why[WHY_MAX];
	z_stream gzip;
	lzma_stream xz;
	bool has_xz;
	uint8_t input[INPUT_SIZE];
};

static void LS_PRINTF(2, 3) stop(struct compressed *compressed, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(compressed->why, sizeof(compressed->why), format, args);
	va_end(args);
	compressed->has_ended = true;
}

static size_t
read_file(struct compressed *compressed, void *bytes, size_t size)
{
	ssize_t n;

	do
		n = read(compressed->fd, bytes, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		stop(compressed, "it cannot be read: %s", strerror(errno));
	if (n <= 0)
		return 0;
	compressed->n_read += (size_t)n;
	return (size_t)n;
}

/* Is there input? */
static bool
refill(struct compressed *compressed)
{
	if (compressed->n_input_taken == compressed->n_input) {
		compressed->n_input_taken = 0;
		compressed->n_input = read_file(compressed, compressed->input, INPUT_SIZE);
	}
	return compressed->n_input > 0;
}

static size_t
unpack_none(struct compressed *compressed, uint8_t *out, size_t size)
{
	size_t n = compressed->n_input - compressed->n_input_taken;

	if (n == 0)
		return read_file(compressed, out, size);
	n = n < size ? n : size;
	memcpy(out, compressed->input + compressed->n_input_taken, n);
	compressed->n_input_taken += n;
	return n;
}

/* One call of zlib; a file may hold several members, and junk behind the last one. */
static void
inflate_some(struct compressed *compressed)
{
	z_stream *gzip = &compressed->gzip;
	size_t n_left = compressed->n_input - compressed->n_input_taken;
	int r;

	gzip->next_in = compressed->input + compressed->n_input_taken;
	gzip->avail_in = (unsigned int)n_left;
	r = inflate(gzip, Z_NO_FLUSH);
	compressed->n_input_taken += n_left - gzip->avail_in;
	if (r == Z_STREAM_END) {
		compressed->is_within = false;
		inflateReset(gzip);
	} else if (r == Z_OK) {
		compressed->is_within = true;
	} else if (compressed->is_within || compressed->n_unpacked == 0) {
		stop(compressed, "the gzip data is damaged%s%s", gzip->msg ? ": " : "",
		     gzip->msg ? gzip->msg : "");
	} else {
		compressed->has_ended = true;
	}
}

static size_t
unpack_gzip(struct compressed *compressed, uint8_t *out, size_t size)
{
	z_stream *gzip = &compressed->gzip;

	gzip->next_out = out;
	gzip->avail_out = (unsigned int)size;
	while (gzip->avail_out == size && !compressed->has_ended) {
		if (refill(compressed)) {
			inflate_some(compressed);
		} else {
			if (compressed->is_within && !*compressed->why)
				stop(compressed, "the gzip data is cut off");
			compressed->has_ended = true;
		}
	}
	return size - gzip->avail_out;
}

static const char *
xz_reason(lzma_ret r)
{
	switch (r) {
	case LZMA_MEMLIMIT_ERROR:
		return "needs more than 128 MiB of memory";
	case LZMA_MEM_ERROR:
		return "needs more memory than there is";
	case LZMA_OPTIONS_ERROR:
		return "uses options that are not known";
	default:
		return "is damaged";
	}
}

/* Several streams may follow each other, with zeros between them; anything else ends the data. */
static size_t
unpack_xz(struct compressed *compressed, uint8_t *out, size_t size)
{
	lzma_stream *xz = &compressed->xz;

	if (!compressed->has_xz) {
		if (lzma_stream_decoder(xz, XZ_MEMORY, LZMA_CONCATENATED) != LZMA_OK) {
			stop(compressed, "the xz data needs more memory than there is");
			return 0;
		}
		compressed->has_xz = true;
	}
	xz->next_out = out;
	xz->avail_out = size;
	while (xz->avail_out == size && !compressed->has_ended) {
		bool any = refill(compressed);
		lzma_ret r;

		xz->next_in = compressed->input + compressed->n_input_taken;
		xz->avail_in = any ? compressed->n_input - compressed->n_input_taken : 0;
		r = lzma_code(xz, any ? LZMA_RUN : LZMA_FINISH);
		compressed->n_input_taken = compressed->n_input - xz->avail_in;
		if (r == LZMA_STREAM_END)
			compressed->has_ended = true;
		else if (r == LZMA_BUF_ERROR && !any)
			stop(compressed, "the xz data is cut off");
		else if (r != LZMA_OK && r != LZMA_BUF_ERROR)
			stop(compressed, "the xz data %s", xz_reason(r));
	}
	return size - xz->avail_out;
}

static size_t
refuse(struct compressed *compressed, uint8_t *out, size_t size)
{
	(void)out;
	(void)size;
	stop(compressed,
	     "it is packed with %s, only gzip, xz, zstd, bzip2, zip and tar are unpacked",
	     compressed->packing->name);
	return 0;
}

static const struct packing packings[] = {
	{ "gzip", "\x1f\x8b", 2, unpack_gzip },
	{ "xz", "\xfd\x37zXZ", 5, unpack_xz },
	{ "lz4", "\x04\x22\x4d\x18", 4, refuse },
	{ "", "", 0, unpack_none }, /* matches everything */
};

static const struct packing *
find_packing(const uint8_t *bytes, size_t len)
{
	const struct packing *packing = packings;

	while (len < packing->len_magic || memcmp(bytes, packing->magic, packing->len_magic) != 0)
		packing++;
	return packing;
}

const char *
compressed_packing(const uint8_t *bytes, size_t len)
{
	const struct packing *packing = find_packing(bytes, len);

	return packing->len_magic ? packing->name : NULL;
}

/* A pipe may give a few bytes at a time. */
static void
recognise(struct compressed *compressed)
{
	size_t n = 1;

	for (; compressed->n_input < MAGIC_MAX && n > 0; compressed->n_input += n)
		n = read_file(compressed, compressed->input + compressed->n_input,
			      INPUT_SIZE - compressed->n_input);
	compressed->packing = find_packing(compressed->input, compressed->n_input);
}

int
compressed_new(int fd, struct compressed **ret)
{
	ls_auto(compressed) *compressed = malloc(sizeof(*compressed));

	if (!compressed)
		return -ENOMEM;
	memset(compressed, 0,
	       offsetof(struct compressed, input)); /* untouched pages use no memory */
	compressed->fd = fd;
	if (inflateInit2(&compressed->gzip, GZIP_ONLY) != Z_OK)
		return -ENOMEM;
	recognise(compressed);
	*ret = LS_STEAL(&compressed);
	return 0;
}

void
compressed_free(struct compressed *compressed)
{
	if (!compressed)
		return;
	inflateEnd(&compressed->gzip);
	if (compressed->has_xz)
		lzma_end(&compressed->xz);
	free(compressed);
}

size_t
compressed_read(struct compressed *compressed, void *bytes, size_t size)
{
	size_t n;

	if (compressed->has_ended)
		return 0;
	n = compressed->packing->unpack(compressed, bytes, size);
	compressed->n_unpacked += n;
	return n;
}

const char *
compressed_why(const struct compressed *compressed)
{
	return *compressed->why ? compressed->why : NULL;
}

uint64_t
compressed_n_read(const struct compressed *compressed)
{
	return compressed->n_read;
}

bool
compressed_is_packed(const struct compressed *compressed)
{
	return *compressed->packing->name;
}
