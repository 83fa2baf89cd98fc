#pragma once
/* A generated stream of usbmon headers; the same calls give the same records. */
#include "lib/usbmon/usbmon.h"

/*
 * Submissions and completions of @n_devices on three buses, of which one transfer in 10 000 fails.
 * Without data. The record stays until the next call, which may change it.
 */
struct ls_usbmon_record *stream_next(uint32_t n_devices);
