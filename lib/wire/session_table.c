#include "lib/wire/session_table.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include <csv.h>

#include "lib/wire/session_json.h"
#include "lib/base/text.h"

#define LINE_MAX_BYTES (64u << 10) /* also of a row of several lines */
#define COLUMNS_MAX    256
#define COLUMN_IGNORED (-1)

enum form {
	FORM_UNKNOWN,
	FORM_CSV,
	FORM_JSON,
};

struct ls_session_table {
	ls_session_row_fn on_row;
	void *user;
	enum form form;
	struct ls_session_counts counts;
	int error; /* the first one; nothing is read after it */
	char why[LS_SESSION_WHY_MAX], ignored[LS_SESSION_WHY_MAX];

	char text[LINE_MAX_BYTES]; /* the line that is not complete yet */
	size_t text_len;
	uint64_t n_lines, row_line; /* row_line: where the row began */

	struct csv_parser csv;
	bool has_header, row_is_open;
	size_t row_bytes;
	int columns[COLUMNS_MAX]; /* an enum ls_session_column or COLUMN_IGNORED */
	size_t n_columns, n_fields;
	struct ls_session_row row;
};

int
ls_session_table_new(ls_session_row_fn on_row, void *user, struct ls_session_table **ret)
{
	struct ls_session_table *table = calloc(1, sizeof(*table));

	if (!table)
		return -ENOMEM;
	if (csv_init(&table->csv, CSV_STRICT) != 0) {
		free(table);
		return -ENOMEM;
	}
	table->on_row = on_row;
	table->user = user;
	*ret = table;
	return 0;
}

void
ls_session_table_free(struct ls_session_table *table)
{
	if (!table)
		return;
	csv_free(&table->csv);
	free(table);
}

const char *
ls_session_table_why(const struct ls_session_table *table)
{
	return table->why;
}

uint64_t
ls_session_table_line(const struct ls_session_table *table)
{
	return table->row_line;
}

const char *
ls_session_table_ignored(const struct ls_session_table *table)
{
	return table->ignored;
}

struct ls_session_counts
ls_session_table_counts(const struct ls_session_table *table)
{
	return table->counts;
}

static int
refuse(struct ls_session_table *table, const char *why)
{
	ls_text_copy(table->why, sizeof(table->why), why);
	return -EBADMSG;
}

static void
count(struct ls_session_table *table, int delivered)
{
	if (delivered > 0)
		table->counts.n_rows++;
	else if (delivered == 0 && table->row.has_anything)
		table->counts.n_left_out++;
}

/* ---- CSV ------------------------------------------------------------------------------------ */

static int
find_column(const char *name, size_t len)
{
	for (int i = 0; i < LS_SESSION_N_COLUMNS; i++)
		if (strlen(ls_session_columns[i]) == len &&
		    strncasecmp(ls_session_columns[i], name, len) == 0)
			return i;
	return COLUMN_IGNORED;
}

static void
note_ignored(struct ls_session_table *table, const char *name, size_t len)
{
	char shown[48];

	ls_text_clean(shown, sizeof(shown), name, len);
	if (len > 0)
		ls_text_append(table->ignored, sizeof(table->ignored), "%s\"%s\"",
			       table->ignored[0] ? ", " : "", shown);
}

static int
read_heading(struct ls_session_table *table, const char *name, size_t len)
{
	int column;

	while (len > 0 && isblank((unsigned char)name[len - 1]))
		len--;
	while (len > 0 && isblank((unsigned char)*name))
		name++, len--;
	if (table->n_fields == COLUMNS_MAX)
		return refuse(table, "the first row names more than 256 columns");
	column = find_column(name, len);
	if (column == COLUMN_IGNORED)
		note_ignored(table, name, len);
	for (size_t i = 0; i < table->n_fields; i++) {
		if (column == COLUMN_IGNORED || table->columns[i] != column)
			continue;
		ls_text_format(table->why, sizeof(table->why), "the column %s is there twice",
			       ls_session_columns[column]);
		return -EBADMSG;
	}
	table->columns[table->n_fields] = column;
	return 0;
}

static bool
has_column(const struct ls_session_table *table, enum ls_session_column column)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (table->columns[i] == (int)column)
			return true;
	return false;
}

static int
check_header(struct ls_session_table *table)
{
	static const enum ls_session_column needed[] = { LS_SESSION_HOURS, LS_SESSION_DROPS };

	table->has_header = true;
	table->n_columns = table->n_fields;
	if (table->n_columns == 1 && strchr(table->ignored, ';'))
		return refuse(table, "the columns are separated by \";\": write \",\" (in a "
				     "spreadsheet: save as CSV with commas, and numbers with a "
				     "decimal point)");
	for (size_t i = 0; i < LS_COUNT(needed); i++) {
		if (has_column(table, needed[i]))
			continue;
		ls_text_format(table->why, sizeof(table->why),
			       "the first row must name the columns, and %s is not among them: "
			       "start,host,controller,port,hubs,cable,device,connected_hours,drops",
			       ls_session_columns[needed[i]]);
		return -EBADMSG;
	}
	return 0;
}

static int
read_field(struct ls_session_table *table, const char *text, size_t len)
{
	size_t i = table->n_fields;

	if (!table->has_header)
		return read_heading(table, text, len);
	if (i == 0)
		ls_session_row_clear(&table->row);
	if (len > 0 && *text == '\'' && ls_session_is_formula(text, len)) {
		text++;
		len--;
	}
	if (i < table->n_columns && table->columns[i] != COLUMN_IGNORED)
		return ls_session_row_text(&table->row, (enum ls_session_column)table->columns[i],
					   ls_cursor_of(text, len), table->why);
	if (i >= table->n_columns && len > 0) {
		ls_text_format(table->why, sizeof(table->why),
			       "there are more values than the first row names columns (%zu): "
			       "numbers want a decimal point and no comma, text with a comma wants "
			       "quotes",
			       table->n_columns);
		return -EBADMSG;
	}
	return 0;
}

static void
on_csv_field(void *text, size_t len, void *user)
{
	struct ls_session_table *table = user;

	if (table->error == 0)
		table->error = read_field(table, text ? text : "", len);
	table->n_fields++;
}

static int
end_row(struct ls_session_table *table)
{
	int r;

	if (!table->has_header)
		return check_header(table);
	if (table->n_fields < table->n_columns && table->row.has_anything) {
		ls_text_format(table->why, sizeof(table->why),
			       "there are %zu values, but the first row names %zu columns: leave a "
			       "field empty where something is unknown",
			       table->n_fields, table->n_columns);
		return -EBADMSG;
	}
	r = ls_session_row_deliver(&table->row, table->on_row, table->user, table->why);
	count(table, r);
	return r < 0 ? r : 0;
}

static void
on_csv_row(int terminator, void *user)
{
	struct ls_session_table *table = user;

	(void)terminator;
	if (table->error == 0)
		table->error = end_row(table);
	table->n_fields = 0;
	table->row_is_open = false;
}

static int
refuse_csv(struct ls_session_table *table)
{
	if (csv_error(&table->csv) == CSV_ENOMEM)
		return -ENOMEM;
	return refuse(table, "a quote (\") stands within a value or after it: put all of the value "
			     "in quotes and write those within twice, as in \"5\"\" cable\"");
}

static int
read_csv(struct ls_session_table *table, const char *line, size_t len)
{
	if (!table->row_is_open)
		table->row_bytes = 0;
	table->row_is_open = true;
	table->row_bytes += len;
	if (table->row_bytes > LINE_MAX_BYTES)
		return refuse(table, "a row is longer than 64 KiB: is the quote (\") that opens a "
				     "value closed?");
	if (csv_parse(&table->csv, line, len, on_csv_field, on_csv_row, table) < len)
		return table->error ? table->error : refuse_csv(table);
	return table->error;
}

/* ---- JSON lines ----------------------------------------------------------------------------- */

static int
read_json(struct ls_session_table *table, const char *line, size_t len)
{
	json_error_t error;
	ls_json_auto json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	char reason[JSON_ERROR_TEXT_LENGTH];
	int r;

	if (!object) {
		ls_text_clean(reason, sizeof(reason), error.text, strlen(error.text));
		ls_text_format(table->why, sizeof(table->why),
			       "this is no JSON (%s); one object a line is allowed", reason);
		return -EBADMSG;
	}
	ls_session_row_clear(&table->row);
	r = ls_session_row_json(&table->row, object, table->why);
	if (r == 0)
		r = ls_session_row_deliver(&table->row, table->on_row, table->user, table->why);
	count(table, r);
	return r < 0 ? r : 0;
}

/* ---- lines ---------------------------------------------------------------------------------- */

static bool
is_blank_or_comment(const char *line, size_t len)
{
	size_t i = 0;

	while (i < len && (isblank((unsigned char)line[i]) || line[i] == '\r' || line[i] == '\n'))
		i++;
	return i == len || line[i] == '#';
}

/* Skips a byte order mark of UTF-8. */
static int
take_mark(struct ls_session_table *table, const char **line, size_t *len)
{
	if (*len >= 3 && memcmp(*line, "\xef\xbb\xbf", 3) == 0) {
		*line += 3;
		*len -= 3;
	} else if (*len >= 2 &&
		   (memcmp(*line, "\xff\xfe", 2) == 0 || memcmp(*line, "\xfe\xff", 2) == 0)) {
		return refuse(table, "this is UTF-16: save it as CSV in UTF-8");
	}
	return 0;
}

/* @line with its end. */
static int
read_line(struct ls_session_table *table, const char *line, size_t len)
{
	int r = 0;

	if (table->n_lines++ == 0)
		r = take_mark(table, &line, &len);
	if (!table->row_is_open)
		table->row_line = table->n_lines;
	if (r < 0 || (!table->row_is_open && is_blank_or_comment(line, len)))
		return r;
	if (table->form == FORM_UNKNOWN)
		table->form = line[strspn(line, " \t")] == '{' ? FORM_JSON : FORM_CSV;
	return table->form == FORM_JSON ? read_json(table, line, len) : read_csv(table, line, len);
}

static int
end_line(struct ls_session_table *table)
{
	size_t len = table->text_len;

	table->text_len = 0;
	if (len == 0 || table->error < 0)
		return table->error;
	table->error = read_line(table, table->text, len);
	return table->error;
}

int
ls_session_table_feed(struct ls_session_table *table, const char *data, size_t len)
{
	for (size_t i = 0; i < len && table->error == 0; i++) {
		if (table->text_len == sizeof(table->text) - 1) {
			table->row_line = table->n_lines + 1;
			table->error = refuse(table, "a line is longer than 64 KiB: this is no "
						     "table of sessions");
			break;
		}
		table->text[table->text_len++] = data[i];
		if (data[i] == '\n')
			end_line(table);
	}
	return table->error;
}

int
ls_session_table_end(struct ls_session_table *table)
{
	if (table->text_len > 0)
		ls_session_table_feed(table, "\n", 1);
	if (table->error == 0 && table->row_is_open)
		table->error = refuse(table, "the quote (\") that opens a value is not closed");
	return table->error;
}
