#pragma once
/* Kernel ports, and how they hang together: buses, hubs, sockets. */
#include "lib/engine/state.h"

struct bus *topology_bus(struct ls_engine *engine, uint16_t number);
struct bus *topology_bus_add(struct ls_engine *engine, uint16_t number);
/* ID_PATH of the controller named by a bus number, or by its device name if that is 0. */
const char *topology_controller(struct ls_engine *engine, uint16_t bus, const char *device_name);
/* Finds; NULL if it is not known. */
struct link *topology_find(struct ls_engine *engine, const char *name);
/* Finds or makes; NULL when all places are taken by links in use. */
struct link *links_get(struct ls_engine *engine, const char *name);
/* The link of the device with that number that is present, or NULL. */
struct link *topology_device(struct ls_engine *engine, uint16_t bus, uint16_t devnum);
/* The socket of a link: that of the peer with the lower bus number, where peers are known. */
void topology_socket(struct ls_engine *engine, const struct link *link, struct ls_socket *socket);
bool topology_same_socket(struct ls_engine *engine, const struct link *a, const struct link *b);
/* True if @id_path hangs below the hub or controller @hub. */
bool topology_path_below(const char *id_path, const char *hub);
/* Devices that left recently, by number; a number that the kernel assigns again is not gone. */
void topology_gone(struct link *link, uint16_t devnum, struct ls_instant at);
bool topology_is_gone(const struct link *link, uint16_t devnum, struct ls_instant at);
/* True if it left later than @at: what was seen at @at is reported late. */
bool topology_left_after(const struct link *link, uint16_t devnum, struct ls_instant at);
void topology_reused(struct link *link, uint16_t devnum);
bool topology_is_hub(const struct link *link);
/* What lies between the controller and @link, as in ls_session.hubs. */
void topology_hubs(struct ls_engine *engine, const struct link *link, char hubs[LS_HUBS_MAX]);
