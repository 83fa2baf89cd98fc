#pragma once
/* FNV-1a, 64 bits: fast and well spread, but not against an adversary. */
#include <string.h>

#include "lib/base/base.h"

#define LS_HASH_START UINT64_C(0xcbf29ce484222325)

/* @hash is LS_HASH_START, another seed, or the result of the bytes before these. */
static inline uint64_t
ls_hash(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static inline uint64_t
ls_hash_text(const char *text)
{
	return ls_hash(LS_HASH_START, text, strlen(text));
}
