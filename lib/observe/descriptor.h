#pragma once
/* What a device answers to GET_DESCRIPTOR (USB 2.0 9.6), as it lies in a capture: hostile bytes. */
#include "lib/model/observation.h"

#define LS_DESCRIPTOR_DEVICE	 1
#define LS_DESCRIPTOR_STRING	 3
#define LS_DESCRIPTOR_DEVICE_LEN 18

/* Fills ids, class, string indices and number of configurations; the rest of *ret stays. 1, or
 * -EBADMSG if it is no whole device descriptor: *ret is not written. */
int ls_descriptor_device(const uint8_t *bytes, size_t len, struct ls_device *ret);

/* The text of a string descriptor, clean. 1, or -EBADMSG: *ret is not written. */
int ls_descriptor_string(const uint8_t *bytes, size_t len, char ret[LS_STRING_MAX]);
