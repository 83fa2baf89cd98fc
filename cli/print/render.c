#include "cli/print/render.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#define WIDTH_SENTENCE 100 /* longer lines are hard to read, however wide the terminal */
#define SENTENCE_MAX   4096

static const char *const tones[] = {
	[TONE_PLAIN] = "",	  [TONE_STRONG] = "\033[1m", [TONE_DIM] = "\033[2m",
	[TONE_GOOD] = "\033[32m", [TONE_WARN] = "\033[33m",  [TONE_BAD] = "\033[1;31m",
};

struct table {
	const struct output_style *style;
	struct libscols_table *columns;
	bool failed;
};

/* Columns that @len bytes take: a character each, which is near enough to wrap at. */
static int
columns_of(const char *text, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* A percent sign stays with its number. */
static size_t
word_length(const char *word)
{
	size_t len = strcspn(word, " ");

	if (word[len] == ' ' && word[len + 1] == '%')
		len += 1 + strcspn(word + len + 1, " ");
	return len;
}

/* Blanks stay as they are within a line; words that do not fit go to the next. */
static void
put_wrapped(FILE *out, const char *text, int width, int indent)
{
	bool line_is_empty = true;
	int column = 0;

	while (*text) {
		int blanks = (int)strspn(text, " ");
		size_t len = word_length(text + blanks);
		int n = columns_of(text + blanks, len);

		if (width > 0 && !line_is_empty && column + blanks + n > width) {
			fputc('\n', out);
			column = 0;
			blanks = indent;
		}
		fprintf(out, "%*s%.*s", blanks, "", (int)len, text + strspn(text, " "));
		column += blanks + n;
		line_is_empty = line_is_empty && n == 0;
		text += strspn(text, " ") + len;
	}
}

void
render_sentence(const struct output_style *style, enum tone tone, int indent, const char *format,
		...)
{
	char text[SENTENCE_MAX];
	bool painted = style->colour && tone != TONE_PLAIN;
	int width = style->width > WIDTH_SENTENCE ? WIDTH_SENTENCE : style->width;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len >= SENTENCE_MAX) /* cut: not within a character */
		for (len = SENTENCE_MAX - 1; len > 0 && (unsigned char)text[len - 1] >= 0x80; len--)
			text[len - 1] = '\0';

	if (painted)
		fputs(tones[tone], style->out);
	put_wrapped(style->out, text, width, indent);
	fputs(painted ? "\033[0m\n" : "\n", style->out);
}

/* Two columns wide, as the gap below a last child, which smartcols does not let us choose. */
static int
set_branches(struct libscols_table *columns, bool utf8)
{
	struct libscols_symbols *symbols = scols_new_symbols();
	int r;

	if (!symbols)
		return -ENOMEM;
	r = scols_symbols_set_branch(symbols, utf8 ? "├─" : "|-");
	if (r == 0)
		r = scols_symbols_set_vertical(symbols, utf8 ? "│ " : "| ");
	if (r == 0)
		r = scols_symbols_set_right(symbols, utf8 ? "└─" : "`-");
	if (r == 0)
		r = scols_table_set_symbols(columns, symbols);
	scols_unref_symbols(symbols);
	return r;
}

static int
add_column(struct libscols_table *columns, const struct table_column *column)
{
	int flags = 0;

	if (column->flags & TABLE_RIGHT)
		flags |= SCOLS_FL_RIGHT;
	if (column->flags & TABLE_TREE)
		flags |= SCOLS_FL_TREE;
	if (column->flags & TABLE_CUT)
		flags |= SCOLS_FL_TRUNC;
	return scols_table_new_column(columns, column->heading, 0, flags) ? 0 : -ENOMEM;
}

int
table_new(const struct output_style *style, const struct table_column *columns, size_t n_columns,
	  struct table **ret)
{
	ls_auto(table) *table = calloc(1, sizeof(*table));
	int r;

	if (!table)
		return -ENOMEM;
	table->style = style;
	table->columns = scols_new_table();
	if (!table->columns)
		return -ENOMEM;
	r = scols_table_set_column_separator(table->columns, "  ");
	if (r == 0)
		r = set_branches(table->columns, style->utf8);
	for (size_t i = 0; r == 0 && i < n_columns; i++)
		r = add_column(table->columns, &columns[i]);
	if (r != 0)
		return -ENOMEM;

	scols_table_enable_noencoding(table->columns, 1); /* it is clean: see cli/base/sanitize.h */
	scols_table_enable_colors(table->columns, style->colour);
	scols_table_set_termforce(table->columns,
				  style->terminal ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (style->terminal)
		scols_table_set_termwidth(table->columns, (size_t)style->width);
	*ret = LS_STEAL(&table);
	return 0;
}

void
table_free(struct table *table)
{
	struct libscols_line *row;
	struct libscols_iter *rows;

	if (!table)
		return;
	rows = table->columns ? scols_new_iter(SCOLS_ITER_FORWARD) : NULL;
	while (rows && scols_table_next_line(table->columns, rows, &row) == 0)
		free(scols_line_get_userdata(row));
	scols_free_iter(rows);
	scols_unref_table(table->columns);
	free(table);
}

struct libscols_line *
table_row(struct table *table, struct libscols_line *parent)
{
	struct libscols_line *row = scols_table_new_line(table->columns, parent);

	if (!row)
		table->failed = true;
	return row;
}

/* smartcols 2.38 never ends with text that the locale cannot read. */
static int
set_readable(struct libscols_line *row, size_t column, const char *text)
{
	char *readable;
	int r;

	if (mbstowcs(NULL, text, 0) != (size_t)-1)
		return scols_line_set_data(row, column, text);
	readable = strdup(text);
	if (!readable)
		return -ENOMEM;
	for (char *p = readable; *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	r = scols_line_set_data(row, column, readable);
	free(readable);
	return r;
}

void
table_cell(struct table *table, struct libscols_line *row, size_t column, enum tone tone,
	   const char *text)
{
	if (!row || set_readable(row, column, text) != 0) {
		table->failed = true;
		return;
	}
	if (tone != TONE_PLAIN && *text &&
	    scols_cell_set_color(scols_line_get_cell(row, column), tones[tone]) != 0)
		table->failed = true;
}

void
table_number(struct table *table, struct libscols_line *row, size_t column, int64_t n,
	     enum tone tone)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	table_cell(table, row, column, n > 0 ? tone : TONE_PLAIN, text);
}

void
table_title(struct table *table, struct libscols_line *row, const char *text)
{
	char *copy = row ? strdup(text) : NULL;

	if (!copy || scols_line_set_userdata(row, copy) != 0) {
		free(copy);
		table->failed = true;
	}
}

static void
put_title(const struct output_style *style, const char *title)
{
	fprintf(style->out, "%s%s%s\n", style->colour ? tones[TONE_STRONG] : "", title,
		style->colour ? "\033[0m" : "");
}

/* smartcols has no row that spans all columns: titles take the place of printed, empty rows. */
static void
put_lines(struct table *table, struct libscols_iter *rows, char *printed)
{
	struct libscols_line *row;
	bool heading = true;
	char *line;

	while ((line = strsep(&printed, "\n")) != NULL) {
		const char *title = NULL;
		size_t len = strlen(line);

		if (!heading && scols_table_next_line(table->columns, rows, &row) == 0)
			title = scols_line_get_userdata(row);
		while (len > 0 && line[len - 1] == ' ')
			line[--len] = '\0';
		if (title)
			put_title(table->style, title);
		else if (len > 0)
			fprintf(table->style->out, "%s\n", line);
		heading = false;
	}
}

int
table_print(struct table *table)
{
	struct libscols_iter *rows;
	char *printed = NULL;
	int r;

	if (table->failed)
		return -ENOMEM;
	if (scols_table_is_empty(table->columns))
		return 0;
	r = scols_print_table_to_string(table->columns, &printed);
	rows = r == 0 ? scols_new_iter(SCOLS_ITER_FORWARD) : NULL;
	if (rows)
		put_lines(table, rows, printed);
	scols_free_iter(rows);
	free(printed);
	return rows ? 0 : -ENOMEM;
}
