#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <umockdev.h>

#include "tests/integration/umockdev_bed.h"

#define PATH_SIZE 512

struct bed_mock {
	UMockdevTestbed *testbed;
};

struct bed *
bed_new(void)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	assert_non_null(bed);
	bed->base = event_base_new();
	bed->mock = calloc(1, sizeof(*bed->mock));
	assert_non_null(bed->base);
	assert_non_null(bed->mock);
	bed->mock->testbed = umockdev_testbed_new();
	bed_run_udevd(bed, true);
	return bed;
}

void
bed_free(struct bed *bed)
{
	event_base_free(bed->base);
	g_object_unref(bed->mock->testbed);
	free(bed->mock);
	free(bed);
}

void
bed_add(struct bed *bed, const char *description)
{
	assert_true(umockdev_testbed_add_from_string(bed->mock->testbed, description, NULL));
}

static const char *
syspath(const char *path, char ret[PATH_SIZE])
{
	snprintf(ret, PATH_SIZE, "/sys%s", path);
	return ret;
}

void
bed_remove(struct bed *bed, const char *path)
{
	char sys[PATH_SIZE];

	umockdev_testbed_remove_device(bed->mock->testbed, syspath(path, sys));
}

void
bed_uevent(struct bed *bed, const char *path, const char *action)
{
	char sys[PATH_SIZE];

	umockdev_testbed_uevent(bed->mock->testbed, syspath(path, sys), action);
}

void
bed_set_property(struct bed *bed, const char *path, const char *name, const char *value)
{
	char sys[PATH_SIZE];

	umockdev_testbed_set_property(bed->mock->testbed, syspath(path, sys), name, value);
}

void
bed_set_attribute(struct bed *bed, const char *path, const char *name, const char *value)
{
	char sys[PATH_SIZE];

	umockdev_testbed_set_attribute(bed->mock->testbed, syspath(path, sys), name, value);
}

void
bed_run_udevd(struct bed *bed, bool runs)
{
	char *root = umockdev_testbed_get_root_dir(bed->mock->testbed);
	char path[PATH_SIZE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc", root);
	(void)mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/proc/net", root);
	(void)mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/proc/net/unix", root);
	g_free(root);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file,
		"Num RefCount Protocol Flags Type St Inode Path\n"
		"0: 00000002 00000000 00010000 0005 01 23 %s\n",
		runs ? "/run/udev/control" : "/run/udev/control2");
	(void)fclose(file);
}

void
bed_on_observation(const struct ls_observation *obs, void *user)
{
	struct bed *bed = user;
	size_t n = bed->n_seen++;

	assert_true(n < BED_MAX_SEEN);
	bed->seen[n] = *obs;
	if (obs->device) {
		bed->devices[n] = *obs->device;
		bed->seen[n].device = &bed->devices[n];
	}
}

void
bed_turn(struct bed *bed)
{
	for (int i = 0; i < 10; i++) {
		event_base_loop(bed->base, EVLOOP_NONBLOCK);
		usleep(2000);
	}
}

void
bed_wait(struct bed *bed, size_t n)
{
	for (int i = 0; i < 15000 && bed->n_seen < n; i++)
		bed_turn(bed);
	assert_int_equal(bed->n_seen, n);
}
