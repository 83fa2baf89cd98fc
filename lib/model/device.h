#pragma once
/* Is this the device that was here before? devnum and order of arrival never count as identity. */
#include "lib/model/observation.h"

enum ls_device_match {
	LS_MATCH_UNKNOWN,    /* the ids of one of the two are unknown */
	LS_MATCH_OTHER,	     /* another device */
	LS_MATCH_OTHER_MODE, /* plausibly the same thing with another personality: same serial number
			     * or vendor, other product id or other string indices */
	LS_MATCH_SAME_MODEL, /* same ids, no serial number */
	LS_MATCH_SAME,	     /* same ids and serial number */
};

/*
 * Vendor, product and serial number decide; a firmware update changes bcdDevice only and is an
 * OTHER_MODE as well.
 */
enum ls_device_match ls_device_compare(const struct ls_device *before,
				       const struct ls_device *after);

/* Copies every field of @news that is known over @device. */
void ls_device_merge(struct ls_device *device, const struct ls_device *news);

/* "iPhone (05ac:12a8)", "05ac:12a8" or "a device", clean. */
void ls_device_describe(const struct ls_device *device, char *text, size_t size);
