#include "cli/ask/ask.h"

#include <string.h>

#include "cli/base/sanitize.h"
#include "cli/ask/client.h"
#include "cli/base/field.h"
#include "cli/ask/problem.h"
#include "cli/ask/schema.h"
#include "cli/base/redact.h"

#define REPLY_TIMEOUT_MS 30000
/* Limits of a query: a hostile peer could send pages without end. */
#define ROWS_MAX 1000000

static const struct client_wait patience = { .timeout_ms = REPLY_TIMEOUT_MS, .output_fd = -1 };

static int
pass_over(const json_t *item, void *user)
{
	(void)item;
	(void)user;
	return CLI_FINE;
}

/*
 * A person may have typed the serial number of any device that was ever connected, as a label or in a
 * command, and the reply with that text does not say that it is one.
 */
static int
learn_secrets(const struct cli *cli)
{
	static const struct ask_list sums = { "io.linkstat.SumSessions", "sums" };
	static const struct query all = { 0 };

	if (!cli->redact || cli->redaction->knows_history)
		return CLI_FINE;
	cli->redaction->knows_history = true;
	return ask_items(cli, &all, &sums, pass_over, NULL);
}

int
ask_open(const struct cli *cli, struct client **ret)
{
	int r = learn_secrets(cli);

	if (r != CLI_FINE)
		return r;
	r = client_open(cli->socket, ret);
	return r < 0 ? problem_connecting(cli->socket, r) : CLI_FINE;
}

int
ask_accept(const struct cli *cli, const char *method, const json_t *reply)
{
	char why[SCHEMA_WHY_MAX];

	if (client_error(reply))
		return problem_reply(reply);
	if (schema_check(method, client_parameters(reply), why) < 0)
		return problem_schema(why);
	if (cli->redact && redact_reply(cli->redaction, client_parameters(reply)) < 0)
		return cli_no_memory();
	if (!cli->json && sanitize_json(client_parameters(reply), cli->style.utf8) < 0)
		return cli_no_memory();
	return CLI_FINE;
}

static json_t *
text_or_null(const struct cli_time *time)
{
	return time->set ? json_string(time->text) : NULL;
}

int
ask_parameters(const struct query *query, json_t **ret)
{
	ls_json_auto json_t *parameters =
		json_pack("{s:o*, s:o*}", "since", text_or_null(&query->since), "until",
			  text_or_null(&query->until));
	json_t *ports;

	if (!parameters)
		return cli_no_memory();
	ports = query->n_ports > 0 ? json_array() : NULL;
	if (ports && json_object_set_new(parameters, "ports", ports) < 0)
		return cli_no_memory();
	for (int i = 0; i < query->n_ports; i++) {
		json_t *port = json_string(query->ports[i]);

		if (!port) {
			cli_complain("the name of a port is not valid UTF-8.");
			return CLI_USAGE;
		}
		if (json_array_append_new(ports, port) < 0)
			return cli_no_memory();
	}
	*ret = LS_STEAL(&parameters);
	return CLI_FINE;
}

/* One call on an open connection; *ret is the reply, which may be an error. */
static int
call(struct client *client, const char *method, json_t *parameters, json_t **ret)
{
	int r = client_send(client, method, parameters, false);

	if (r == 0)
		r = client_receive(client, &patience, ret);
	if (r < 0)
		return problem_talking(r);
	if (client_continues(*ret)) {
		json_decref(*ret);
		*ret = NULL;
		return problem_schema("it goes on although only one reply was asked for");
	}
	return CLI_FINE;
}

int
ask_on(const struct cli *cli, struct client *client, const char *method, json_t *parameters,
       json_t **ret)
{
	ls_json_auto json_t *reply = NULL;
	int r = call(client, method, parameters, &reply);

	if (r == CLI_FINE)
		r = ask_accept(cli, method, reply);
	if (r == CLI_FINE)
		*ret = json_incref(client_parameters(reply));
	return r;
}

int
ask_once(const struct cli *cli, const char *method, json_t *parameters, json_t **ret)
{
	ls_auto(client) *client = NULL;
	int r = ask_open(cli, &client);

	return r == CLI_FINE ? ask_on(cli, client, method, parameters, ret) : r;
}

/* Puts the cursor of @reply into @parameters. 1, 0 at the end, -1 if it does not advance. */
static int
advance(json_t *parameters, const json_t *reply)
{
	const char *cursor = field_text(reply, "cursor");

	if (!field_has(reply, "cursor"))
		return 0;
	if (strcmp(cursor, field_text(parameters, "cursor")) == 0)
		return -1;
	return json_object_set(parameters, "cursor", json_object_get(reply, "cursor")) < 0 ? -1 : 1;
}

static int
pass_on(const json_t *items, ask_item_fn on_item, void *user)
{
	const json_t *item;
	int r = CLI_FINE;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (r == CLI_FINE)
			r = on_item(item, user);
	}
	return r;
}

int
ask_items(const struct cli *cli, const struct query *query, const struct ask_list *list,
	  ask_item_fn on_item, void *user)
{
	ls_auto(client) *client = NULL;
	ls_json_auto json_t *parameters = NULL;
	int more = 1, r = ask_open(cli, &client);

	if (r == CLI_FINE)
		r = ask_parameters(query, &parameters);
	while (r == CLI_FINE && more > 0) {
		ls_json_auto json_t *reply = NULL;

		r = call(client, list->method, parameters, &reply);
		if (r == CLI_FINE)
			more = client_error(reply) ? 0
						   : advance(parameters, client_parameters(reply));
		if (r == CLI_FINE)
			r = ask_accept(cli, list->method, reply);
		if (r == CLI_FINE)
			r = pass_on(field_list(client_parameters(reply), list->member), on_item,
				    user);
		if (r == CLI_FINE && more < 0)
			r = problem_schema("the list does not go on");
	}
	return r;
}

static int
add_item(const json_t *item, void *user)
{
	json_t *all = user;

	if (json_array_append(all, (json_t *)(uintptr_t)item) < 0)
		return cli_no_memory();
	if (json_array_size(all) > ROWS_MAX) {
		cli_complain("there are more than %d rows.\n"
			     "Ask for less with --since and --until.",
			     ROWS_MAX);
		return CLI_UNREACHABLE;
	}
	return CLI_FINE;
}

int
ask_all(const struct cli *cli, const struct query *query, const struct ask_list *list, json_t **ret)
{
	ls_json_auto json_t *all = json_array();
	int r;

	if (!all)
		return cli_no_memory();
	r = ask_items(cli, query, list, add_item, all);
	if (r == CLI_FINE)
		*ret = LS_STEAL(&all);
	return r;
}

static int
add_ports(json_t *whole, const json_t *page)
{
	json_t *ports = json_object_get(whole, "ports");

	if (json_array_extend(ports, json_object_get(page, "ports")) < 0)
		return cli_no_memory();
	return json_array_size(ports) > ROWS_MAX ? problem_schema("the list does not go on")
						 : CLI_FINE;
}

int
ask_report(const struct cli *cli, const struct query *query, json_t **ret)
{
	static const char method[] = "io.linkstat.Report";
	ls_json_auto json_t *asked = NULL, *whole = NULL;
	ls_auto(client) *client = NULL;
	int more = 1, r = ask_parameters(query, &asked);

	if (r == CLI_FINE)
		r = ask_open(cli, &client);
	while (r == CLI_FINE && more > 0) {
		ls_json_auto json_t *page = NULL;

		r = ask_on(cli, client, method, asked, &page);
		if (r != CLI_FINE)
			break;
		more = advance(asked, page);
		if (!whole)
			whole = json_incref(page);
		else
			r = add_ports(whole, page);
		if (r == CLI_FINE && more < 0)
			r = problem_schema("the list does not go on");
	}
	if (r == CLI_FINE)
		(void)json_object_del(whole, "cursor");
	if (r == CLI_FINE)
		*ret = LS_STEAL(&whole);
	return r;
}
