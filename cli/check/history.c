#include "cli/check/history.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/print/words.h"
#include "cli/ask/ask.h"
#include "cli/ask/client.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/numbers.h"
#include "cli/check/found.h"
#include "cli/check/devices.h"
#include "lib/base/text.h"

#define DAY_US	      INT64_C(86400000000)
#define DROPS_DAYS    30
#define DROPS_SHOWN   3
#define SURVIVES_FINE 0.9
#define UNPLUG_ERRORS 5 /* what an ordinary unplug looks like: a transfer of each endpoint fails */

/* --- asking ----------------------------------------------------------------------------------- */

void
check_ask(struct check *check)
{
	static const struct ask_list incidents = { "io.linkstat.ListIncidents", "incidents" };
	const int64_t now_us = check->cli->now_us;
	const struct query all = { 0 }, day = { .since = cli_time_at(now_us - DAY_US) },
			   month = { .since = cli_time_at(now_us - DROPS_DAYS * DAY_US) };
	struct cli cli = *check->cli;
	struct client *client = NULL;

	check->unreachable = client_open(check->cli->socket, &client);
	client_free(client);
	if (check->unreachable < 0)
		return;
	cli.json = false; /* texts are cleaned for --json, too */
	if (ask_once(&cli, "io.linkstat.Status", NULL, &check->status) != CLI_FINE) {
		check->unreachable = -EPROTO; /* the reason is already reported */
		return;
	}
	(void)ask_report(&cli, &all, &check->report);
	(void)ask_report(&cli, &day, &check->recent);
	(void)ask_all(&cli, &month, &incidents, &check->drops);
}

/* --- the daemon -------------------------------------------------------------------------------- */

void
check_linkstatd(struct check *check, const struct check_device *device)
{
	int error = -check->unreachable;

	(void)device;
	if (error == 0) {
		check_add(check, CHECK_FINE, "linkstatd runs and keeps the record.");
	} else if (error == EACCES || error == EPERM) {
		check_add(check, CHECK_NOTE,
			  "You may not ask linkstatd, so nothing is known of earlier drops.");
		check_advise(check, "Ask with sudo, or join its group and log in again");
		check_type(check, "sudo usermod -aG linkstat $USER");
	} else {
		check_add(check, CHECK_NOTE,
			  "linkstatd %s: nothing is known of earlier drops, and none will be "
			  "recorded.",
			  error == EPROTO ? "does not answer" : "does not run");
		check_advise(check, "%s it", error == EPROTO ? "Restart" : "Start");
		check_type(check, "sudo systemctl %s linkstatd",
			   error == EPROTO ? "restart" : "enable --now");
	}
}

void
check_sources(struct check *check, const struct check_device *device)
{
	const char *trouble = field_text(check->status, "history_trouble");
	const json_t *source;
	size_t i;

	(void)device;
	json_array_foreach(field_list(check->status, "sources"), i, source)
	{
		const char *detail = field_text(source, "detail");

		if (field_flag(source, "sees"))
			continue;
		check_add(check, CHECK_NOTE, "linkstatd does not see all: %s: %s%s",
			  words_source(field_text(source, "name")), detail, words_stop(detail));
		if (field_has(source, "fix")) {
			check_advise(check, "Let it see");
			check_type(check, "%s", field_text(source, "fix"));
		}
	}
	if (*trouble)
		check_add(check, CHECK_NOTE, "The record is not kept as it should be: %s%s",
			  trouble, words_stop(trouble));
}

/* --- one port ---------------------------------------------------------------------------------- */

static const json_t *
find_port(const json_t *reply, const struct check_device *device)
{
	const json_t *port;
	size_t i;

	json_array_foreach(field_list(reply, "ports"), i, port)
	{
		if (strcmp(field_text(port, "name"), device->name) == 0)
			return port;
	}
	return NULL;
}

/* " The last: yesterday 14:03 link lost; …", the newest first. */
static const char *
last_drops(const struct check *check, const struct check_device *device, char text[WORDS_MAX])
{
	size_t n = 0, len = 0;

	text[0] = '\0';
	for (size_t i = json_array_size(check->drops); i-- > 0 && n < DROPS_SHOWN;) {
		const json_t *drop = json_array_get(check->drops, i);
		char at[FORMAT_MAX];
		int64_t at_us;

		if (!field_flag(drop, "drop") ||
		    strcmp(field_text(drop, "name"), device->name) != 0 ||
		    !field_time(drop, "opened_at", &at_us))
			continue;
		ls_text_format(text + len, WORDS_MAX - len, "%s%s, %s (incident %" PRId64 ")",
			       n++ == 0 ? " The last: " : "; ",
			       format_time(at, at_us, check->cli->now_us),
			       words_cause(field_text(drop, "cause")), field_int(drop, "id"));
		len += strlen(text + len);
	}
	if (n > 0)
		ls_text_format(text + len, WORDS_MAX - len, ".");
	else
		ls_text_format(text, WORDS_MAX, " None in the last %d days.", DROPS_DAYS);
	return text;
}

/* "A job of 15 min runs through with 71 % (49 to 88)" */
static const char *
survival_words(const struct check *check, const struct ls_interval *survival, char text[WORDS_MAX])
{
	char sure[FORMAT_MAX], high[FORMAT_MAX], job[FORMAT_MAX], bounds[FORMAT_MAX];
	/* A high rate survives rarely: the bounds may come either way round. */
	double worst = survival->low < survival->high ? survival->low : survival->high;
	double best = survival->low < survival->high ? survival->high : survival->low;

	format_percent(high, best);
	if (*high == '>')
		ls_text_format(bounds, sizeof(bounds), "at least %d %%",
			       format_whole_percent(worst));
	else
		ls_text_format(bounds, sizeof(bounds), "%d to %s", format_whole_percent(worst),
			       high);
	ls_text_format(text, WORDS_MAX, "A job of %s runs through with %s (%s)",
		       check_span(job, check->job_hours), format_percent(sure, survival->median),
		       bounds);
	return text;
}

static void
add_drops(struct check *check, const struct check_device *device, const struct numbers *numbers)
{
	char n[FORMAT_MAX], span[FORMAT_MAX], last[WORDS_MAX], survives[WORDS_MAX];
	const struct ls_interval *survival = &numbers->survival;

	if (!numbers->known)
		return;
	check_add(check, survival->median < SURVIVES_FINE ? CHECK_FIX : CHECK_NOTE,
		  "%s in %s on this port. %s.%s", format_count(n, numbers->drops, "drop", "drops"),
		  format_duration(span, numbers->hours * 3600),
		  survival_words(check, survival, survives), last_drops(check, device, last));
	check_advise(check, "Use another port, or find the part that is at fault first");
	check_type(check, "linkstat diagnose %s", device->name);
}

static void
add_no_drops(struct check *check, const struct numbers *numbers)
{
	char span[FORMAT_MAX], survives[WORDS_MAX];

	if (!numbers->known) {
		check_add(check, CHECK_NOTE, "linkstatd has no record of this port yet.");
		return;
	}
	if (numbers->grade[0] == '?') {
		check_add(check, CHECK_NOTE,
			  "No drop on this port yet, but it was watched for %s only: that says "
			  "little.",
			  format_duration(span, numbers->hours * 3600));
		check_advise(check, "Where a failure is costly, try something harmless for an hour "
				    "first.");
		return;
	}
	check_add(check, CHECK_FINE, "No drop in %s on this port. %s.",
		  format_duration(span, numbers->hours * 3600),
		  survival_words(check, &numbers->survival, survives));
}

void
check_history(struct check *check, const struct check_device *device)
{
	const json_t *port = find_port(check->report, device);
	struct numbers numbers = numbers_of_port(port, check->job_hours);

	if (!check->report || (numbers.drops == 0 && !check_matters(check, device)))
		return;
	if (numbers.drops > 0 && numbers.hours > 0)
		add_drops(check, device, &numbers);
	else
		add_no_drops(check, &numbers);
}

void
check_errors(struct check *check, const struct check_device *device)
{
	const json_t *port = find_port(check->recent, device);
	int64_t errors = words_link_errors(port), failed = field_int(port, "enumeration_failures");
	int64_t ordinary = UNPLUG_ERRORS * field_int(port, "disconnects");
	char words[WORDS_MAX], n[FORMAT_MAX];

	if (errors > 0 && errors <= ordinary) {
		check_add(
			check, CHECK_FINE,
			"Transfers failed on the wire in the last 24 hours (%s), as few come with "
			"each unplugging.",
			words_transfers(words, port));
	} else if (errors > 0) {
		check_add(check, errors > ordinary + UNPLUG_ERRORS ? CHECK_FIX : CHECK_NOTE,
			  "Transfers failed on the wire in the last 24 hours: %s.",
			  words_transfers(words, port));
		check_advise(check, "Use another port of the computer itself, or another cable: "
				    "links that do this often drop soon.");
	}
	if (failed > 0) {
		check_add(check, CHECK_NOTE,
			  "Something plugged in here did not start, %s in the last 24 hours.",
			  format_count(n, failed, "time", "times"));
		check_advise(check, "Push the plug in firmly; if it goes on, try another port.");
	}
}
