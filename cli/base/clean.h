#pragma once
/*
 * The last gate before a terminal. linkstatd cleans what devices say; a linkstatd that was taken
 * over does not, so everything it says is cleaned once more.
 */
#include "lib/base/base.h"
#include "lib/wire/wire.h"

/* As ls_text_clean(), but leaves text that is clean already as it is; plain ASCII unless @utf8. */
void clean_text(char *dst, size_t size, const char *src, bool utf8);

/* Every string value in @tree; object keys stay, and so does what lies deeper than any reply. */
int clean_json(json_t *tree, bool utf8); /* 0 or -ENOMEM */
