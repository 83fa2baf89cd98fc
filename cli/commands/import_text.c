#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/clean.h"
#include "cli/print/format.h"
#include "cli/commands/import.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

#define ALLOW "Run it as root, or become a member of the group systemd-journal."
#define KEEP  "To keep it from now on: sudo mkdir -p /var/log/journal && sudo journalctl --flush"

/* n of them is what @sentence says of it; nothing if there are none. */
static void
put_count(const struct cli *cli, int64_t n, const char *one, const char *many, const char *sentence)
{
	char count[FORMAT_MAX];

	if (n > 0)
		render_sentence(&cli->style, TONE_PLAIN, 2, "%s %s",
				format_count(count, n, one, many), sentence);
}

static void
put_found(const struct cli *cli, const struct import_sums *sums)
{
	char from[FORMAT_MAX], to[FORMAT_MAX], boots[FORMAT_MAX], lines[FORMAT_MAX];
	char sessions[FORMAT_MAX], incidents[FORMAT_MAX], drops[FORMAT_MAX];

	if (sums->boots == 0) {
		render_sentence(&cli->style, TONE_STRONG, 0,
				sums->known > 0 ? "Nothing new: all of it was imported before."
						: "Nothing to import.");
		return;
	}
	render_sentence(&cli->style, TONE_STRONG, 0, "%s %s, from %s to %s.",
			cli->import.dry_run ? "Would import" : "Imported",
			format_count(boots, sums->boots, "boot", "boots"),
			format_short(from, sums->since_us, cli->now_us),
			format_short(to, sums->until_us, cli->now_us));
	render_sentence(
		&cli->style, TONE_PLAIN, 0, "%s about USB links, %s, %s, %s.",
		format_count(lines, sums->lines, "line", "lines"),
		format_count(sessions, sums->sessions, "stay of a device", "stays of devices"),
		format_count(incidents, sums->incidents, "incident", "incidents"),
		format_count(drops, sums->drops, "drop", "drops"));
}

static void
put_places(const struct cli *cli, const struct journal_places *places)
{
	if (places->refused)
		render_sentence(&cli->style, TONE_WARN, 2,
				"Some files of the journal may not be read by you. " ALLOW);
	if (!places->kept && places->in_memory) {
		render_sentence(&cli->style, TONE_WARN, 2,
				"This journal is kept in memory only, and knows no more than this "
				"boot.");
		fputs("  " KEEP "\n", cli->style.out); /* not wrapped: it is to be typed */
	}
}

void
import_put_text(const struct cli *cli, const struct import_sums *sums,
		const struct journal_places *places)
{
	put_found(cli, sums);
	if (sums->boots > 0)
		put_count(cli, sums->known, "boot was", "boots were", "imported before.");
	put_count(cli, sums->watched, "line is", "lines are",
		  "of times in which linkstatd watched itself: left out.");
	put_count(cli, sums->repeated, "line is", "lines are",
		  "in the journal more than once: counted once.");
	put_count(cli, sums->unplaced, "line is", "lines are",
		  "of boots whose beginning the journal has forgotten, so that nobody knows which "
		  "ports they speak of: left out.");
	put_count(cli, sums->foreign, "boot is", "boots are",
		  "of another computer: left out. Its history belongs there: linkstat import "
		  "--journal on that computer.");
	put_count(cli, sums->damaged, "boot", "boots",
		  "could not be read, or not to the end: the journal is damaged there. See: "
		  "journalctl --verify");
	put_places(cli, places);
	if (sums->boots > 0 && !cli->import.dry_run)
		render_sentence(&cli->style, TONE_PLAIN, 0, "See what it says: linkstat report");
}

int
import_complain(const struct cli *cli, const struct journal_places *places, int error)
{
	const char *path = cli->import.file ? cli->import.file : cli->import.directory;
	char where[WORDS_MAX] = "the journal";

	if (path)
		clean_text(where, sizeof(where), path, cli->style.utf8);
	if (places->refused || error == -EACCES || error == -EPERM)
		cli_complain("%s may not be read by you.\n" ALLOW, where);
	else if (error == -ENOMEM)
		return cli_no_memory();
	else if (error == -EBADMSG || error == -EPROTONOSUPPORT)
		cli_complain("%s is damaged, or is no journal: %s.", where, strerror(-error));
	else if (error < 0)
		cli_complain("%s cannot be read: %s.", where, strerror(-error));
	else if (path)
		cli_complain("there is no journal in %s, or it is empty.", where);
	else
		cli_complain(
			"this computer keeps no journal, so there is nothing to import.\n" KEEP);
	return CLI_UNREACHABLE;
}
