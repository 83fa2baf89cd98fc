/*
 * The same file read in three ways: mapped, through a pipe, and without the short cut for plain packets. All find
 * the same packets and data, end at the same byte, and for the same reason.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/offline/input.h"
#include "cli/offline/packets.h"
#include "tests/fuzz/check.h"

#define LONGEST 60000 /* fits a pipe */

struct result {
	int r;
	uint64_t n_packets, sum;
	uint64_t position;
	int link_type;
	char why[PACKETS_WHY_MAX];
};

static void
add(struct result *result, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++)
		result->sum = (result->sum ^ at[i]) * UINT64_C(0x100000001b3);
}

static void
add_record(struct result *result, const struct ls_usbmon_record *record, const uint8_t *data,
	   size_t len)
{
	result->n_packets++;
	add(result, record, sizeof(*record));
	add(result, &len, sizeof(len));
	add(result, data, len);
}

static void
add_run(struct result *result, const struct packets_run *run, size_t n)
{
	size_t n_submissions = 0;

	CHECK(n == run->batch.n && n <= PACKETS_AT_ONCE);
	for (size_t i = 0; i < n; i++) {
		const struct ls_usbmon_record *record = ls_usbmon_at(&run->batch, i);
		const uint8_t *data;
		size_t len = 0;

		CHECK(record && ls_usbmon_is_event(record));
		n_submissions += record->type == LS_USBMON_SUBMIT;
		data = ls_usbmon_data_of(&run->batch, record, &len);
		CHECK(!data || data + len <= run->batch.ring + run->batch.ring_size);
		add_record(result, record, data, len);
	}
	CHECK(n_submissions == run->n_submissions);
}

static void
add_packet(struct result *result, const struct packet *packet)
{
	size_t len = packet->len < packet->len_header ? packet->len : packet->len_header, n = 0;
	struct ls_usbmon_record record;

	if (ls_usbmon_parse(packet->bytes, len, packet->is_foreign, &record) <= 0) {
		result->n_packets++;
		add(result, packet->bytes, len);
		return;
	}
	if (record.flag_data == 0 && packet->len > len)
		n = packet->len - len < record.len_cap ? packet->len - len : record.len_cap;
	add_record(result, &record, packet->bytes + len, n);
}

static void
read_all(struct packets *packets, bool any_plain, struct result *ret)
{
	static struct packets_run run;
	struct packet packet;

	ret->link_type = packets_link_type(packets);
	do {
		size_t n = any_plain ? packets_plain(packets, 7, &run) : 0;

		ret->r = 1;
		if (n > 0) {
			add_run(ret, &run, n);
			continue;
		}
		ret->r = packets_next(packets, &packet);
		if (ret->r > 0)
			add_packet(ret, &packet);
	} while (ret->r > 0);
	CHECK(ret->r == 0 || ret->r == -EBADMSG);
	CHECK(ret->r == 0 || *packets_why(packets));
	snprintf(ret->why, sizeof(ret->why), "%s", packets_why(packets));
	ret->position = packets_position(packets);
}

static void
read_fd(int fd, bool any_plain, struct result *ret)
{
	struct packets *packets = NULL;
	struct input *input;
	const uint8_t *head;
	size_t len;

	*ret = (struct result){ .r = -EBADMSG };
	CHECK(input_new(fd, "-", &input) == 0 && input_next(input) == 1);
	head = input_head(input, &len);
	if (!input_is_packed(input) && packets_format(head, len) &&
	    packets_new(input, ret->why, &packets) == 0)
		read_all(packets, any_plain, ret);
	check_clean(ret->why, sizeof(ret->why));
	packets_free(packets);
	input_free(input);
}

static void
check_same(const struct result *a, const struct result *b)
{
	CHECK(a->r == b->r && a->link_type == b->link_type);
	CHECK(a->n_packets == b->n_packets && a->sum == b->sum);
	CHECK(a->position == b->position && strcmp(a->why, b->why) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct result mapped, piped, careful;
	int fd = memfd_create("packets", MFD_CLOEXEC), ends[2];

	len = len < LONGEST ? len : LONGEST;
	CHECK(fd >= 0 && write(fd, data, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	read_fd(fd, true, &mapped);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	read_fd(fd, false, &careful);
	close(fd);
	CHECK(pipe(ends) == 0 && write(ends[1], data, len) == (ssize_t)len);
	close(ends[1]);
	read_fd(ends[0], true, &piped);
	close(ends[0]);
	check_same(&mapped, &piped);
	check_same(&mapped, &careful);
	return 0;
}
