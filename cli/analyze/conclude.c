#include "cli/analyze/conclude.h"

#include "cli/base/cli.h"
#include "cli/offline/offline_json.h"

json_t *
analyze_new_group(void)
{
	return json_pack("{s:[], s:[], s:[], s:[], s:[]}", "captures", "logs", "ports", "incidents",
			 "notes");
}

static json_t *
files_of(const json_t *group)
{
	static const char *const lists[] = { "captures", "logs" };
	json_t *files = json_array();
	const json_t *file;
	size_t i;

	for (size_t list = 0; list < LS_COUNT(lists); list++) {
		json_array_foreach(json_object_get(group, lists[list]), i, file)
		{
			if (json_array_append(files, json_object_get(file, "file")) < 0) {
				json_decref(files);
				return NULL;
			}
		}
	}
	return files;
}

static int
put_list(json_t *group, const char *name, json_t *list)
{
	int r = list ? json_array_extend(json_object_get(group, name), list) : -1;

	json_decref(list);
	return r;
}

int
analyze_conclude(struct offline *offline, json_t *group)
{
	ls_json_auto json_t *files = files_of(group);

	offline_finish(offline);
	if (!files || put_list(group, "ports", offline_ports(offline, files)) < 0 ||
	    put_list(group, "incidents", offline_incidents(offline, files)) < 0 ||
	    put_list(group, "notes", offline_notes(offline)) < 0)
		return cli_no_memory();
	return CLI_FINE;
}
