/* One line of a log: its head, what is left of one, and what its text may have been. */
#include "lib/logs/clean.h"
#include "lib/logs/head.h"
#include "lib/logs/repair.h"
#include "lib/logs/unread.h"
#include "lib/observe/log_loss.h"
#include "tests/fuzz/check.h"

#define TRIES_MAX 64

struct tries {
	size_t len;
	size_t n;
	size_t stop_at; /* 0: never */
};

static bool
on_try(struct ls_cursor text, void *user)
{
	struct tries *tries = user;

	CHECK(text.at <= text.end);
	CHECK(ls_cursor_left(&text) <= tries->len + LS_LOG_REPAIR_ADDS);
	CHECK(memchr(text.at, '\0', ls_cursor_left(&text)) == NULL);
	return ++tries->n == tries->stop_at;
}

static void
check_repair(struct ls_cursor text)
{
	struct tries all = { .len = ls_cursor_left(&text) };

	CHECK(!ls_log_repair(text, on_try, &all));
	CHECK(all.n <= TRIES_MAX);
	for (size_t i = 1; i <= all.n; i++) {
		struct tries some = { .len = all.len, .stop_at = i };

		CHECK(ls_log_repair(text, on_try, &some));
		CHECK(some.n == i);
	}
}

static void
check_head(const struct ls_cursor *line, const struct ls_log_head *head)
{
	CHECK(head->text.at >= line->at && head->text.end == line->end);
	CHECK(head->text.at <= head->text.end);
	CHECK(head->format < LS_N_LOG_FORMATS);
	CHECK(head->stamp.date <= LS_LOG_REAL);
}

static void
check_line(struct ls_cursor line)
{
	struct ls_log_unread unread = { 0 };
	struct ls_log_head head, torn;
	struct ls_observation lost;

	ls_log_take_head(line, &head);
	check_head(&line, &head);
	if (ls_log_take_torn_head(line, &torn)) {
		CHECK(torn.owner == LS_LOG_KERNEL);
		check_head(&line, &torn);
	}
	check_repair(head.text);
	ls_log_unread_add(&unread, head.owner, head.text, line);
	CHECK(unread.n <= 1);
	check_clean(unread.first, sizeof(unread.first));
	if (ls_log_loss_parse(head.text, &lost))
		CHECK(lost.kind == LS_OBS_LOST && lost.text[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char clean[LS_LOG_CLEAN_MAX];
	size_t n = ls_log_clean(clean, (const char *)data, len);
	char *exact = malloc(n + 1); /* reading past the line is found */

	CHECK(n <= LS_LOG_CLEAN_MAX && exact);
	memcpy(exact, clean, n);
	exact = realloc(exact, n ? n : 1);
	CHECK(exact);
	check_line(ls_cursor_of(exact, n));
	free(exact);
	return 0;
}
