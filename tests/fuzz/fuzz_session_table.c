/* Any bytes as a table of sessions: the same rows however they are cut, and each row that was read
 * is clean and comes back from what is written of it. */
#include <errno.h>
#include <math.h>
#include <stdint.h>

#include "lib/wire/session_json.h"
#include "lib/wire/session_table.h"
#include "lib/wire/session_write.h"
#include "tests/fuzz/check.h"

struct reading {
	uint64_t n_rows, n_drops;
	double hours;
	const struct ls_trial *wanted; /* what this must give, NULL: anything */
};

static int read_again(const struct ls_trial *trial);

static void
check_same_name(const char *a, const char *b)
{
	CHECK(strcmp(a ? a : "", b ? b : "") == 0);
}

static void
check_same(const struct ls_trial *a, const struct ls_trial *b)
{
	for (int i = 0; i < LS_N_COMPONENT_KINDS; i++)
		check_same_name(a->names[i], b->names[i]);
	CHECK(a->n_hubs == b->n_hubs);
	for (size_t i = 0; i < a->n_hubs; i++)
		check_same_name(a->hubs[i], b->hubs[i]);
	CHECK(a->start_us == b->start_us);
	CHECK(fabs(a->hours - b->hours) <= 1e-9 * b->hours);
	CHECK(a->drops == b->drops && a->drops_by_power == b->drops_by_power);
	CHECK(a->drops_by_host == b->drops_by_host && a->drops_by_hub == b->drops_by_hub);
	CHECK(a->drops_by_device == b->drops_by_device);
}

static int
on_row(const struct ls_trial *trial, void *user)
{
	struct reading *reading = user;

	reading->n_rows++;
	reading->n_drops += trial->drops;
	reading->hours += trial->hours;
	CHECK(isfinite(trial->hours) && trial->hours >= 0 && trial->n_hubs <= LS_TRIAL_HUBS_MAX);
	for (int i = 0; i < LS_N_COMPONENT_KINDS; i++)
		if (trial->names[i])
			check_clean(trial->names[i], LS_COMPONENT_NAME_MAX);
	for (size_t i = 0; i < trial->n_hubs; i++)
		check_clean(trial->hubs[i], LS_COMPONENT_NAME_MAX);
	if (reading->wanted)
		check_same(trial, reading->wanted);
	return reading->wanted ? 0 : read_again(trial);
}

static struct reading
read_table(const char *data, size_t len, size_t piece, const struct ls_trial *wanted,
	   int *ret_error)
{
	struct reading reading = { .wanted = wanted };
	struct ls_session_table *table;
	int r = 0;

	CHECK(ls_session_table_new(on_row, &reading, &table) == 0);
	for (size_t i = 0; r == 0 && i < len; i += piece)
		r = ls_session_table_feed(table, data + i, len - i < piece ? len - i : piece);
	if (r == 0)
		r = ls_session_table_end(table);
	check_clean(ls_session_table_why(table), LS_SESSION_WHY_MAX);
	CHECK((r == -EBADMSG) == (*ls_session_table_why(table) != '\0'));
	CHECK(ls_session_table_counts(table).n_rows == reading.n_rows);
	ls_session_table_free(table);
	*ret_error = r;
	return reading;
}

static int
read_again(const struct ls_trial *trial)
{
	char text[LS_SESSION_ROW_MAX + 256], row[LS_SESSION_ROW_MAX];
	json_t *object = ls_session_json(trial);
	struct reading reading;
	char *line;
	int error;

	CHECK(object && ls_session_write(trial, row) == 1);
	snprintf(text, sizeof(text), "%s%s", ls_session_header, row);
	reading = read_table(text, strlen(text), sizeof(text), trial, &error);
	CHECK(error == 0 && reading.n_rows == 1);
	line = json_dumps(object, LS_WIRE_DUMP);
	CHECK(line);
	reading = read_table(line, strlen(line), sizeof(text), trial, &error);
	CHECK(error == 0 && reading.n_rows == 1);
	free(line);
	json_decref(object);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading whole, bytes;
	int error, again;

	whole = read_table((const char *)data, size, size, NULL, &error);
	bytes = read_table((const char *)data, size, 1, NULL, &again);
	CHECK(error == again && whole.n_rows == bytes.n_rows && whole.n_drops == bytes.n_drops);
	return 0;
}
