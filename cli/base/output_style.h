#pragma once
/* What the place that output goes to can show: colour, UTF-8, how many columns. */
#include <stdbool.h>
#include <stdio.h>

struct output_style {
	FILE *out;
	bool terminal;
	bool addressable; /* a terminal that can be drawn on anywhere */
	bool colour;
	bool utf8;
	int width;	  /* columns, 0: as wide as it takes */
	const char *dash; /* for "no data" */
};

/* Reads @out, the character set of the locale and the environment: call setlocale() first. */
void output_style_init(struct output_style *style, FILE *out);
