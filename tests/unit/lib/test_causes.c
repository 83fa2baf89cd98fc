/* Every row of causes.def is complete: whoever shows a cause finds what it needs. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/model/causes.h"

static void
has_all_texts_of_each_cause(void **state)
{
	(void)state;
	for (int i = 0; i < LS_N_CAUSES; i++) {
		const struct ls_cause_row *row = ls_cause_row((enum ls_cause)i);
		const char *const texts[] = {
			row->name,
			row->words,
			row->verb,
			row->meaning,
			row->next,
			row->catalog_title,
			row->catalog_meaning,
			row->catalog_next,
			row->manual,
			row->readme_meaning,
		};

		assert_non_null(row->name);
		print_message("%s\n", row->name);
		for (size_t k = 0; k < LS_COUNT(texts); k++) {
			assert_non_null(texts[k]);
			assert_true(texts[k][0] != '\0');
		}
		assert_int_equal(strlen(row->message_id), 32);
		assert_int_equal(strspn(row->message_id, "0123456789abcdef"), 32);
		/* Messages of drops are warnings already; advice for others is for no drops. */
		assert_true(!row->is_drop || row->level == LS_LEVEL_NOTICE);
		assert_null(strchr(row->catalog_meaning, '\n'));
		assert_null(strchr(row->catalog_next, '\n'));
	}
}

static void
distinguishes_causes(void **state)
{
	enum ls_cause found;

	(void)state;
	for (int i = 0; i < LS_N_CAUSES; i++) {
		const struct ls_cause_row *row = ls_cause_row((enum ls_cause)i);

		assert_int_equal(ls_cause_from_name(row->name, &found), 1);
		assert_int_equal(found, i);
		for (int k = 0; k < i; k++) {
			const struct ls_cause_row *other = ls_cause_row((enum ls_cause)k);

			assert_string_not_equal(row->message_id, other->message_id);
			assert_true(!row->concern || row->concern != other->concern);
		}
	}
	assert_int_equal(ls_cause_from_name("no such cause", &found), -EINVAL);
	assert_ptr_equal(ls_cause_row(LS_N_CAUSES), ls_cause_row(LS_CAUSE_UNKNOWN));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_all_texts_of_each_cause),
		cmocka_unit_test(distinguishes_causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
