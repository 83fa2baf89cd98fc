#pragma once
/*
 * What stands before a kernel message about USB: "usb 1-1.4: ", "hub 1-0:1.0: ",
 * "xhci_hcd 0000:00:14.0: ". Hosts and programs may have any name ("sys-usb", "hub01",
 * "github-runner"), so that drivers are compared as whole words.
 */
#include "lib/base/cursor.h"

/* "xhci_hcd", "ehci-pci", "dwc2", "tegra-xhci": the driver of a host controller. */
bool ls_kernel_is_controller_driver(const struct ls_cursor *word);
/* "0000:00:14.0", "xhci-hcd.0.auto", "3f980000.usb", "tegra-xhci": its name. */
bool ls_kernel_is_controller_name(const struct ls_cursor *word);
/* Does @text begin with a driver, the name of its device, and a colon? */
bool ls_kernel_has_prefix(struct ls_cursor text);
/*
 * "[hub_event] ", "(null): ", "hub_event: ", "usbcore:hub_event:2245: ": what kernels of vendors and
 * dynamic debug put before a message, or between a device and what is said of it. One such word.
 */
bool ls_kernel_take_noise(struct ls_cursor *text);
/* @text from its driver on, where only such words stand before it. */
struct ls_cursor ls_kernel_skip_noise(struct ls_cursor text);
