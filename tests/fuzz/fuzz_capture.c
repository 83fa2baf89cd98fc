/*
 * A capture file, packed or not, through the unpacking, libpcap, the counts and the JSON that
 * linkstat analyze prints. Whatever it holds: nothing is counted twice or lost.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/analyze.h"
#include "cli/capture.h"
#include "tests/fuzz/check.h"

#define MOST_RECORDS 20000 /* a bomb unpacks to more */

/* One table for all inputs, because a new one costs more than most inputs; it is emptied. */
static struct ls_traffic *
empty_table(struct ls_traffic_health *ret)
{
	static struct ls_traffic *traffic;

	CHECK(traffic || ls_traffic_new(&traffic) == 0);
	for (unsigned int bus = 0; bus < LS_TRAFFIC_BUSES; bus++)
		ls_traffic_bus_gone(traffic, bus);
	ls_traffic_health(traffic, ret);
	return traffic;
}

static int64_t
member(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static int64_t
sum_of(json_t *counts)
{
	const char *key;
	json_t *value;
	int64_t n = 0;

	json_object_foreach(counts, key, value)
	{
		CHECK(json_integer_value(value) > 0);
		n += json_integer_value(value);
	}
	return n;
}

/* @n_untracked: records of no device. */
static void
check_json(const json_t *capture, int64_t n_untracked)
{
	int64_t n_transfers = 0, n_refused = 0, n_left;
	const json_t *device, *endpoint;
	size_t i, k;

	json_array_foreach(json_object_get(capture, "devices"), i, device)
	{
		int64_t n = 0;

		json_array_foreach(json_object_get(device, "endpoints"), k, endpoint)
		{
			n += sum_of(json_object_get(endpoint, "completions_by_status"));
		}
		CHECK(n == member(device, "transfers"));
		CHECK(n == sum_of(json_object_get(device, "completions_by_status")));
		CHECK(sum_of(json_object_get(device, "submit_errors_by_status")) ==
		      member(device, "submit_errors"));
		n_transfers += n;
		n_refused += member(device, "submit_errors");
	}
	n_left = member(capture, "completions") - n_transfers;
	CHECK(sum_of(json_object_get(capture, "completions_by_status")) ==
	      member(capture, "completions"));
	CHECK(n_left >= 0 && n_left <= n_untracked);
	CHECK(member(capture, "submit_errors") - n_refused >= 0);
	CHECK(member(capture, "submit_errors") - n_refused <= n_untracked);
}

static void
check_read(struct capture *capture)
{
	struct ls_traffic_health before, after;
	struct ls_traffic *traffic = empty_table(&before);
	const struct capture_counts *counts = capture_counts(capture);
	json_t *json;
	int r;

	do
		r = capture_read(capture, 256, traffic);
	while (r > 0 && counts->n_records < MOST_RECORDS);
	CHECK(r >= 0 || r == -EBADMSG);
	CHECK(r >= 0 || *capture_why(capture));
	check_clean(capture_why(capture), CAPTURE_WHY_MAX);
	ls_traffic_health(traffic, &after);
	CHECK(counts->n_records == counts->n_submissions + counts->n_completions +
					   counts->n_refused + counts->n_nonsense);
	CHECK(after.n_records - before.n_records == counts->n_records - counts->n_nonsense);
	json = analyze_capture("-", capture, traffic, r < 0 ? capture_why(capture) : NULL);
	CHECK(json);
	check_json(json, (int64_t)(after.n_untracked - before.n_untracked));
	json_decref(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int fd = memfd_create("capture", MFD_CLOEXEC), r;
	struct capture *capture = NULL;
	char why[CAPTURE_WHY_MAX] = "";

	CHECK(fd >= 0 && write(fd, data, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	r = capture_new(fd, why, &capture);
	CHECK(r == 0 || r == -EBADMSG);
	check_clean(why, sizeof(why));
	CHECK(r == 0 || *why);
	if (r == 0)
		check_read(capture);
	capture_free(capture);
	close(fd);
	return 0;
}
