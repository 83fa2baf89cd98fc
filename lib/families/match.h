#pragma once
/* What a rule asks of a device: lists of numbers, ranges, ids, interfaces and patterns. */
#include "lib/model/observation.h"

/* What a rule may ask of a device. The order is that of the keys' table in keys.c. */
enum family_subject {
	FAMILY_ID, /* first: vendor; last: product ids as FIRST << 16 | LAST */
	FAMILY_VID,
	FAMILY_PID,
	FAMILY_BCD_DEVICE,
	FAMILY_DEVICE_CLASS,
	FAMILY_N_CONFIGURATIONS,
	FAMILY_I_MANUFACTURER,
	FAMILY_I_PRODUCT,
	FAMILY_I_SERIAL,
	FAMILY_INTERFACE, /* first: class, subclass, protocol as 0xCCSSPP; last: mask of it */
	FAMILY_SERIAL_HEX,
	FAMILY_SERIAL,
	FAMILY_PRODUCT,
	FAMILY_MANUFACTURER,
	FAMILY_N_SUBJECTS,
};

struct family_condition {
	enum family_subject subject;
	uint32_t first, last;
	char *glob; /* texts only */
};

/* All subjects that are asked about must hold; of one subject one condition is enough. */
struct family_match {
	struct family_condition *conditions;
	size_t n;
};

/* A list of values of @subject: 1, -ENOMEM, or -EINVAL with @why. */
int family_match_add(struct family_match *match, enum family_subject subject, const char *value,
		     char why[LS_TEXT_MAX]);
void family_match_done(struct family_match *match);
bool family_matches(const struct family_match *match, const struct ls_device *device);
