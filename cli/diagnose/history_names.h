#pragma once
/* Names of what took part in a history. */

#define HISTORIES_NAME_MAX 1024

/*
 * Names of a row's port and device as shown to users; NULL if the same as in the trial. @port_too
 * is another name accepted for the port.
 */
struct histories_aliases {
	const char *port, *port_too, *device;
};
