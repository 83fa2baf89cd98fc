#pragma once
/* Names of what took part in a history. */

#define HISTORIES_NAME_MAX 1024

/* How a row's port and device are called by people; NULL where that is the name in the trial.
 * @port_too is one more name that the port answers to. */
struct histories_aliases {
	const char *port, *port_too, *device;
};
