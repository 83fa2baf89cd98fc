#pragma once
/*
 * Queries to linkstatd. Every function returns an enum cli_exit; unless that is CLI_FINE, the error
 * is already reported. Replies are checked against the contract, and cleaned for a terminal except
 * with --json.
 */
#include "cli/base/cli.h"
#include "lib/wire/wire.h"

struct client;

/* @query as the parameters of a method; a new reference. */
int ask_parameters(const struct query *query, json_t **ret);

/* One call and its only reply, a new reference. @parameters is borrowed and may be NULL. */
int ask_once(const struct cli *cli, const char *method, json_t *parameters, json_t **ret);

/* A method that answers in pages with a cursor. */
struct ask_list {
	const char *method;
	const char *member; /* the list in the reply */
};

/* @item is borrowed for the time of the call. Not CLI_FINE: no more of them. */
typedef int (*ask_item_fn)(const json_t *item, void *user);

/* The items of all pages, oldest first. */
int ask_items(const struct cli *cli, const struct query *query, const struct ask_list *list,
	      ask_item_fn on_item, void *user);
/* The same as one array, a new reference. */
int ask_all(const struct cli *cli, const struct query *query, const struct ask_list *list,
	    json_t **ret);

/* io.linkstat.Report with the ports of all its pages, a new reference. */
int ask_report(const struct cli *cli, const struct query *query, json_t **ret);

/* The same on a connection that is open. */
int ask_on(const struct cli *cli, struct client *client, const char *method, json_t *parameters,
	   json_t **ret);

/* Opens a connection and reports errors. */
int ask_open(const struct cli *cli, struct client **ret);
/* What each reply of @method goes through: error replies, the contract, cleaning. */
int ask_accept(const struct cli *cli, const char *method, const json_t *reply);
