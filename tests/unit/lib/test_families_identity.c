/* What needs no table: is it the same device in another mode, and are two identities one? */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/families/families.h"

static void
compares_identities_of_one_kind_only(void **state)
{
	static const struct {
		const char *before, *after;
		enum ls_identity_match match;
	} cases[] = {
		{ "apple:ecid:01", "apple:ecid:01", LS_IDENTITY_SAME },
		{ "apple:ecid:01", "apple:ecid:02", LS_IDENTITY_OTHER },
		{ "apple:ecid:01", "apple:udid:01", LS_IDENTITY_UNKNOWN },
		{ "apple:ecid:01", "android:ecid:01", LS_IDENTITY_UNKNOWN },
		{ "apple:ecid:01", "", LS_IDENTITY_UNKNOWN },
		{ "", "apple:ecid:01", LS_IDENTITY_UNKNOWN },
		{ "", "", LS_IDENTITY_UNKNOWN },
		{ "apple:ecid", "apple:ecid", LS_IDENTITY_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%s, %s\n", cases[i].before, cases[i].after);
		assert_int_equal(ls_families_match_identities(cases[i].before, cases[i].after),
				 cases[i].match);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_identities_of_one_kind_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
