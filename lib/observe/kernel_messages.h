#pragma once
/*
 * The kernel's messages about USB, Linux 2.6.0 … 7.2, as a table; for kernel_log.c only.
 *
 * A pattern must match from the first to the last character after "DRIVER NAME: ";
 * blanks at the end do not count. In it stand
 *   %n device number     %e error number      %p number of a port of the hub named before
 *   %b bus number        %s speed             %d kernel name of a port
 *   %v %i %r vendor, product and release      %m %o %l strings: manufacturer, product, serial
 *   %w a word, unused    %~ anything up to the pattern's next character    %* all the rest
 */
#include "lib/base/base.h"
#include "lib/model/observation.h"

/* What the NAME in "DRIVER NAME: message" is. */
enum scope {
	NO_NAME,    /* there is none; the pattern is for the whole message */
	DEVICE,	    /* "usb 1-1.4", "usb usb1" */
	PORT,	    /* "usb 1-1-port4" */
	INTERFACE,  /* "usbhid 1-1:1.0" */
	HUB,	    /* the same with the driver "hub" */
	CONTROLLER, /* "xhci_hcd 0000:00:14.0", or any other name */
	EHCI,	    /* the same with a driver of an EHCI controller */
};

struct rule {
	enum scope scope;
	enum ls_obs_kind kind;
	enum ls_enum_step step;
	bool repeated; /* the kernel goes on to say the same in another line */
	const char *pattern;
};

#define SAYS(kind)	 LS_OBS_##kind, LS_STEP_NONE, false
#define SAYS_FIRST(kind) LS_OBS_##kind, LS_STEP_NONE, true
#define FAILED(step)	 LS_OBS_ENUM_FAILED, LS_STEP_##step, false

/* First match wins. */
static const struct rule rules[] = {
	/* Strings come first: a device writes in them what it likes. */
	{ DEVICE, SAYS(STRING), "Product: %o" },
	{ DEVICE, SAYS(STRING), "Manufacturer: %m" },
	{ DEVICE, SAYS(STRING), "SerialNumber: %l" },
	{ DEVICE, SAYS(FOUND), "New USB device found, idVendor=%v, idProduct=%i, bcdDevice=%r" },
	{ DEVICE, SAYS(FOUND), "New USB device found, idVendor=%v, idProduct=%i" },
	{ DEVICE, SAYS(ENUMERATING), "new %s USB device number %n%*" },
	{ DEVICE, SAYS(ENUMERATING), "new %s USB device using %w and address %n" },
	{ DEVICE, SAYS(ENUMERATING), "new %s USB device using address %n" },
	/* Until 2.6.5 the hub said so. */
	{ HUB, SAYS(ENUMERATING), "new USB device on port %p, assigned address %n" },
	{ DEVICE, SAYS(DISCONNECTED), "USB disconnect, device number %n" },
	{ DEVICE, SAYS(DISCONNECTED), "USB disconnect, address %n" },
	{ DEVICE, SAYS(RESET), "reset %s USB device number %n%*" },
	{ DEVICE, SAYS(RESET), "reset %s USB device using %w and address %n" },
	{ DEVICE, SAYS(RESET), "reset %s USB device using address %n" },
	{ DEVICE, SAYS(FIRMWARE_CHANGED), "device firmware changed" },
	{ DEVICE, SAYS(AUTHORISED), "authorized to connect" },

	/* Enumeration. "No BOS descriptor", odd descriptors and the like are firmware, not link. */
	{ DEVICE, FAILED(DESCRIPTOR), "device descriptor read/%w, error %e" },
	{ DEVICE, FAILED(INVALID_DESCRIPTOR), "got a wrong device descriptor, warm reset device" },
	{ DEVICE, FAILED(INVALID_DESCRIPTOR), "Invalid ep0 maxpacket: %*" },
	{ DEVICE, FAILED(INVALID_DESCRIPTOR), "device reset changed ep0 maxpacket size!" },
	{ DEVICE, FAILED(ADDRESS), "device not accepting address %n, error %e" },
	{ DEVICE, FAILED(ADDRESS), "Device not responding to setup %w" },
	{ DEVICE, FAILED(ADDRESS), "Device not responding to set address." },
	{ DEVICE, FAILED(CONFIG), "can't read configurations, error %e" },
	{ DEVICE, FAILED(CONFIG), "unable to read config index %w descriptor/start: %e" },
	{ DEVICE, FAILED(CONFIG), "unable to read config index %w descriptor/%*" },
	{ DEVICE, FAILED(CONFIG), "config index %w descriptor too short (expected %*" },
	{ DEVICE, FAILED(CONFIG), "no configurations" },
	{ DEVICE, FAILED(CONFIG), "can't set config %w, error %e" },
	{ DEVICE, FAILED(CONFIG), "can't restore configuration %w (error=%e)" },
	{ DEVICE, FAILED(CONFIG), "failed to restore interface %w altsetting %w (error=%e)" },
	/* The controller failed to prepare; nothing was sent to the device. */
	{ DEVICE, FAILED(OTHER), "hub failed to enable device, error %e" },
	{ DEVICE, FAILED(OTHER), "parent hub has no TT" },
	{ PORT, FAILED(OTHER), "couldn't allocate usb_device" },
	{ PORT, FAILED(ENABLE), "Cannot enable.%*" },
	{ PORT, FAILED(DEBOUNCE), "connect-debounce failed" },
	{ HUB, FAILED(ENABLE), "Cannot enable port %p.%*" },
	{ HUB, FAILED(ENABLE), "Cannot enable port %p of hub %*" },
	{ HUB, FAILED(DEBOUNCE), "connect-debounce failed, port %p disabled" },
	{ HUB, FAILED(CONFIG), "config failed, %~(err %e)" },
	{ HUB, FAILED(CONFIG), "bad descriptor, ignoring hub" },
	{ PORT, SAYS(ENUM_GAVE_UP), "unable to enumerate USB device" },
	{ HUB, SAYS(ENUM_GAVE_UP), "unable to enumerate USB device on port %p" },
	{ PORT, SAYS(POWER_CYCLE), "attempt power cycle" },

	/* The electrical side of a port. */
	{ PORT, SAYS(OVER_CURRENT), "over-current condition" },
	/* Debug text; the counter that may follow is the kernel's own. */
	{ PORT, SAYS(OVER_CURRENT), "over-current change%*" },
	{ HUB, SAYS(OVER_CURRENT), "over-current condition on port %p" },
	{ HUB, SAYS(OVER_CURRENT), "over-current change on port %p" },
	/* Of all ports of a hub together: told of the hub itself. */
	{ HUB, SAYS(OVER_CURRENT), "over-current condition" },
	{ PORT, SAYS(EMI), "disabled by hub (EMI?), re-enabling..." },
	{ HUB, SAYS(EMI), "port %p disabled by hub (EMI?), re-enabling..." },
	{ HUB, SAYS(EMI), "already running port %p disabled by hub (EMI?), re-enabling..." },

	/* The link. */
	{ PORT, SAYS(LINK_TROUBLE), "config error" },
	{ PORT, SAYS(LINK_TROUBLE), "cannot reset (err = %e)" },
	{ PORT, SAYS(LINK_TROUBLE), "cannot warm reset (err = %e)" },
	{ PORT, SAYS(LINK_TROUBLE), "cannot disable (err = %e)" },
	{ PORT, SAYS(LINK_TROUBLE), "not warm reset yet, waiting %*" },
	{ PORT, SAYS(LINK_TROUBLE), "not enabled, trying warm reset again..." },
	{ PORT, SAYS(LINK_TROUBLE), "hot reset failed, warm reset" },
	{ PORT, SAYS(LINK_TROUBLE), "do warm reset%*" },
	{ PORT, SAYS(LINK_TROUBLE), "logical disconnect" },
	{ DEVICE, SAYS(LINK_TROUBLE), "Disable of device-initiated %w failed." },
	{ DEVICE, SAYS(LINK_TROUBLE), "Enable of device-initiated %w failed." },
	{ DEVICE, SAYS(LINK_TROUBLE), "Set SEL for device-initiated %w failed." },
	{ DEVICE, SAYS(LINK_TROUBLE), "Failed to set %w timeout to %w,error code %e" },
	{ DEVICE, SAYS(LINK_TROUBLE), "Could not enable %w link state, xHCI error %e." },
	{ DEVICE, SAYS(LINK_TROUBLE),
	  "Could not disable xHCI %w timeout, bus schedule bandwidth may be impacted." },
	{ DEVICE, SAYS(LINK_TROUBLE), "Failed to disable LPM%*" },
	{ DEVICE, SAYS(LINK_TROUBLE), "Failed to disable LTM%*" },
	{ DEVICE, SAYS(LINK_TROUBLE), "%w Failed to disable LPM%*" }, /* the word is __func__ */
	{ DEVICE, SAYS(LINK_TROUBLE), "%w Failed to disable LTM%*" },
	{ DEVICE, SAYS(LINK_TROUBLE), "Port disable: can't disable remote wake" },
	{ DEVICE, SAYS(LINK_TROUBLE), "clear tt %w (%w) error %e" },
	{ INTERFACE, SAYS(LINK_TROUBLE), "%w Failed to disable LPM%*" },
	{ HUB, SAYS(LINK_TROUBLE), "hub_ext_port_status failed (err = %e)" },
	{ HUB, SAYS(LINK_TROUBLE), "hub_port_status failed (err = %e)" },
	{ HUB, SAYS(LINK_TROUBLE), "hub_hub_status failed (err = %e)" },
	{ HUB, SAYS(LINK_TROUBLE), "get_hub_status failed" },
	{ HUB, SAYS(LINK_TROUBLE), "activate --> %e" },
	{ HUB, SAYS(LINK_TROUBLE), "resubmit --> %e" },
	{ HUB, SAYS(LINK_TROUBLE), "transfer --> %e" },
	{ HUB, SAYS(LINK_TROUBLE), "set hub depth failed" },
	{ HUB, SAYS(LINK_TROUBLE), "only USB3 hub support warm reset" },
	{ HUB, SAYS(LINK_TROUBLE), "clear tt %w (%w) error %e" },
	{ HUB, SAYS(LINK_TROUBLE), "config error on port %p" },
	{ HUB, SAYS(LINK_TROUBLE), "cannot reset port %p (err = %e)" },
	{ HUB, SAYS(LINK_TROUBLE), "cannot warm reset port %p (err = %e)" },
	{ HUB, SAYS(LINK_TROUBLE), "cannot disable port %p (err = %e)" },
	{ HUB, SAYS(LINK_TROUBLE), "port %p not warm reset yet, waiting %*" },
	{ HUB, SAYS(LINK_TROUBLE), "port %p not enabled, trying warm reset again..." },
	{ HUB, SAYS(LINK_TROUBLE), "logical disconnect on port %p" },
	{ DEVICE, SAYS(SLOW), "not running at top speed; connect to a high speed hub" },

	/* Sleep. dpm_run_callback() lines say the same as "failed to resume", once more. */
	{ DEVICE, SAYS(RESUME_FAILED), "PM: failed to resume: error %e" },
	{ DEVICE, SAYS(RESUME_FAILED), "PM: failed to resume async: error %e" },
	{ DEVICE, SAYS(RESUME_FAILED), "PM: failed to restore: error %e" },
	{ DEVICE, SAYS(RESUME_FAILED), "PM: failed to restore async: error %e" },
	{ DEVICE, SAYS(RESUME_FAILED), "can't resume, status %e" },
	{ DEVICE, SAYS(RESUME_FAILED), "gone after usb resume? status %e" },
	{ PORT, SAYS(RESUME_FAILED), "can't resume, status %e" },
	{ PORT, SAYS(RESUME_FAILED), "can't resume usb port, status %e" },
	{ HUB, SAYS(RESUME_FAILED), "can't resume port %p, status %e" },
	{ INTERFACE, SAYS(RESUME_FAILED), "resume error %e" },
	{ INTERFACE, SAYS(RESUME_FAILED), "reset_resume error %e" },
	{ NO_NAME, SAYS(RESUME_FAILED), "PM: Device %d failed to resume: error %e" },
	{ NO_NAME, SAYS(RESUME_FAILED), "PM: Device %d failed to resume async: error %e" },
	{ NO_NAME, SAYS(RESUME_FAILED), "PM: Device %d failed to restore: error %e" },
	{ NO_NAME, SAYS(RESUME_FAILED), "PM: Device %d failed to restore async: error %e" },
	{ CONTROLLER, SAYS(RESUME_FAILED), "Port resume timed out, port %d: %*" },
	{ CONTROLLER, SAYS(RESUME_FAILED), "port %d resume PLC timeout%*" },
	{ DEVICE, SAYS(ROOT_HUB_LOST_POWER), "root hub lost power or was reset" },
	{ NO_NAME, SAYS(SLEEP), "PM: suspend entry%*" },
	{ NO_NAME, SAYS(SLEEP), "PM: hibernation entry" },
	{ NO_NAME, SAYS(SLEEP), "PM: hibernation: hibernation entry" },
	{ NO_NAME, SAYS(WAKE), "PM: suspend exit" },
	{ NO_NAME, SAYS(WAKE), "PM: hibernation exit" },
	{ NO_NAME, SAYS(WAKE), "PM: hibernation: hibernation exit" },

	/* Power that was declared, not measured. */
	{ DEVICE, SAYS(POWER_REJECTED),
	  "rejected %w configuration due to insufficient available bus power" },
	{ DEVICE, SAYS(POWER_REJECTED),
	  "rejected %w configurations due to insufficient available bus power" },
	{ DEVICE, SAYS(POWER_REJECTED), "can't connect bus-powered hub to this port" },
	{ DEVICE, SAYS(POWER_REJECTED), "new config %w exceeds power limit by %wmA" },
	{ DEVICE, SAYS(POWER_REJECTED), "%wmA is over %wmA budget for port %w" },
	{ DEVICE, SAYS(POWER_REJECTED), "%wmA is over %wuA budget for port %w" },
	{ PORT, SAYS(POWER_REJECTED), "%wmA is over %wmA budget!" },
	{ PORT, SAYS(POWER_REJECTED), "%wmA is over %wuA budget!" },
	{ HUB, SAYS(POWER_REJECTED), "%wmA over power budget!" },
	{ HUB, SAYS(POWER_REJECTED), "insufficient power available to use all downstream ports" },

	/* Controllers. */
	{ CONTROLLER, SAYS(BUS_ADDED), "new USB bus registered, assigned bus number %b" },
	{ CONTROLLER, SAYS(BUS_REMOVED), "USB bus %b deregistered" },
	{ CONTROLLER, SAYS(BUS_REMOVED), "remove, state %w" },
	{ CONTROLLER, SAYS(CONTROLLER_DIED), "HC died; cleaning up" },
	{ CONTROLLER, SAYS_FIRST(CONTROLLER_DIED),
	  "xHCI host controller not responding, assume dead" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE),
	  "xHCI host not responding to stop endpoint command%*" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Assuming host is dying, halting host." },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "WARNING: Host System Error" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "WARNING: Host Controller Error" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Host halt failed, %e" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Host not accessible, reset failed." },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Host controller not halted, aborting reset." },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Host controller not accessible, removed?" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Host took too long to start, waited %*" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Cannot set link state." },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Abort failed to stop command ring: %e" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Timeout while waiting for %w %w command" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Timeout waiting for reset device command" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Setup ERROR: setup %*" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "ERROR: unexpected setup %*" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Error while assigning device slot ID%*" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE),
	  "Max number of devices this xHCI host supports is %*" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "WARN: xHC restore state timeout" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "WARN: xHC save state timeout" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "WARN: xHC CMD_RUN timeout" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Controller not ready at resume %w" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "can't re-enable after resume, %e!" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "PCI post-resume error %e!" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "OHCI Unrecoverable Error, disabled" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "frame counter not updating; disabled" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "HcDoneHead not written back; disabled" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "host system error, PCI problems?" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE),
	  "host controller process error, something bad happened!" },
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "host controller halted, very bad!" },
	/* dwc2 does not say on which bus. */
	{ CONTROLLER, SAYS(CONTROLLER_TROUBLE), "Overcurrent change detected" },
	{ EHCI, SAYS(CONTROLLER_TROUBLE), "fatal error" },
	{ EHCI, SAYS(CONTROLLER_TROUBLE), "port %w reset error %e" },
	{ EHCI, SAYS(CONTROLLER_TROUBLE), "port %w resume error %e" },
};

#undef SAYS
#undef SAYS_FIRST
#undef FAILED
