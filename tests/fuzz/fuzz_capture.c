/*
 * A capture file, packed or in an archive or not, through the unpacking, the reader of packets, the counts and the JSON that
 * linkstat analyze prints; what happened in it through the engine. Whatever it holds: nothing is counted twice or lost.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/analyze/json.h"
#include "cli/offline/capture.h"
#include "cli/offline/input.h"
#include "cli/offline/offline.h"
#include "cli/offline/offline_json.h"
#include "cli/offline/offline_state.h"
#include "tests/fuzz/check.h"

#define MOST_RECORDS 20000 /* a bomb unpacks to more */

static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct offline *offline = user;

	check_clean(obs->text, sizeof(obs->text));
	check_clean(obs->port, sizeof(obs->port));
	if (obs->device) {
		check_clean(obs->device->serial, sizeof(obs->device->serial));
		check_clean(obs->device->product, sizeof(obs->device->product));
		check_clean(obs->device->manufacturer, sizeof(obs->device->manufacturer));
	}
	offline_observe(offline, obs);
}

/* The engine's answer is there whatever the file holds. */
static void
check_answer(struct offline *offline)
{
	json_t *files = json_pack("[s]", "-"), *ports, *incidents;

	offline_finish(offline);
	ports = offline_ports(offline, files);
	incidents = offline_incidents(offline, files);
	CHECK(ports && incidents && json_array_size(ports) <= OFFLINE_PORTS);
	json_decref(ports);
	json_decref(incidents);
	json_decref(files);
	offline_free(offline);
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
	struct ls_traffic_health health;
	struct capture_watch_options options = { .observe = on_observation };
	struct capture_watch *watch;
	struct offline *offline;
	const struct capture_counts *counts = capture_counts(capture);
	json_t *json;
	int r;

	CHECK(offline_new(1, &offline) == 0);
	options.user = offline;
	CHECK(capture_watch_new(&options, &watch) == 0);
	do
		r = capture_read(capture, 256, watch);
	while (r > 0 && counts->n_records < MOST_RECORDS);
	CHECK(r >= 0 || r == -EBADMSG);
	CHECK(r >= 0 || *capture_why(capture));
	check_clean(capture_why(capture), CAPTURE_WHY_MAX);
	capture_watch_finish(watch, counts->last_us);
	ls_traffic_health(capture_watch_traffic(watch), &health);
	CHECK(counts->n_records == counts->n_submissions + counts->n_completions +
					   counts->n_refused + counts->n_nonsense);
	CHECK(health.n_records == counts->n_records - counts->n_nonsense);
	json = analyze_capture("-", capture, watch, NULL, r < 0 ? capture_why(capture) : NULL);
	CHECK(json);
	check_json(json, (int64_t)(health.n_untracked));
	json_decref(json);
	capture_watch_free(watch);
	check_answer(offline);
}

static void
check_file(struct input *input)
{
	struct capture *capture = NULL;
	char why[CAPTURE_WHY_MAX] = "";
	int r = capture_new(input, why, &capture);

	CHECK(r == 0 || r == -EBADMSG);
	check_clean(why, sizeof(why));
	check_clean(input_name(input), 4096);
	CHECK(r == 0 || *why);
	if (r == 0)
		check_read(capture);
	capture_free(capture);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	struct input *input;

	CHECK(fd >= 0 && write(fd, data, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	CHECK(input_new(fd, "-", &input) == 0);
	while (input_next(input) > 0)
		check_file(input);
	input_free(input);
	close(fd);
	return 0;
}
