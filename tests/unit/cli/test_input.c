#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "cli/base/cli.h"
#include "cli/commands/list.h"
#include "cli/offline/input.h"

#define ARCHIVE_MAX 2097152
#define PATH_SIZE   64
#define NOW_US	    (INT64_C(1795357800) * 1000000)

struct file {
	const char *name, *text; /* text NULL: a directory */
};

static uint8_t packed[ARCHIVE_MAX];

/* How many bytes it is, in @packed. */
static size_t
pack(int format, int filter, const struct file *files, size_t n_files)
{
	struct archive *archive = archive_write_new();
	size_t size = 0;

	assert_int_equal(archive_write_set_format(archive, format), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(archive, filter), ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(archive, 1);
	assert_int_equal(archive_write_open_memory(archive, packed, sizeof(packed), &size), 0);
	for (size_t i = 0; i < n_files; i++) {
		struct archive_entry *entry = archive_entry_new();
		const char *text = files[i].text ? files[i].text : "";

		archive_entry_set_pathname(entry, files[i].name);
		archive_entry_set_filetype(entry, files[i].text ? AE_IFREG : AE_IFDIR);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_mtime(entry, 1000000000, 0); /* 2001 */
		archive_entry_set_size(entry, (la_int64_t)strlen(text));
		assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
		assert_int_equal(archive_write_data(archive, text, strlen(text)), strlen(text));
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
	return size;
}

static int
file_of(size_t len)
{
	int fd = memfd_create("file", 0);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, packed, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static struct input *
open_packed(size_t len, int *ret_fd)
{
	struct input *input;

	*ret_fd = file_of(len);
	assert_int_equal(input_new(*ret_fd, "a.zip", &input), 0);
	return input;
}

static void
check_text(struct input *input, const char *want)
{
	char text[256];
	size_t n = 0, now;

	while ((now = input_read(input, text + n, sizeof(text) - 1 - n)) > 0)
		n += now;
	text[n] = '\0';
	assert_string_equal(text, want);
}

static const struct file three[] = {
	{ "logs", NULL },
	{ "logs/one.txt", "the first\n" },
	{ "two", "second" },
	{ "three", "" },
};

static void
gives_each_file_of_an_archive(void **state)
{
	static const struct {
		int format, filter;
	} cases[] = {
		{ ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE },
		{ ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_GZIP },
		{ ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE },
		{ ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP },
		{ ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ },
		{ ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD },
		{ ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		size_t len = pack(cases[i].format, cases[i].filter, three, LS_COUNT(three));
		ls_auto(input) *input = NULL;
		struct ls_log_text_options options;
		int fd;

		print_message("case %zu\n", i);
		input = open_packed(len, &fd);
		assert_int_equal(input_next(input), 1);
		assert_string_equal(input_name(input), "a.zip/logs/one.txt");
		assert_true(input_is_archive(input));
		input_log_options(input, &options);
		assert_int_equal(options.year, 2001);
		check_text(input, "the first\n");
		assert_int_equal(input_next(input), 1); /* not read */
		assert_string_equal(input_name(input), "a.zip/two");
		assert_int_equal(input_next(input), 1);
		assert_string_equal(input_name(input), "a.zip/three");
		check_text(input, "");
		assert_null(input_why(input));
		assert_int_equal(input_next(input), 0);
		assert_int_equal(input_n_read(input), len);
		close(fd);
	}
}

static void
gives_one_file_under_its_own_name(void **state)
{
	static const struct file one = { "inner", "hello\n" };
	static const int filters[] = { ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_BZIP2 };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(filters); i++) {
		size_t len = pack(ARCHIVE_FORMAT_RAW, filters[i], &one, 1);
		ls_auto(input) *input = NULL;
		int fd;

		input = open_packed(len, &fd);
		assert_int_equal(input_next(input), 1);
		assert_string_equal(input_name(input), "a.zip");
		assert_false(input_is_archive(input));
		assert_int_equal(input_is_packed(input), i > 0);
		check_text(input, "hello\n");
		assert_int_equal(input_next(input), 0);
		close(fd);
	}
}

/* Two members of gzip follow each other, and junk follows them. */
static void
joins_gzip_members(void **state)
{
	static const struct file one = { "inner", "hello\n" };
	size_t len = pack(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, &one, 1);
	ls_auto(input) *input = NULL;
	int fd;

	(void)state;
	memcpy(packed + len, packed, len);
	memcpy(packed + 2 * len, "junk", 4);
	input = open_packed(2 * len + 4, &fd);
	assert_int_equal(input_next(input), 1);
	check_text(input, "hello\nhello\n");
	assert_null(input_why(input));
	close(fd);
}

/* A log that lost its end keeps the rest. */
static void
keeps_what_precedes_a_cut(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ };
	static char text[20000], read_back[sizeof(text)];
	const struct file one = { "inner", text };

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 23);
	for (size_t i = 0; i < LS_COUNT(filters); i++) {
		size_t len = pack(ARCHIVE_FORMAT_RAW, filters[i], &one, 1), n = 0, now;
		ls_auto(input) *input = NULL;
		int fd;

		input = open_packed(len - 1, &fd);
		assert_int_equal(input_next(input), 1);
		while ((now = input_read(input, read_back + n, sizeof(read_back) - n)) > 0)
			n += now;
		print_message("%zu of %zu: %s\n", n, strlen(text), input_why(input));
		assert_int_equal(n, strlen(text));
		assert_memory_equal(read_back, text, n);
		assert_non_null(strstr(input_why(input), "cut off"));
		close(fd);
	}
}

/* The cut of a short one is seen while its beginning is read: that reason comes after the text, too. */
static void
gives_a_reason_after_the_text(void **state)
{
	static const struct file one = { "inner", "shorter than a block of tar\n" };
	static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(filters); i++) {
		ls_auto(input) *input = NULL;
		int fd;

		input = open_packed(pack(ARCHIVE_FORMAT_RAW, filters[i], &one, 1) - 1, &fd);
		assert_int_equal(input_next(input), 1);
		assert_null(input_why(input));
		check_text(input, one.text);
		assert_non_null(strstr(input_why(input), "cut off"));
		close(fd);
	}
}

/* Wherever an archive is cut: no crash, and at most one more file, which has the reason. */
static void
survives_a_cut_anywhere(void **state)
{
	size_t len = pack(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, three, LS_COUNT(three));

	(void)state;
	for (size_t cut = 0; cut < len; cut++) {
		ls_auto(input) *input = NULL;
		int fd, n = 0;

		input = open_packed(cut, &fd);
		while (input_next(input) > 0) {
			char byte;

			n++;
			while (input_read(input, &byte, 1) > 0)
				continue;
		}
		assert_in_range(n, 1, 4);
		close(fd);
	}
}

static void
limits_what_an_archive_holds(void **state)
{
	static struct file many[1200];
	ls_auto(input) *input = NULL;
	int fd, n = 0;

	(void)state;
	for (size_t i = 0; i < LS_COUNT(many); i++)
		many[i] = (struct file){ "x", "y" };
	input = open_packed(
		pack(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, many, LS_COUNT(many)), &fd);
	while (input_next(input) > 0)
		n++;
	assert_int_equal(n, 1001);
	assert_string_equal(input_name(input), "a.zip");
	assert_non_null(strstr(input_why(input), "more than 1000 files"));
	close(fd);
}

static void
leaves_packed_what_is_packed_within(void **state)
{
	static const struct {
		const char *magic, *name;
	} cases[] = { { "PK\x03\x04zip", "zip" },
		      { "\x1f\x8b\x08gzip", "gzip" },
		      { "BZh91AY&SY", "bzip2" },
		      { "\xfd\x37zXZxz", "xz" } };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		const struct file files[] = { { "inner", cases[i].magic }, { "other", "text" } };
		ls_auto(input) *input = NULL;
		int fd;

		input = open_packed(pack(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, files, 2), &fd);
		assert_int_equal(input_next(input), 1);
		assert_non_null(strstr(input_why(input), "unpack it first"));
		assert_non_null(strstr(input_why(input), cases[i].name));
		assert_int_equal(input_next(input), 1);
		assert_null(input_why(input));
		check_text(input, "text");
		close(fd);
	}
}

static void
cleans_names(void **state)
{
	static const struct file files[] = { { "\033[31mred\n", "x" }, { "../../etc/x", "x" } };
	ls_auto(input) *input = NULL;
	int fd;

	(void)state;
	input = open_packed(pack(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, files, 2), &fd);
	assert_int_equal(input_next(input), 1);
	print_message("%s\n", input_name(input));
	assert_null(strpbrk(input_name(input), "\033\n"));
	assert_int_equal(input_next(input), 1);
	assert_string_equal(input_name(input), "a.zip/../../etc/x"); /* only shown, never opened */
	close(fd);
}

/* Each member is analyzed as a file of its own, with its name. */
static void
analyzes_each_file_of_a_zip(void **state)
{
	static const struct file files[] = {
		{ "dmesg.txt", "[  100.000000] usb 1-2: reset high-speed USB device number 5\n" },
		{ "picture.png", "\x89PNG\x01\x01\x01\x01\x01" },
		{ "kern.log", "[  200.000000] usb 1-3: reset high-speed USB device number 6\n" },
	};
	int fd = file_of(pack(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, files, LS_COUNT(files)));
	char path[PATH_SIZE], want[PATH_SIZE + 16], *paths[] = { path }, *text;
	struct cli cli = { .json = true, .args = paths, .n_args = 1, .now_us = NOW_US };
	ls_json_auto json_t *json = NULL;
	const json_t *logs;
	size_t size;

	(void)state;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	output_style_init(&cli.style, stdout);
	cli.style.out = open_memstream(&text, &size);
	assert_int_equal(command_find(command_list, "analyze")->run(&cli, NULL),
			 CLI_PROBLEM); /* the picture */
	fclose(cli.style.out);
	json = json_loads(text, 0, NULL);
	free(text);
	logs = json_object_get(json, "logs");
	assert_int_equal(json_array_size(logs), 2);
	snprintf(want, sizeof(want), "%s/kern.log", path);
	assert_string_equal(json_string_value(json_object_get(json_array_get(logs, 1), "file")),
			    want);
	assert_int_equal(json_array_size(json_object_get(json, "captures")), 1);
	assert_int_equal(json_array_size(json_object_get(json, "incidents")), 2);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_each_file_of_an_archive),
		cmocka_unit_test(gives_one_file_under_its_own_name),
		cmocka_unit_test(joins_gzip_members),
		cmocka_unit_test(keeps_what_precedes_a_cut),
		cmocka_unit_test(gives_a_reason_after_the_text),
		cmocka_unit_test(survives_a_cut_anywhere),
		cmocka_unit_test(limits_what_an_archive_holds),
		cmocka_unit_test(leaves_packed_what_is_packed_within),
		cmocka_unit_test(cleans_names),
		cmocka_unit_test(analyzes_each_file_of_a_zip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
