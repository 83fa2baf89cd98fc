#pragma once
/*
 * The kernel's messages about USB, Linux 2.6.0 … 7.2, as a table.
 *
 * A pattern must match from the first to the last character after "DRIVER NAME: ";
 * blanks at the end do not count. In it stand
 *   %n device number     %e error number      %p number of a port of the hub named before
 *   %b bus number        %s speed             %d kernel name of a port
 *   %v %i %r vendor, product and release      %m %o %l strings: manufacturer, product, serial
 *   %w a word, unused    %~ anything up to the pattern's next character    %* all the rest
 */
#include "lib/model/observation.h"

/* What the NAME in "DRIVER NAME: message" is. */
enum scope {
	NO_NAME,    /* there is none; the pattern is for the whole message */
	DEVICE,	    /* "usb 1-1.4", "usb usb1" */
	PORT,	    /* "usb 1-1-port4" */
	INTERFACE,  /* "usbhid 1-1:1.0" */
	HUB,	    /* the same with the driver "hub" */
	HANDLE,	    /* what a driver made of an interface: "ftdi_sio ttyUSB0", "sd 6:0:0:0" */
	CONTROLLER, /* "xhci_hcd 0000:00:14.0", or any other name */
	EHCI,	    /* the same with a driver of an EHCI controller */
};

struct ls_kernel_message {
	enum scope scope;
	enum ls_obs_kind kind;
	enum ls_enum_step step;
	bool repeated; /* another line of the kernel repeats it */
	const char *pattern;
};

extern const struct ls_kernel_message ls_kernel_messages[]; /* the first that matches counts */
extern const size_t ls_n_kernel_messages;
