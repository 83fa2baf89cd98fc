#pragma once
/*
 * What drivers of USB devices print of them. There are hundreds of drivers, each with its own
 * words; but most print the status of a transfer in one of a few ways, and that is what counts.
 */
#include "lib/base/cursor.h"
#include "lib/model/observation.h"

struct ls_driver_message {
	enum ls_obs_kind kind;	    /* TRANSFER_ERRORS, HOST_LIMIT, DRIVER_LEFT or HANDLE */
	int status;		    /* -errno of TRANSFER_ERRORS and HOST_LIMIT, 0 none */
	bool timed_out;		    /* TRANSFER_ERRORS: an answer never came */
	char handle[LS_HANDLE_MAX]; /* HANDLE: "ttyUSB0" */
};

/*
 * @text: what follows "DRIVER NAME: ". 1, or 0 if it says nothing of the link: a stall (-32) is the
 * answer of a link that works; -2, -19, -104 and -108 are what follows when a device has left.
 */
int ls_driver_message_parse(struct ls_cursor text, struct ls_driver_message *ret);

/* "ttyUSB0", "usblp0", "host6", and "6:0:0:0", which is on host6; or the name of a driver that does
 * not say which device it means. 1, or 0 if @name is none of these. */
int ls_driver_handle(struct ls_cursor name, char handle[LS_HANDLE_MAX]);
