#pragma once
/* Kernel ports, and how they hang together: buses, hubs, sockets. */
#include "lib/engine/state.h"

struct bus *links_bus(struct ls_engine *engine, uint16_t number);
/* The root hub of bus @number is there; sockets on it get the path of @controller. */
void links_add_bus(struct ls_engine *engine, uint16_t number, const char *controller,
		   const char *description);
/* ID_PATH of the controller named by a bus number, or by its device name if that is 0. */
const char *links_controller(struct ls_engine *engine, uint16_t bus, const char *device_name);
/* Finds; NULL if it is not known. */
struct link *links_find(struct ls_engine *engine, const char *name);
/* Finds or makes; NULL when all places are taken by links in use. */
struct link *links_get(struct ls_engine *engine, const char *name);
/* The link of the device with that number that is present, or NULL. */
struct link *links_device(struct ls_engine *engine, uint16_t bus, uint16_t devnum);
/* Both decide what the socket of a link is, and how it is called. */
void links_set_peer(struct ls_engine *engine, struct link *link, const char *peer);
void links_set_present(struct ls_engine *engine, struct link *link, bool present);
/* True if @id_path hangs below the hub or controller @hub. */
bool links_path_below(const char *id_path, const char *hub);
/* Devices that left recently, by number; a number that the kernel assigns again has not left. */
/* The @back-th last departure from @link, from 0. */
const struct departure *links_departure(const struct link *link, unsigned int back);
/* Sets the incident of the @back-th last one. */
void links_set_departure(struct link *link, unsigned int back, int64_t incident);
void links_left(struct ls_engine *engine, struct link *link, uint16_t devnum, struct ls_instant at);
bool links_has_left(const struct link *link, uint16_t devnum, struct ls_instant at);
/* True if it left later than @at: what was seen at @at is reported late. */
bool links_left_after(const struct link *link, uint16_t devnum, struct ls_instant at);
void links_number_reused(struct link *link, uint16_t devnum);
bool links_is_hub(const struct link *link);
/* @obs becomes evidence of an incident that opens on @link soon. */
void links_remember(struct link *link, const struct ls_observation *obs);
/* What lies between the controller and @link, as in ls_session.hubs. */
void links_hubs(struct ls_engine *engine, const struct link *link, char hubs[LS_HUBS_MAX]);
