#include "cli/check/check.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/base/sanitize.h"
#include "cli/base/command.h"
#include "cli/base/field.h"
#include "cli/check/devices.h"
#include "cli/check/history.h"
#include "cli/check/print.h"
#include "cli/check/rules.h"
#include "lib/base/port.h"

#define JOB_HOURS 0.25

static int
free_bytes(const char *dir, uint64_t *ret)
{
	struct statvfs stat;

	if (statvfs(dir, &stat) < 0)
		return -errno;
	*ret = (uint64_t)stat.f_bavail * stat.f_frsize;
	return 0;
}

/* The kernel name of a port as a user calls it. False if unknown. */
static bool
resolve(const struct check *check, const char *port, char ret[LS_PORT_NAME_MAX])
{
	const char *found = ls_port_name_valid(port) ? port : "";
	const json_t *known;
	size_t i;

	json_array_foreach(field_list(check->status, "ports"), i, known)
	{
		const char *name = field_text(known, "name");

		if (ls_port_name_valid(name) && (strcmp(field_text(known, "port"), port) == 0 ||
						 strcmp(field_text(known, "label"), port) == 0))
			found = name;
	}
	if (!*found || strlen(found) >= LS_PORT_NAME_MAX)
		return false;
	memcpy(ret, found, strlen(found) + 1);
	return true;
}

static int
no_such_port(const struct check *check, const char *port)
{
	char shown[120];

	sanitize_text(shown, sizeof(shown), port, true);
	cli_complain("there is no port \"%s\".\n%s", shown,
		     check->status ? "Their names are in: linkstat"
				   : "Without linkstatd only the kernel's names are known, like "
				     "1-1.4 (see: ls /sys/bus/usb/devices)");
	return CLI_USAGE;
}

void
check_done(struct check *check)
{
	json_decref(check->status);
	json_decref(check->report);
	json_decref(check->recent);
	json_decref(check->drops);
	free(check->devices);
	free(check->ports);
	free(check->findings);
}

int
check_command(struct check *check, const char *port)
{
	char name[LS_PORT_NAME_MAX];

	check_ask(check);
	if (port && !resolve(check, port, name))
		return no_such_port(check, port);
	if (check_read_devices(check, port ? name : NULL) < 0)
		return cli_no_memory();
	if (port && !check_has_port(check, name))
		return no_such_port(check, port);
	check_look(check);
	if (check->failed)
		return cli_no_memory();
	return check->cli->json ? check_print_json(check) : check_print(check);
}

struct check_options {
	double job_hours; /* 0: not given */
};

static int
run(const struct cli *cli, const void *options)
{
	const struct check_options *asked = options;
	const char *path = getenv("PATH"), *tmp = getenv("TMPDIR");
	struct cli own = *cli;
	struct check check = { .cli = &own,
			       .root = "",
			       .path = path ? path : "",
			       .work_dir = ".",
			       .tmp_dir = tmp && *tmp ? tmp : "/tmp",
			       .free_bytes = free_bytes,
			       .job_hours = asked->job_hours > 0 ? asked->job_hours : JOB_HOURS };
	char work_dir[PATH_MAX];
	int r;

	if (getcwd(work_dir, sizeof(work_dir)))
		check.work_dir = work_dir;
	own.style.utf8 = own.style.utf8 || own.json;
	logind_ask(&check.logind);
	r = check_command(&check, own.n_args > 0 ? own.args[0] : NULL);
	check_done(&check);
	return r;
}

static const struct command_option options[] = {
	OPTION_HOURS(check_options, job_hours),
	OPTION_JSON,
	{ 0 },
};

const struct command command_check = {
	.name = "check",
	.arguments = "[PORT]",
	.max_args = 1,
	.summary = "before a long job: is all fit for it, and what to mend first",
	.example = "check PORT",
	.complete = COMPLETE_PORTS,
	.options = options,
	.options_size = sizeof(struct check_options),
	.run = run,
};
