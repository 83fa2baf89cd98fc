#pragma once
/*
 * The last check before a terminal. linkstatd sanitizes the strings of devices; a compromised
 * linkstatd would not, so all its replies are sanitized again.
 */
#include "lib/base/base.h"
#include "lib/wire/wire.h"

/* As ls_text_clean(), but leaves clean text unchanged; plain ASCII unless @utf8. */
void sanitize_text(char *dst, size_t size, const char *src, bool utf8);

/* Every string value in @tree, but not object keys, nor anything deeper than any reply. */
int sanitize_json(json_t *tree, bool utf8); /* 0 or -ENOMEM */
