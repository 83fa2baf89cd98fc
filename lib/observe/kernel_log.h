#pragma once
/* Kernel messages about USB as observations. */
#include "lib/model/observation.h"

/*
 * What one message text states ("usb 1-1: USB disconnect, device number 5"); \xHH escapes of
 * /dev/kmsg are understood. Sets kind, port, bus, devnum, step, status, count, controller, text,
 * and @device with obs->device = @device for FOUND, STRING and ENUMERATING (its speed); source is
 * KERNEL_LOG. Time is the caller's: obs->at stays. 1: an observation, 0: not about USB link
 * stability, nothing is written. BUS_*: @controller is the ID_PATH as the device name suggests it
 * ("pci-…", "platform-…"); bus is 0 for "remove, state". A hub that reports over-current of all
 * its ports at once is itself the port.
 * Only the part before the first ": " names the port; text that a device controls (strings)
 * never makes another kind than STRING.
 */
int ls_kernel_log_parse(const char *text, size_t len, struct ls_observation *obs,
			struct ls_device *device);
