#pragma once
/* What the output can show: colour, UTF-8, how many columns. */
#include <stdbool.h>
#include <stdio.h>

struct output_style {
	FILE *out;
	bool terminal;
	bool addressable; /* a terminal with cursor addressing */
	bool colour;
	bool utf8;
	int width;	  /* columns, 0: unlimited */
	const char *dash; /* for "no data" */
};

/* Reads @out, the character set of the locale and the environment: call setlocale() first. */
void output_style_init(struct output_style *style, FILE *out);
