#include "lib/families/ini.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/base/text.h"
#include "lib/families/keys.h"
#include "lib/families/section.h"

/* The library cuts a line or a heading that is longer than its buffers; here that is an error. */
#define LINE_MAX_BYTES	  190
#define HEADING_MAX_BYTES 48

struct reading {
	struct ls_families *families;
	const char *file;
	struct ls_cursor rest;
	unsigned int line;
	unsigned int heading_line; /* of a heading that no key followed yet, or 0 */
	struct family_list list;   /* what was read */
	struct family_section *open;
	int error; /* the first one; nothing is read after it */
	char *why; /* LS_TEXT_MAX */
};

/* -EINVAL gets file and line and is kept; "why" says what is wrong. */
static int
stop(struct reading *reading, unsigned int line, int error, const char *why)
{
	char file[80];

	if (reading->error)
		return reading->error;
	reading->error = error;
	ls_text_clean(file, sizeof(file), reading->file, strlen(reading->file));
	ls_text_format(reading->why, LS_TEXT_MAX, "%s:%u: %s", file, line, why);
	return error;
}

/* ---- lines ------------------------------------------------------------------------------- */

static void
on_heading(struct reading *reading, const struct ls_cursor *line)
{
	if (line && !memchr(line->at, ']', ls_cursor_left(line)))
		(void)stop(reading, reading->line, -EINVAL, "this heading lacks its ]");
	if (reading->heading_line)
		(void)stop(reading, reading->heading_line, -EINVAL,
			   "this section is empty; say something in it or remove it");
	reading->heading_line = reading->line;
}

/*
 * fgets() for the library. It counts lines, because the library passes none to its callback, and
 * drops leading blanks, so that no value continues in the next line unnoticed.
 */
static char *
read_line(char *buffer, int size, void *user)
{
	struct reading *reading = user;
	struct ls_cursor line;
	size_t len;

	if (reading->error || !ls_cursor_left(&reading->rest))
		return NULL;
	if (reading->line++ == 0)
		(void)ls_take_literal(&reading->rest, "\xef\xbb\xbf"); /* some editors' mark */
	line = ls_take_until(&reading->rest, '\n');
	(void)ls_take_char(&reading->rest, '\n');
	while (ls_take_spaces(&line) || ls_take_char(&line, '\t'))
		;
	len = ls_cursor_left(&line);
	if (len > LINE_MAX_BYTES || len + 2 > (size_t)size)
		(void)stop(reading, reading->line, -EINVAL,
			   "this line is too long; 190 bytes are allowed, and a rule may say a key "
			   "more than once");
	else if (len && memchr(line.at, '\0', len))
		(void)stop(reading, reading->line, -EINVAL, "there is a zero byte in this line");
	if (reading->error)
		return NULL;
	if (len && line.at[0] == '[')
		on_heading(reading, &line);
	if (len)
		memcpy(buffer, line.at, len);
	buffer[len] = '\n';
	buffer[len + 1] = '\0';
	return reading->error ? NULL : buffer;
}

/* ---- sections ---------------------------------------------------------------------------- */

static int
close_section(struct reading *reading)
{
	struct family_section *section = reading->open;
	char why[LS_TEXT_MAX];

	reading->open = NULL;
	if (!section || family_keys_complete(section, why) > 0)
		return 1;
	return stop(reading, section->line, -EINVAL, why);
}

static int
open_section(struct reading *reading, const char *heading)
{
	struct family_section *section = calloc(1, sizeof(*section));
	const struct family_section *twin;
	char why[LS_TEXT_MAX] = "";
	int r = section ? 1 : -ENOMEM;

	if (r > 0 && strlen(heading) > HEADING_MAX_BYTES) {
		ls_text_format(why, sizeof(why), "this heading is too long; %d bytes are allowed",
			       HEADING_MAX_BYTES);
		r = -EINVAL;
	}
	if (r > 0)
		r = family_heading_parse(heading, section, why);
	twin = r > 0 ? family_list_find(&reading->list, section->key) : NULL;
	if (twin) {
		ls_text_format(why, sizeof(why), "[%s] is in line %u already", section->key,
			       twin->line);
		r = -EINVAL;
	}
	if (r > 0) {
		section->line = reading->heading_line;
		section->layer = reading->families->n_layers;
		r = family_list_add(&reading->list, section);
	}
	if (r < 0) {
		family_section_free(section);
		return stop(reading, reading->heading_line, r, why);
	}
	reading->open = section;
	reading->heading_line = 0;
	return 1;
}

/* The library's callback: 1 is fine. */
static int
on_key(void *user, const char *heading, const char *name, const char *value)
{
	struct reading *reading = user;
	char why[LS_TEXT_MAX] = "";
	int r = 1;

	if (reading->error)
		return 0;
	if (reading->heading_line) {
		r = close_section(reading);
		if (r > 0)
			r = open_section(reading, heading);
	} else if (!reading->open) {
		r = stop(reading, reading->line, -EINVAL,
			 "this belongs to no section; a [FAMILY MODE] must come before it");
	}
	if (r < 0)
		return 0;
	r = family_key_set(reading->open, name, value ? value : "", why);
	return r > 0 || stop(reading, reading->line, r, why) == 0;
}

/* ---- the whole --------------------------------------------------------------------------- */

static struct family_section *
find_mode(const struct reading *reading, const char *family, const char *name)
{
	char key[HEADING_MAX_BYTES + 2];
	struct family_section *found;

	ls_text_format(key, sizeof(key), "%s %s", family, name);
	found = family_list_find(&reading->list, key);
	if (!found)
		found = family_list_find(&reading->families->list, key);
	return found;
}

static int
check_name(struct reading *reading, const struct family_section *section, const char *name)
{
	char why[LS_TEXT_MAX];

	if (!name || find_mode(reading, section->family, name))
		return 1;
	ls_text_format(why, sizeof(why), "there is no mode \"%s\" in the family \"%s\"", name,
		       section->family);
	return stop(reading, section->line, -EINVAL, why);
}

static int
check_names(struct reading *reading)
{
	int r = 1;

	for (size_t i = 0; i < reading->list.n && r > 0; i++) {
		const struct family_section *section = reading->list.sections[i];

		if (section->kind == FAMILY_EDGE || section->kind == FAMILY_LOOK)
			r = check_name(reading, section, section->name);
		if (r > 0 && section->kind == FAMILY_EDGE)
			r = check_name(reading, section, section->to);
	}
	return r;
}

/* Like family_list_add(), but of whole lists; @from is empty then. The new come first. */
static int
merge(struct ls_families *families, struct family_list *from)
{
	struct family_list *old = &families->list;
	struct family_section **all = calloc(old->n + from->n + 1, sizeof(struct family_section *));
	size_t n = from->n;

	if (!all)
		return -ENOMEM;
	if (from->n)
		memcpy(all, from->sections, from->n * sizeof(struct family_section *));
	for (size_t i = 0; i < old->n; i++) {
		if (family_list_find(from, old->sections[i]->key))
			family_section_free(old->sections[i]);
		else
			all[n++] = old->sections[i];
	}
	free(old->sections);
	free(from->sections);
	*from = (struct family_list){ 0 };
	*old = (struct family_list){ .sections = all, .n = n };
	families->n_layers++;
	return 1;
}

static int
read_all(struct reading *reading)
{
	char why[LS_TEXT_MAX];
	int line = ini_parse_stream(read_line, reading, on_key, reading);

	if (!reading->error && line < 0)
		return stop(reading, 0, -ENOMEM, "");
	if (!reading->error && line > 0) {
		ls_text_format(why, sizeof(why),
			       "this is neither [SECTION] nor \"KEY = VALUE\" nor a comment");
		return stop(reading, (unsigned int)line, -EINVAL, why);
	}
	if (!reading->error && reading->heading_line)
		on_heading(reading, NULL);
	if (!reading->error)
		(void)close_section(reading);
	return reading->error ? reading->error : check_names(reading);
}

int
ls_families_read(struct ls_families *families, const char *file, const char *text, size_t len,
		 char why[LS_TEXT_MAX])
{
	struct reading reading = {
		.families = families,
		.file = file,
		.rest = ls_cursor_of(text, len),
		.why = why,
	};
	int r = read_all(&reading);

	if (r > 0)
		r = merge(families, &reading.list);
	family_list_done(&reading.list);
	if (r > 0)
		family_resolve(families);
	return r;
}
