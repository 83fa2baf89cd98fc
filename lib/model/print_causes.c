/*
 * A program of the build, not of the library: copies a template to standard output with the table
 * of causes in its place, made from causes.def. print_causes catalog|manual|readme TEMPLATE
 *
 * The place is a line "@CAUSES@"; in README.md, which has to be there without a build, all between
 * the lines "<!-- causes: …" and "<!-- end of causes -->".
 */
#include <stdio.h>
#include <string.h>

#include "lib/model/causes.h"

#define CATALOG_WIDTH 100

/* A paragraph as long as its lines may be. */
static void
print_filled(const char *first, const char *text)
{
	size_t column = (size_t)printf("%s", first);

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > CATALOG_WIDTH) {
			putchar('\n');
			column = 0;
		}
		column += (size_t)printf("%s%.*s", column > 0 ? " " : "", (int)len, text);
		text += len + (text[len] == ' ');
	}
	putchar('\n');
}

static void
print_catalog(const struct ls_cause_row *row)
{
	printf("-- %s\nSubject: %s\nDefined-By: linkstat\nDocumentation: man:linkstat(1)\n\n",
	       row->message_id, row->catalog_title);
	print_filled("", row->catalog_meaning);
	putchar('\n');
	print_filled("What to do first:", row->catalog_next);
	printf("\n    linkstat show @LINKSTAT_INCIDENT@\n\n");
}

static void
print_manual(const struct ls_cause_row *row)
{
	printf(".TP\n.BR ");
	for (const char *at = row->name; *at; at++)
		printf(*at == '-' ? "\\%c" : "%c", *at);
	printf(" \" (%s)\"\n%s\n", row->is_drop ? "a drop" : "not a drop", row->manual);
}

static void
print_readme(const struct ls_cause_row *row)
{
	printf("| `%s` | %s | %s%s|\n", row->name, row->readme_meaning,
	       row->readme_side ? row->readme_side : "", row->readme_side ? " " : "");
}

static const struct {
	const char *name, *begin, *end; /* lines begin with these; no @end: one line */
	bool drops_first;
	void (*print)(const struct ls_cause_row *row);
} formats[] = {
	{ "catalog", "@CAUSES@", NULL, false, print_catalog },
	{ "manual", "@CAUSES@", NULL, true, print_manual },
	{ "readme", "<!-- causes: ", "<!-- end of causes -->", false, print_readme },
};

/* The unknown one is the last of its kind. */
static void
print_rows(size_t format, bool is_drop)
{
	for (int i = 1; i <= LS_N_CAUSES; i++) {
		const struct ls_cause_row *row = ls_cause_row((enum ls_cause)(i % LS_N_CAUSES));

		if (!formats[format].drops_first || row->is_drop == is_drop)
			formats[format].print(row);
	}
}

static void
print_table(size_t format)
{
	if (formats[format].print == print_readme)
		printf("| cause | means | side |\n|---|---|---|\n");
	print_rows(format, true);
	if (formats[format].drops_first)
		print_rows(format, false);
}

static bool
begins(const char *line, const char *with)
{
	return with && strncmp(line, with, strlen(with)) == 0;
}

static int
copy(FILE *file, size_t format)
{
	bool inside = false, done = false;
	char line[4096];

	while (fgets(line, sizeof(line), file)) {
		bool begin = !done && begins(line, formats[format].begin);

		if (begins(line, formats[format].end))
			inside = false;
		if (!inside && (!begin || formats[format].end))
			fputs(line, stdout);
		if (!begin)
			continue;
		print_table(format);
		done = true;
		inside = formats[format].end != NULL;
	}
	return done && !inside ? 0 : 1;
}

int
main(int argc, char **argv)
{
	size_t format = 0;
	FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;
	int r = 2;

	while (argc == 3 && format < LS_COUNT(formats) &&
	       strcmp(formats[format].name, argv[1]) != 0)
		format++;
	if (file && format < LS_COUNT(formats))
		r = copy(file, format);
	if (r != 0 || fflush(stdout) != 0)
		fprintf(stderr, "print_causes: cannot put the table into %s\n",
			argc == 3 ? argv[2] : "nothing");
	if (file)
		fclose(file);
	return r;
}
