#pragma once
/* Tags of web pages and forums, and marks of emphasis, in and around log lines. */
#include "lib/logs/line.h"

/* "<b>", "</span>", "[color=red]" and their like; @separates: words that touch it are two. */
bool ls_log_take_tag(struct ls_cursor *cur, bool *separates);
/* Without the marks of emphasis that writers put into a line: "**", "`" … Returns the length. */
size_t ls_log_unmark(char *dst, struct ls_cursor text);
