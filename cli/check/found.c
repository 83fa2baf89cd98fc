#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/check/check.h"
#include "cli/check/rules.h"
#include "cli/print/format.h"
#include "lib/base/text.h"

#define FINDINGS_MAX 20000

/* What matters most comes first; of one level, findings are told in this order. */
static const struct {
	const char *id;
	bool of_port;
	check_rule_fn look;
} rules[] = {
	{ "presence", true, check_presence },
	{ "history", true, check_history },
	{ "over-current", true, check_over_current },
	{ "hub-power", true, check_hub_power },
	{ "under-voltage", false, check_undervoltage },
	{ "errors", true, check_errors },
	{ "speed", true, check_speed },
	{ "hubs", true, check_hub_chain },
	{ "usbmuxd", false, check_usbmuxd },
	{ "battery", false, check_battery },
	{ "sleep", false, check_sleep },
	{ "controller", false, check_controllers },
	{ "usbip", true, check_usbip },
	{ "virtual-machine", false, check_virtual },
	{ "memory", false, check_memory },
	{ "pressure", false, check_pressure },
	{ "disk", false, check_disk },
	{ "linkstatd", false, check_linkstatd },
	{ "sources", false, check_sources },
	{ "other-programs", false, check_grabbers },
	{ "usbfs-memory", false, check_usbfs_memory },
	{ "autosuspend", true, check_autosuspend },
	{ "lpm", true, check_lpm },
	{ "neighbours", true, check_neighbours },
	{ "tools", false, check_versions },
	{ "kernel", false, check_kernel },
};

static struct check_finding *
add(struct check *check)
{
	struct check_finding *more;
	size_t n = check->n_allocated ? check->n_allocated * 2 : 32;

	if (check->failed || check->n_findings >= FINDINGS_MAX)
		return NULL;
	if (check->n_findings == check->n_allocated) {
		more = reallocarray(check->findings, n, sizeof(*more));
		if (!more) {
			check->failed = true;
			return NULL;
		}
		check->findings = more;
		check->n_allocated = n;
	}
	return &check->findings[check->n_findings++];
}

/* Cut at a whole character. */
static void LS_PRINTF(2, 0) set_text(char text[WORDS_MAX], const char *format, va_list args)
{
	char whole[4 * WORDS_MAX];

	(void)vsnprintf(whole, sizeof(whole), format, args);
	ls_text_format(text, WORDS_MAX, "%s", whole);
}

void
check_say(struct check *check, enum check_level level, const char *format, ...)
{
	struct check_finding *finding = add(check);
	va_list args;

	if (!finding)
		return;
	*finding = (struct check_finding){ .id = check->rule_id,
					   .rank = check->rule_rank,
					   .port = check->rule_port,
					   .nth = check->n_findings,
					   .level = level };
	va_start(args, format);
	set_text(finding->what, format, args);
	va_end(args);
}

static struct check_finding *
last(struct check *check)
{
	return check->failed || check->n_findings == 0 ? NULL
						       : &check->findings[check->n_findings - 1];
}

void
check_advise(struct check *check, const char *format, ...)
{
	struct check_finding *finding = last(check);
	va_list args;

	va_start(args, format);
	if (finding)
		set_text(finding->advice, format, args);
	va_end(args);
}

void
check_type(struct check *check, const char *format, ...)
{
	struct check_finding *finding = last(check);
	va_list args;

	va_start(args, format);
	if (finding)
		set_text(finding->command, format, args);
	va_end(args);
}

const char *
check_span(char text[FORMAT_MAX], double hours)
{
	char *zero;

	format_duration(text, hours * 3600);
	zero = strstr(text, " 0 ");
	if (zero) /* "10 min 0 s", "2 h 0 min" */
		*zero = '\0';
	return text;
}

/* Ports are in their order of importance already. */
static int
by_importance(const void *a, const void *b)
{
	const struct check_finding *one = a, *two = b;

	if (one->level != two->level)
		return one->level < two->level ? -1 : 1;
	if (one->rank != two->rank)
		return one->rank < two->rank ? -1 : 1;
	if (one->port != two->port)
		return one->port < two->port ? -1 : 1;
	/* What one rule says of one port stays in the order in which it said it. */
	return one->nth < two->nth ? -1 : 1;
}

void
check_look(struct check *check)
{
	for (size_t i = 0; i < LS_COUNT(rules); i++) {
		check->rule_id = rules[i].id;
		check->rule_rank = i;
		check->rule_port = CHECK_MACHINE;
		if (!rules[i].of_port)
			rules[i].look(check, NULL);
		for (size_t k = 0; rules[i].of_port && k < check->n_ports; k++) {
			check->rule_port = k;
			rules[i].look(check, &check->ports[k]);
		}
	}
	if (check->n_findings > 0)
		qsort(check->findings, check->n_findings, sizeof(*check->findings), by_importance);
}

bool
check_is_fit(const struct check *check)
{
	return check->n_findings == 0 || check->findings[0].level != CHECK_MEND;
}

void
check_done(struct check *check)
{
	json_decref(check->status);
	json_decref(check->report);
	json_decref(check->lately);
	json_decref(check->drops);
	free(check->devices);
	free(check->ports);
	free(check->findings);
}
