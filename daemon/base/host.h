#pragma once
/* Which computer this is, where histories of several computers come together. */
#include <stddef.h>

#define HOST_NAME_MAX_BYTES 256
#define HOST_ID_LEN	    32

struct host {
	char name[HOST_NAME_MAX_BYTES]; /* for people, clean */
	/* Made from the machine id, so that it stays the same without revealing it; "" where
	 * there is none. */
	char id[HOST_ID_LEN + 1];
};

void host_read(struct host *ret);

/* The id of this boot, as the kernel gives it. 0, or -EIO if it cannot be read. */
int host_read_boot_id(char *id, size_t size);

#define HOST_TEXT_MAX 240

/* What matters of it for USB and stays the same while it runs. Texts are clean, "" unknown. */
struct host_machine {
	char kernel[HOST_TEXT_MAX]; /* "Linux 6.1.0-18-amd64 x86_64" */
	char model[HOST_TEXT_MAX];
	char bios[HOST_TEXT_MAX];
	int usbfs_memory_mb; /* 0: no limit; negative: unknown */
};

/* @root is put before /sys and /proc, "" is this computer's. */
void host_read_machine(const char *root, struct host_machine *ret);
