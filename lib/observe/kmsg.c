#include "lib/observe/kmsg.h"

#include <errno.h>

#include "lib/base/cursor.h"

#define LEVEL_BITS 3

int
ls_kmsg_parse(const char *record, size_t len, struct ls_kmsg_record *ret)
{
	struct ls_cursor cur = ls_cursor_of(record, len);
	struct ls_cursor head = ls_take_until(&cur, ';');
	struct ls_cursor text;
	uint64_t priority, seq, usec;

	if (!ls_take_char(&cur, ';') || !ls_take_uint(&head, UINT32_MAX, &priority) ||
	    !ls_take_char(&head, ',') || !ls_take_uint(&head, UINT64_MAX, &seq) ||
	    !ls_take_char(&head, ',') || !ls_take_uint(&head, UINT64_MAX, &usec))
		return -EBADMSG;
	/* Linux 3.5 ends here; flags, "caller=" and what may follow are not needed. */
	if (ls_cursor_left(&head) > 0 && *head.at != ',')
		return -EBADMSG;

	text = ls_take_until(&cur, '\n'); /* newlines of the message itself are escaped */
	*ret = (struct ls_kmsg_record){
		.facility = (unsigned int)(priority >> LEVEL_BITS),
		.level = (unsigned int)(priority & ((1u << LEVEL_BITS) - 1)),
		.seq = seq,
		.usec = usec,
		.text = text.at,
		.text_len = ls_cursor_left(&text),
	};
	return 1;
}
