#pragma once
/* Which computer this is, where histories of several computers come together. */

#define HOST_NAME_MAX_BYTES 256
#define HOST_ID_LEN	    32

struct host {
	char name[HOST_NAME_MAX_BYTES]; /* for people, clean */
	/* Made from the machine id, so that it stays the same and tells nobody that id; "" where
	 * there is none. */
	char id[HOST_ID_LEN + 1];
};

void host_read(struct host *ret);
