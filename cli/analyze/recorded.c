#include "cli/analyze/recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/wire/recording_read.h"

#define LINE_MAX_BYTES 16384 /* an observation with all its texts has less than half of that */

struct recorded {
	ls_observation_fn observe;
	void *user;
	struct ls_log_text_summary summary;
	char line[LINE_MAX_BYTES];
	size_t len;
};

bool
recorded_is_one(const uint8_t *head, size_t len)
{
	static const char begin[] = "{\"mono_us\":";
	size_t n = sizeof(begin) - 1;

	return len >= 4 && memcmp(head, begin, len < n ? len : n) == 0;
}

int
recorded_new(ls_observation_fn observe, void *user, struct recorded **ret)
{
	struct recorded *recorded = calloc(1, sizeof(*recorded));

	if (!recorded)
		return -ENOMEM;
	recorded->observe = observe;
	recorded->user = user;
	recorded->summary.boots = 1;
	recorded->summary.dated = true;
	ls_text_format(recorded->summary.format, sizeof(recorded->summary.format), "recording");
	*ret = recorded;
	return 0;
}

void
recorded_free(struct recorded *recorded)
{
	free(recorded);
}

static void
note_unread(struct recorded *recorded)
{
	struct ls_log_unread *unread = &recorded->summary.unread;

	if (unread->n++ == 0)
		ls_text_clean(unread->first, sizeof(unread->first), recorded->line, recorded->len);
}

static void
end_line(struct recorded *recorded)
{
	ls_json_auto json_t *line =
		json_loadb(recorded->line, recorded->len, JSON_REJECT_DUPLICATES, NULL);
	struct ls_observation obs;
	struct ls_device device;
	char why[LS_TEXT_MAX];

	if (recorded->len == 0)
		return;
	recorded->summary.lines++;
	if (!line || ls_recording_parse(line, &obs, &device, why) < 0) {
		note_unread(recorded);
	} else {
		recorded->summary.usb_lines++;
		recorded->summary.last = obs.at;
		recorded->observe(&obs, recorded->user);
	}
	recorded->len = 0;
}

void
recorded_feed(struct recorded *recorded, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			end_line(recorded);
		else if (recorded->len < sizeof(recorded->line)) /* else it is none, and unread */
			recorded->line[recorded->len++] = bytes[i];
	}
}

void
recorded_finish(struct recorded *recorded, struct ls_log_text_summary *ret)
{
	end_line(recorded);
	*ret = recorded->summary;
}
