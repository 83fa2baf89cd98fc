#include "daemon/store/lookup.h"

#include "daemon/store/db.h"
#include "daemon/store/row.h"

/* 1 if the port is there and has its name. */
static int
find_port(struct store *store, const struct ls_socket *socket, int64_t *ret)
{
	return store_get(store, ret,
			 "SELECT id FROM ports WHERE id_path = ?1"
			 " AND ((name = ?2 AND boot = ?3) OR boot > ?3)",
			 TEXT(socket->id_path), TEXT(socket->name), INT(store->boot));
}

static bool
is_one_too_many(struct store *store, const struct ls_socket *socket)
{
	int64_t n = 0;

	return store_get(store, &n,
			 "SELECT count(*) FROM ports HAVING count(*) >= ?1"
			 " AND NOT EXISTS (SELECT 1 FROM ports WHERE id_path = ?2)",
			 INT(STORE_PORTS_IMPORTED_MAX), TEXT(socket->id_path)) == 1;
}

int
store_put_port(struct store *store, const struct ls_socket *socket, int64_t *ret)
{
	int r;

	*ret = 0;
	if (socket->id_path[0] == '\0')
		return 0;
	r = find_port(store, socket, ret);
	if (r == 0 && store->boot != store->live_boot && is_one_too_many(store, socket))
		return 0;
	if (r == 0)
		r = store_get(store, ret,
			      "INSERT INTO ports (id_path, name, boot) VALUES (?1, ?2, ?3)"
			      " ON CONFLICT (id_path) DO UPDATE SET name = ?2, boot = ?3"
			      " RETURNING id",
			      TEXT(socket->id_path), TEXT(socket->name), INT(store->boot));
	return r < 0 ? r : 0;
}

static int
put_identity(struct store *store, const struct ls_device *device, int64_t port, int64_t *ret)
{
	int r = store_get(store, ret, "SELECT id FROM devices WHERE port = ?" IDENTITY_EQUALS,
			  INT(port), FIELDS(STORE_ROW_IDENTITY, device));

	if (r == 0)
		return store_insert(store, ret,
				    "INSERT INTO devices (port" IDENTITY_COLUMNS ")"
				    " VALUES (?" IDENTITY_PARAMETERS ")",
				    INT(port), FIELDS(STORE_ROW_IDENTITY, device));
	return r < 0 ? r : 0;
}

static int
put_description(struct store *store, const struct ls_device *device, int64_t identity, int64_t *ret)
{
	int r = store_get(store, ret,
			  "SELECT id FROM descriptions WHERE device = ?" DESCRIPTION_EQUALS,
			  INT(identity), FIELDS(STORE_ROW_DESCRIPTION, device));

	if (r == 0)
		return store_insert(store, ret,
				    "INSERT INTO descriptions (device" DESCRIPTION_COLUMNS ")"
				    " VALUES (?" DESCRIPTION_PARAMETERS ")",
				    INT(identity), FIELDS(STORE_ROW_DESCRIPTION, device));
	return r < 0 ? r : 0;
}

int
store_put_device(struct store *store, const struct ls_device *device, int64_t port, int64_t *ret)
{
	int64_t identity = 0;
	int r = put_identity(store, device, device->serial[0] ? 0 : port, &identity);

	return r < 0 ? r : put_description(store, device, identity, ret);
}

int
store_put_cable(struct store *store, const char *label, int64_t *ret)
{
	int r = store_get(store, ret, "SELECT id FROM cables WHERE label = ?1", TEXT(label));

	if (r == 0)
		return store_insert(store, ret, "INSERT INTO cables (label) VALUES (?1)",
				    TEXT(label));
	return r < 0 ? r : 0;
}

int
store_put_chain(struct store *store, const char *hubs, int64_t *ret)
{
	int r = store_get(store, ret, "SELECT id FROM chains WHERE hubs = ?1", TEXT(hubs));

	if (r == 0)
		return store_insert(store, ret, "INSERT INTO chains (hubs) VALUES (?1)",
				    TEXT(hubs));
	return r < 0 ? r : 0;
}
