#pragma once
/* Records of /dev/kmsg. */
#include "lib/base/base.h"

/* One record of /dev/kmsg; @text points into the parsed buffer, still \xHH-escaped. */
struct ls_kmsg_record {
	unsigned int facility; /* 0 is the kernel itself, which user space cannot forge */
	unsigned int level;    /* 0 emergency … 7 debug */
	uint64_t seq;
	uint64_t usec; /* local_clock: near CLOCK_MONOTONIC, does not count suspend */
	const char *text;
	size_t text_len;
};

/* 1, or -EBADMSG. Dictionary lines (" SUBSYSTEM=usb") are skipped. @len without a final NUL. */
int ls_kmsg_parse(const char *record, size_t len, struct ls_kmsg_record *ret);
