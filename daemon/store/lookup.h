#pragma once
/*
 * Ids of what is stored once: ports, devices, cables, chains of hubs. A missing row is added.
 * Within a transaction. 0 or -errno.
 */
#include "lib/model/record.h"

struct store;

/* Ports that an import may add to: far more than a computer ever has, and few enough for a report. */
#define STORE_PORTS_IMPORTED_MAX 4096

/*
 * 0 for the machine as a whole, and for a port that an import would add beyond the limit. A port that has
 * another kernel name in this boot gets that one.
 */
int store_put_port(struct store *store, const struct ls_socket *socket, int64_t *ret);
/* The description of a device; without a serial number the port stands for the specimen. */
int store_put_device(struct store *store, const struct ls_device *device, int64_t port,
		     int64_t *ret);
int store_put_cable(struct store *store, const char *label, int64_t *ret);
int store_put_chain(struct store *store, const char *hubs, int64_t *ret);
