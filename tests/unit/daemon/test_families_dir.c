/* User-defined family files: read in order; only a wrong one is left out, and reported. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/families.h"

struct bed {
	char dir[64];
	struct families_dir reader;
	char complaints[1024];
};

static void
on_complaint(const char *why, void *user)
{
	struct bed *bed = user;
	size_t len = strlen(bed->complaints);

	(void)snprintf(bed->complaints + len, sizeof(bed->complaints) - len, "%s\n", why);
}

static int
set_up(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	assert_non_null(bed);
	strcpy(bed->dir, "/tmp/linkstat-families-XXXXXX");
	assert_non_null(mkdtemp(bed->dir));
	assert_int_equal(ls_families_new(&bed->reader.families), 0);
	bed->reader.complain = on_complaint;
	bed->reader.user = bed;
	*state = bed;
	return 0;
}

static const char *const names[] = { "10-a.ini", "9-b.ini", "c.ini", ".d.ini", "e.ini~", "f" };

static const char *
path_of(const struct bed *bed, const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", bed->dir, name);
	return path;
}

static int
tear_down(void **state)
{
	struct bed *bed = *state;

	for (size_t i = 0; i < LS_COUNT(names); i++)
		(void)unlink(path_of(bed, names[i]));
	(void)rmdir(path_of(bed, "c.ini"));
	assert_int_equal(rmdir(bed->dir), 0);
	ls_families_free(bed->reader.families);
	free(bed);
	return 0;
}

static void
write_file(const struct bed *bed, const char *name, const char *text)
{
	FILE *file = fopen(path_of(bed, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static const char *
title_of(const struct bed *bed, uint16_t pid)
{
	const struct ls_device device = { .vid = 0x1209, .pid = pid };
	const struct ls_mode *mode = ls_families_mode(bed->reader.families, &device, NULL, 0);

	return mode ? mode->title : "";
}

#define MODE(name, title, pid) "[mine " name "]\ntitle = " title "\nid = 1209:" pid "\n"

static void
reads_in_the_order_of_names(void **state)
{
	struct bed *bed = *state;

	write_file(bed, "9-b.ini", MODE("x", "from b", "1"));
	write_file(bed, "10-a.ini", MODE("x", "from a", "1"));
	write_file(bed, ".d.ini", MODE("d", "d", "2"));
	write_file(bed, "e.ini~", MODE("e", "e", "2"));
	write_file(bed, "f", MODE("f", "f", "2"));
	assert_int_equal(families_dir_read(&bed->reader, bed->dir), 0);
	assert_int_equal(bed->reader.n_read, 2);
	assert_int_equal(bed->reader.n_wrong, 0);
	assert_string_equal(title_of(bed, 1), "from b");
	assert_string_equal(title_of(bed, 2), "");
	assert_string_equal(bed->complaints, "");
}

static void
skips_an_invalid_file(void **state)
{
	struct bed *bed = *state;
	char wanted[256];

	write_file(bed, "10-a.ini", MODE("x", "from a", "1"));
	write_file(bed, "9-b.ini", MODE("y", "from b", "2") "busy = perhaps\n");
	assert_int_equal(mkdir(path_of(bed, "c.ini"), 0700), 0);
	assert_int_equal(families_dir_read(&bed->reader, bed->dir), 0);
	assert_int_equal(bed->reader.n_read, 1);
	assert_int_equal(bed->reader.n_wrong, 2);
	assert_string_equal(title_of(bed, 1), "from a");
	assert_string_equal(title_of(bed, 2), "");
	(void)snprintf(wanted, sizeof(wanted),
		       "%s/9-b.ini:4: \"perhaps\" is not allowed here; allowed is yes or no\n"
		       "%s/c.ini: this is no file\n",
		       bed->dir, bed->dir);
	assert_string_equal(bed->complaints, wanted);
}

static void
works_without_a_directory(void **state)
{
	struct bed *bed = *state;

	assert_int_equal(families_dir_read(&bed->reader, path_of(bed, "none")), 0);
	assert_int_equal(bed->reader.n_wrong, 0);
	assert_int_equal(families_dir_read_file(&bed->reader, path_of(bed, "none")), 0);
	assert_int_equal(bed->reader.n_wrong, 1);
	assert_non_null(strstr(bed->complaints, "none: No such file or directory"));
}

static void
refuses_what_is_no_family_file_by_its_size(void **state)
{
	struct bed *bed = *state;

	write_file(bed, "c.ini", "");
	assert_int_equal(truncate(path_of(bed, "c.ini"), 1024 * 1024 + 1), 0);
	assert_int_equal(families_dir_read(&bed->reader, bed->dir), 0);
	assert_non_null(strstr(bed->complaints, "larger than 1 MiB"));
	assert_int_equal(truncate(path_of(bed, "c.ini"), 0), 0);
	assert_int_equal(families_dir_read(&bed->reader, bed->dir), 0);
	assert_int_equal(bed->reader.n_wrong, 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_in_the_order_of_names),
		TEST(skips_an_invalid_file),
		TEST(works_without_a_directory),
		TEST(refuses_what_is_no_family_file_by_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
