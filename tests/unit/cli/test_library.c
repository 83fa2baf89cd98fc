#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "cli/base/library.h"
#include "cli/base/systemd_library.h"
#include "cli/offline/archive_library.h"

struct functions {
	__typeof__(strlen) *strlen;
};

static void
what_is_missing_is_named(void **state)
{
	static const struct library_function none[] = { { "no_such_function", 0 } };
	struct functions functions = { 0 };
	char why[LIBRARY_WHY_MAX];

	(void)state;
	assert_int_equal(library_open("libnosuch.so.7", none, 1, &functions, why), -ENOENT);
	assert_string_equal(why, "libnosuch.so.7 is not installed, or cannot be loaded");
	assert_int_equal(library_open("libc.so.6", none, 1, &functions, why), -ENOENT);
	assert_string_equal(why, "libc.so.6 is too old: it has no no_such_function");
	assert_null(functions.strlen);
}

static void
functions_are_found(void **state)
{
	static const struct library_function list[] = { { "strlen",
							  offsetof(struct functions, strlen) } };
	struct functions functions = { 0 };
	char why[LIBRARY_WHY_MAX];

	(void)state;
	assert_int_equal(library_open("libc.so.6", list, 1, &functions, why), 0);
	assert_int_equal(functions.strlen("four"), 4);
}

/* The version that linkstat names is the one that it was built with. */
static void
libarchive_is_found(void **state)
{
	char why[LIBRARY_WHY_MAX];
	const struct archive_library *library = archive_library(why);

	(void)state;
	assert_non_null(library);
	assert_non_null(library->archive_read_new);
	assert_non_null(library->archive_read_support_format_zip_streamable);
	assert_ptr_equal(archive_library(why), library);
}

static void
libsystemd_is_found(void **state)
{
	(void)state;
	assert_non_null(systemd());
	assert_non_null(systemd()->sd_bus_call);
	assert_non_null(systemd()->sd_journal_set_data_threshold);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(functions_are_found),
		cmocka_unit_test(libarchive_is_found),
		cmocka_unit_test(libsystemd_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
