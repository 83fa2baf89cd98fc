/* Entries of a journal as JSON, whole and broken, line by line. */
#include "lib/logs/json.h"
#include "tests/fuzz/check.h"

struct seen {
	uint64_t n;
};

static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct seen *seen = user;

	CHECK(obs->source == LS_SOURCE_KERNEL_LOG);
	check_clean(obs->text, sizeof(obs->text));
	seen->n++;
}

static void
read_line(struct ls_log_json *json, struct ls_log_join *join, const uint8_t *at, size_t len)
{
	char *exact = malloc(len ? len : 1); /* reading past the line is found */

	CHECK(exact);
	memcpy(exact, at, len);
	if (json->inside || !ls_log_json_line(join, exact, len)) {
		bool is_part = ls_log_json_part(json, join, exact, len);

		CHECK(is_part || !json->inside);
		CHECK(json->depth >= 0 && json->lists >= 0);
		CHECK(json->name_len <= sizeof(json->name));
	}
	free(exact);
}

/* Nothing in it becomes something else when the line is cleaned or a string is read. */
static bool
is_plain(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] >= 0x7f || (data[i] < ' ' && data[i] != '\n') ||
		    strchr("\\<[&^#", data[i]))
			return false;
	return true;
}

/* Only what names the kernel, or journald, is ever read. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ls_log_clock clock;
	struct seen seen = { 0 };
	struct ls_log_join join = { .clock = &clock, .observe = on_observation, .user = &seen };
	struct ls_log_json json = { 0 };

	ls_log_clock_init(&clock, 0, 2022);
	for (size_t i = 0; i < len;) {
		const uint8_t *newline = memchr(data + i, '\n', len - i);
		size_t n = newline ? (size_t)(newline - (data + i)) : len - i;

		read_line(&json, &join, data + i, n);
		i += n + 1;
	}
	ls_log_json_end(&json, &join);
	CHECK(!json.inside && json.depth == 0);
	if (is_plain(data, len) && !memmem(data, len, "kernel", 6) &&
	    !memmem(data, len, "driver", 6))
		CHECK(seen.n == 0);
	return 0;
}
