/*
 * A history whose rows hold anything, as after damage or another program's hand: each question about it is
 * answered, by what fits the contract or by an error. The bytes say which values of which rows.
 */
#include <event2/buffer.h>
#include <sqlite3.h>

#include "daemon/server/methods.h"
#include "daemon/sources/top.h"
#include "daemon/store/db.h"
#include "daemon/store/open.h"
#include "tests/fuzz/check.h"

#define TABLES_MAX  48
#define COLUMNS_MAX 64
#define OPS_MAX	    64
#define TURNS_MAX   64 /* pages of one question */

static struct context context;
static struct quota quota;
static struct daemon_state state;
static struct varlink_service service;
static struct {
	char name[64], columns[COLUMNS_MAX][64];
	int n_columns;
} tables[TABLES_MAX];
static int n_tables;

static const char *const calls[] = {
	"{\"method\":\"io.linkstat.Status\"}",
	"{\"method\":\"io.linkstat.Report\"}",
	"{\"method\":\"io.linkstat.ListEvents\",\"more\":true}",
	"{\"method\":\"io.linkstat.ListIncidents\",\"more\":true}",
	"{\"method\":\"io.linkstat.ListDrops\",\"more\":true}",
	"{\"method\":\"io.linkstat.ListSessions\",\"more\":true}",
	"{\"method\":\"io.linkstat.SumSessions\",\"more\":true}",
	"{\"method\":\"io.linkstat.ListLabels\"}",
	"{\"method\":\"io.linkstat.ListJobs\",\"more\":true}",
	"{\"method\":\"io.linkstat.GetJob\",\"parameters\":{\"id\":1}}",
	"{\"method\":\"io.linkstat.GetIncident\",\"parameters\":{\"id\":1}}",
	"{\"method\":\"io.linkstat.GetTransfers\",\"parameters\":{\"id\":1}}",
};

static void
ignore_record(const struct ls_record *record, void *user)
{
	(void)record;
	(void)user;
}

static int
keep_name(void *user, int n, char **values, char **names)
{
	char *list = user;

	(void)names;
	CHECK(n > 0);
	for (int i = 0; i < COLUMNS_MAX; i++) {
		if (list[i * 64])
			continue;
		snprintf(list + i * 64, 64, "%s", values[0]);
		break;
	}
	return 0;
}

static void
look_at_schema(sqlite3 *db)
{
	static char names[COLUMNS_MAX][64];
	char sql[256];

	CHECK(sqlite3_exec(db,
			   "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
			   "'sqlite%' ORDER BY name",
			   keep_name, names, NULL) == SQLITE_OK);
	for (; n_tables < TABLES_MAX && names[n_tables][0]; n_tables++) {
		snprintf(tables[n_tables].name, 64, "%s", names[n_tables]);
		snprintf(sql, sizeof(sql), "SELECT name FROM pragma_table_info('%s')",
			 names[n_tables]);
		CHECK(sqlite3_exec(db, sql, keep_name, tables[n_tables].columns, NULL) ==
		      SQLITE_OK);
		while (tables[n_tables].columns[tables[n_tables].n_columns][0])
			tables[n_tables].n_columns++;
	}
	CHECK(n_tables > 20);
}

static void
prepare(void)
{
	/* A directory that is not there: the history stays in memory. */
	const struct store_options options = { .dir = "/nowhere", .boot_id = "b", .version = "0" };
	struct ls_engine_config config;

	if (context.store)
		return;
	CHECK(store_open(&options, &context.store) == 0);
	CHECK(sqlite3_exec(context.store->db, "PRAGMA foreign_keys = OFF", NULL, NULL, NULL) ==
	      SQLITE_OK);
	look_at_schema(context.store->db);
	ls_engine_config_default(&config);
	CHECK(ls_engine_new(&config, ignore_record, NULL, &state.engine) == 0);
	CHECK(top_new(&state.top) == 0);
	context.state = &state;
	context.quota = &quota;
	methods_service(&context, &service);
}

struct bytes {
	const uint8_t *at, *end;
};

static unsigned int
take(struct bytes *bytes)
{
	return bytes->at < bytes->end ? *bytes->at++ : 0;
}

static void
bind_value(struct bytes *bytes, sqlite3_stmt *statement, int i)
{
	unsigned int kind = take(bytes), len = kind >> 3;
	int64_t number = 0;
	double real;

	switch (kind % 8) {
	case 0:
		sqlite3_bind_null(statement, i);
		break;
	case 1:
	case 2:
	case 3: /* small ones, as ids are, fit to each other */
		sqlite3_bind_int64(statement, i, len);
		break;
	case 4:
	case 5:
		for (int k = 0; k < 8; k++)
			number = (int64_t)((uint64_t)number << 8 | take(bytes));
		memcpy(&real, &number, sizeof(real));
		if (kind % 8 == 4)
			sqlite3_bind_int64(statement, i, number);
		else
			sqlite3_bind_double(statement, i, real);
		break;
	default:
		if (len > (size_t)(bytes->end - bytes->at))
			len = (unsigned int)(bytes->end - bytes->at);
		if (kind % 8 == 6)
			sqlite3_bind_text(statement, i, (const char *)bytes->at, (int)len,
					  SQLITE_STATIC);
		else
			sqlite3_bind_blob(statement, i, bytes->at, (int)len, SQLITE_STATIC);
		bytes->at += len;
	}
}

/* A row of anything; or in all rows of a table one column. What the schema refuses is not in it. */
static void
put(struct bytes *bytes)
{
	int table = (int)take(bytes) % n_tables, n = tables[table].n_columns;
	unsigned int column = take(bytes);
	sqlite3_stmt *statement;
	char sql[1024];
	int len;

	if (column & 0x80) {
		snprintf(sql, sizeof(sql), "UPDATE OR IGNORE \"%s\" SET \"%s\" = ?",
			 tables[table].name, tables[table].columns[(int)column % n]);
		n = 1;
	} else {
		len = snprintf(sql, sizeof(sql), "INSERT OR REPLACE INTO \"%s\" VALUES (",
			       tables[table].name);
		for (int i = 0; i < n; i++)
			len += snprintf(sql + len, sizeof(sql) - (size_t)len, "%s?", i ? "," : "");
		snprintf(sql + len, sizeof(sql) - (size_t)len, ")");
	}
	if (sqlite3_prepare_v2(context.store->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return; /* a generated column, a view */
	for (int i = 1; i <= n; i++)
		bind_value(bytes, statement, i);
	(void)sqlite3_step(statement);
	sqlite3_finalize(statement);
}

static void
check_reply(const char *text, const char *method)
{
	ls_json_auto json_t *reply = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	struct ls_contract_fault fault;
	const struct ls_contract_method *found =
		ls_contract_method(&ls_contract_io_linkstat, strrchr(method, '.') + 1);

	CHECK(reply && found);
	if (!json_object_get(reply, "error"))
		CHECK(ls_contract_check(found->reply, json_object_get(reply, "parameters"),
					LS_CONTRACT_NO_OTHERS, &fault) >= 0);
}

static void
ask(const char *call)
{
	struct evbuffer *in = evbuffer_new(), *out = evbuffer_new();
	struct varlink_peer peer;
	char method[64];
	int r = 1;

	CHECK(sscanf(call, "{\"method\":\"%63[^\"]", method) == 1);
	varlink_peer_init(&peer);
	CHECK(evbuffer_add(in, call, strlen(call) + 1) == 0);
	for (int turn = 0; turn < TURNS_MAX && r == 1; turn++) {
		r = varlink_turn(&peer, &service, in, out);
		if (evbuffer_get_length(out) == 0)
			continue;
		check_reply((const char *)evbuffer_pullup(out, -1), method);
		(void)evbuffer_drain(out, evbuffer_get_length(out));
	}
	varlink_peer_done(&peer);
	evbuffer_free(in);
	evbuffer_free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes bytes = { data, data + len };

	prepare();
	CHECK(sqlite3_exec(context.store->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK);
	for (int i = 0; i < OPS_MAX && bytes.at < bytes.end; i++)
		put(&bytes);
	for (size_t i = 0; i < LS_COUNT(calls); i++)
		ask(calls[i]);
	CHECK(sqlite3_exec(context.store->db, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK);
	return 0;
}
