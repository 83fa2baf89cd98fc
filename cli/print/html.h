#pragma once
/* Pieces of one page of HTML. Nothing that goes in as text can become markup. */
#include <stdio.h>

#include "cli/base/cli.h"

/*
 * Text or the value of an attribute in double quotes. Characters that do not print or change the
 * text direction are escaped ("\u{202e}"), as on a terminal.
 */
void html_text(FILE *out, const char *text);
/* printf, and the result as text. */
void html_format(FILE *out, const char *format, ...) LS_PRINTF(2, 3);

/* <!doctype …> to the opened <main>, with all of the style; @title is text. */
void html_begin(FILE *out, const char *title);
void html_end(FILE *out);

/* Writes @len bytes to @path as a whole or not at all; "-" is standard output. An enum cli_exit. */
int html_write(const struct cli *cli, const char *path, const char *page, size_t len);
