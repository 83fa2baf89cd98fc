#include "cli/print/envelope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_VERSION 1

static int
add_members(json_t *document, const json_t *members)
{
	const char *key;
	json_t *value;
	int r = 0;

	json_object_foreach((json_t *)(uintptr_t)members, key, value)
	{
		if (strcmp(key, "version") == 0)
			r = json_object_set(document, "daemon_version", value);
		else if (strcmp(key, "linkstat") == 0)
			r = json_object_set(document, "daemon_linkstat", value);
		else
			r = json_object_set(document, key, value);
		if (r < 0)
			return -ENOMEM;
	}
	return 0;
}

/* On a terminal only ASCII: hostile text stays escaped there. It is the same JSON. */
static size_t
dump_flags(const struct cli *cli)
{
	return LS_WIRE_DUMP | (cli->style.terminal ? JSON_ENSURE_ASCII : 0);
}

int
envelope_print(const struct cli *cli, const char *name, const json_t *members)
{
	ls_json_auto json_t *document =
		json_pack("{s:s, s:i}", "linkstat", name, "version", FORMAT_VERSION);
	char *text;

	if (!document || add_members(document, members) < 0)
		return cli_no_memory();
	text = json_dumps(document, dump_flags(cli));
	if (!text)
		return cli_no_memory();
	fprintf(cli->style.out, "%s\n", text);
	free(text);
	return CLI_FINE;
}

int
envelope_print_one(const struct cli *cli, const char *name, const char *key, json_t *value)
{
	ls_json_auto json_t *members = json_pack("{s:O}", key, value);

	return members ? envelope_print(cli, name, members) : cli_no_memory();
}

static void
begin_list(const struct envelope_list *list)
{
	fprintf(list->cli->style.out, "{\"linkstat\":\"%s\",\"version\":%d,\"%s\":[", list->name,
		FORMAT_VERSION, list->key);
}

int
envelope_item(struct envelope_list *list, const json_t *item)
{
	FILE *out = list->cli->style.out;

	if (list->n++ == 0)
		begin_list(list);
	else
		fputc(',', out);
	if (json_dumpf(item, out, dump_flags(list->cli)) < 0 && !ferror(out))
		return cli_no_memory();
	/* The reader is gone or the disk is full: main() finds out which. */
	return ferror(out) ? CLI_UNREACHABLE : CLI_FINE;
}

int
envelope_end(struct envelope_list *list)
{
	if (list->n == 0)
		begin_list(list);
	fputs("]}\n", list->cli->style.out);
	return CLI_FINE;
}
