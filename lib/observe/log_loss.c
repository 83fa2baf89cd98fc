#include "lib/observe/log_loss.h"

#include "lib/base/text.h"

static const struct {
	const char *before, *after, *reason;
} lines[] = {
	{ "Missed ", " kernel messages",
	  "the journal missed lines of the kernel log at that time" },
	{ "** ", " printk messages dropped **",
	  "the kernel's console dropped messages at that time: it was too slow for them" },
	{ "printk: ", " messages suppressed.",
	  "the kernel suppressed messages at that time: there were too many" },
};

bool
ls_log_loss_parse(struct ls_cursor text, struct ls_observation *obs)
{
	for (size_t i = 0; i < LS_COUNT(lines); i++) {
		struct ls_cursor cur = text;
		uint64_t n;

		if (!ls_take_literal(&cur, lines[i].before) ||
		    !ls_take_uint(&cur, UINT32_MAX, &n) || !ls_take_literal(&cur, lines[i].after))
			continue;
		*obs = (struct ls_observation){
			.source = LS_SOURCE_KERNEL_LOG,
			.kind = LS_OBS_LOST,
			.n_lost = (uint32_t)n,
		};
		ls_text_copy(obs->text, sizeof(obs->text), lines[i].reason);
		return true;
	}
	return false;
}
