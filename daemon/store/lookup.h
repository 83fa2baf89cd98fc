#pragma once
/* Rows of what is kept once and named by an id: ports, devices, texts. Within a transaction. */
#include "daemon/store/statements.h"
#include "lib/model/record.h"

struct store;

/* Row of a port, 0 for the machine as a whole. It is made or renamed where needed. 0 or -errno. */
int store_put_port(struct store *store, const struct ls_socket *socket, int64_t *ret);
/* Row of a description; without a serial number the port stands for the specimen. 0 or -errno. */
int store_put_device(struct store *store, const struct ls_device *device, int64_t port,
		     int64_t *ret);
/* Row of a text that is kept once (a cable, a chain of hubs). 0 or -errno. */
int store_text_row(struct store *store, enum store_stmt find, const char *text, int64_t *ret);
