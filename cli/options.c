#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/sanitize.h"

/* getopt_long() returns the row plus this for an option with a name, else the letter. */
#define FIRST_LONG  256
#define LETTERS_MAX 64

/* The options of all commands, as getopt_long() wants them. */
struct scan {
	int argc;
	char **argv;
	struct option *longs; /* ends with zero; letters without a name are not in it */
	const struct command_option **rows; /* those of the command and the shared ones first */
	size_t n_longs, n_rows, n_own;
	const char *word; /* the command as it was typed: one of @argv; NULL: not known, or none */
	char letters[LETTERS_MAX];
};

static size_t
count(const struct command_option *options)
{
	size_t n = 0;

	while (options && !option_is_end(&options[n]))
		n++;
	return n;
}

static int
has_argument(const struct command_option *option)
{
	return option->value ? required_argument : no_argument;
}

/* NULL if there is none of this name. */
static struct option *
find_long(const struct scan *scan, const char *name)
{
	for (size_t i = 0; i < scan->n_longs; i++)
		if (strcmp(scan->longs[i].name, name) == 0)
			return &scan->longs[i];
	return NULL;
}

static void
add_letter(struct scan *scan, const struct command_option *option)
{
	size_t len = strlen(scan->letters);

	if (option->letter && !strchr(scan->letters, option->letter))
		snprintf(scan->letters + len, sizeof(scan->letters) - len, "%c%s", option->letter,
			 option->value ? ":" : "");
}

/*
 * Of options of one name the first counts. While the command is not known (@agreed), such an option
 * has a value only if all commands agree on that.
 */
static void
add_options(struct scan *scan, const struct command_option *options, bool agreed)
{
	for (size_t i = 0; i < count(options); i++) {
		const struct command_option *option = &options[i];
		struct option *known = option->name ? find_long(scan, option->name) : NULL;

		if (known) {
			if (agreed && known->has_arg != has_argument(option))
				known->has_arg = no_argument;
			continue;
		}
		if (option->name)
			scan->longs[scan->n_longs++] =
				(struct option){ option->name, has_argument(option), NULL,
						 FIRST_LONG + (int)scan->n_rows };
		add_letter(scan, option);
		scan->rows[scan->n_rows++] = option;
	}
}

/* @command may be NULL. scan_done() in any case. 0 or -1 without memory. */
static int
scan_init(struct scan *scan, int argc, char **argv, const struct command *const *list,
	  const struct command *command)
{
	size_t n = count(command_shared) + 1;

	for (size_t i = 0; list[i]; i++)
		n += count(list[i]->options);
	*scan = (struct scan){
		.argc = argc,
		.argv = argv,
		.longs = calloc(n, sizeof(*scan->longs)),
		.rows = calloc(n, sizeof(*scan->rows)),
	};
	if (!scan->longs || !scan->rows)
		return -1;
	if (command)
		add_options(scan, command->options, false);
	add_options(scan, command_shared, false);
	scan->n_own = scan->n_rows;
	for (size_t i = 0; list[i]; i++)
		add_options(scan, list[i]->options, !command);
	return 0;
}

static void
scan_done(struct scan *scan)
{
	free(scan->longs);
	free(scan->rows);
}

/* The row that getopt_long() found; n_rows: none, and it has printed why. */
static size_t
row_of(const struct scan *scan, int found)
{
	size_t i = 0;

	if (found >= FIRST_LONG)
		return (size_t)(found - FIRST_LONG);
	while (i < scan->n_rows && (found == '?' || scan->rows[i]->letter != found))
		i++;
	return i;
}

/*
 * The first word that is a command and no option. If none is, the first word, and NULL if there is no
 * word. What comes before the command may be the value of an option that only the command knows.
 */
static const char *
find_word(const struct scan *scan, const struct command *const *list)
{
	char letters[LETTERS_MAX + 1];
	const char *first = NULL, *word = NULL;
	int last = 0;

	snprintf(letters, sizeof(letters), "+%s", scan->letters);
	opterr = 0;
	for (optind = 0; !word || !command_find(list, word); optind++) {
		while (getopt_long(scan->argc, scan->argv, letters, scan->longs, NULL) != -1)
			;
		if (optind >= scan->argc || optind <= last)
			break; /* behind "--", getopt_long() goes back to the first word */
		last = optind;
		word = scan->argv[optind];
		first = first ? first : word;
	}
	opterr = 1;
	return word && command_find(list, word) ? word : first;
}

/* What the options that were typed came to. */
struct found {
	const char *instead;		      /* a command */
	const struct command_option *foreign; /* the first one of another command */
};

static int
take(const struct command_option *option, struct cli *cli, const struct request *request)
{
	char *base = option->in_cli ? (char *)cli : request->options;

	return option->take(option, optarg, cli, base + option->offset);
}

/* An option of the command, and the words that follow if it takes many. */
static int
take_own(const struct scan *scan, const struct command_option *option, struct cli *cli,
	 const struct request *request)
{
	int r = take(option, cli, request);

	while (r == CLI_FINE && option->many && optind < scan->argc &&
	       scan->argv[optind] != scan->word &&
	       (scan->argv[optind][0] != '-' || strcmp(scan->argv[optind], "-") == 0)) {
		optarg = scan->argv[optind++];
		r = take(option, cli, request);
	}
	return r;
}

static int
take_all(const struct scan *scan, struct cli *cli, const struct request *request,
	 struct found *found)
{
	int found_option, r = CLI_FINE;

	optind = 0;
	while (r == CLI_FINE && (found_option = getopt_long(scan->argc, scan->argv, scan->letters,
							    scan->longs, NULL)) != -1) {
		size_t i = row_of(scan, found_option);
		const struct command_option *row = i < scan->n_rows ? scan->rows[i] : NULL;

		if (!row) {
			fputs("Try: linkstat --help\n", stderr);
			r = CLI_USAGE;
		} else if (row->instead) {
			found->instead = row->instead;
		} else if (i >= scan->n_own) {
			found->foreign = found->foreign ? found->foreign : row;
		} else {
			r = take_own(scan, row, cli, request);
		}
	}
	return r;
}

static int
complain_command(const struct command *const *list, const char *name)
{
	char shown[120], names[400] = "";
	size_t len = 0;

	for (size_t i = 0; list[i] && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
					list[i]->name);
	sanitize_text(shown, sizeof(shown), name, true);
	cli_complain("there is no command \"%s\".\nThe commands are: %s. More: linkstat --help",
		     shown, names);
	return CLI_USAGE;
}

static int
check(const struct cli *cli, const struct command *command, const struct command_option *foreign)
{
	char usage[COMMAND_TEXT_MAX];
	const char letter[] = { foreign ? foreign->letter : '\0', '\0' };
	bool few = cli->n_args < command->min_args;

	command_usage(command, usage);
	if (few || (command->max_args >= 0 && cli->n_args > command->max_args)) {
		cli_complain("\"%s\" has too %s arguments.\nUsage: %s", command->name,
			     few ? "few" : "many", usage);
		return CLI_USAGE;
	}
	if (foreign) {
		cli_complain("\"%s\" does not take %s%s.\nUsage: %s", command->name,
			     foreign->name ? "--" : "-", foreign->name ? foreign->name : letter,
			     usage);
		return CLI_USAGE;
	}
	if (cli->since.set && cli->until.set && cli->since.real_us > cli->until.real_us) {
		cli_complain("--since is later than --until.");
		return CLI_USAGE;
	}
	return CLI_FINE;
}

/* Room for what the command's options store. */
static int
request_init(struct request *request, int argc)
{
	const struct command *command = request->command;

	request->options = calloc(1, command->options_size + 1);
	request->words = calloc((size_t)argc + 1, sizeof(*request->words));
	if (!request->options || !request->words)
		return cli_no_memory();
	for (size_t i = 0; i < count(command->options); i++) {
		const struct command_option *option = &command->options[i];

		if (option->many)
			((struct option_words *)((char *)request->options + option->offset))->all =
				request->words;
	}
	return CLI_FINE;
}

void
request_done(struct request *request)
{
	free(request->options);
	free(request->words);
	free(request->argv);
}

static bool
is_negative(const char *word)
{
	return word[0] == '-' && word[1] >= '0' && word[1] <= '9';
}

/* A copy of @argv in which numbers like -71 stand behind "--": to getopt_long() they are options. */
static int
put_numbers_last(struct request *request, int *argc, char ***argv)
{
	static char end[] = "--";
	char **all = calloc((size_t)*argc + 2, sizeof(*all)), **from = *argv;
	int n = 0, n_options = 0;

	request->argv = all;
	if (!all)
		return cli_no_memory();
	while (n_options < *argc && strcmp(from[n_options], end) != 0)
		n_options++;
	for (int i = 0; i < n_options; i++)
		if (!is_negative(from[i]))
			all[n++] = from[i];
	all[n++] = end;
	for (int i = 0; i < n_options; i++)
		if (is_negative(from[i]))
			all[n++] = from[i];
	for (int i = n_options + 1; i < *argc; i++)
		all[n++] = from[i];
	*argc = n;
	*argv = all;
	return CLI_FINE;
}

/* The command that @word is an argument of, though none was typed; NULL: none. */
static const struct command *
find_claim(const struct command *const *list, const char *word)
{
	for (size_t i = 0; list[i]; i++)
		if (list[i]->claims && list[i]->claims(word))
			return list[i];
	return NULL;
}

/* *ret_word is the command as it was typed, NULL if none was. */
static int
choose_command(int argc, char **argv, const struct command *const *list, const char **ret_word,
	       const struct command **ret)
{
	struct scan scan;
	int r = scan_init(&scan, argc, argv, list, NULL) < 0 ? cli_no_memory() : CLI_FINE;

	if (r == CLI_FINE) {
		*ret_word = find_word(&scan, list);
		*ret = *ret_word ? command_find(list, *ret_word) : command_default(list);
	}
	scan_done(&scan);
	return r;
}

int
options_parse(struct cli *cli, int argc, char **argv, const struct command *const *list,
	      struct request *ret)
{
	struct found found = { 0 };
	const char *word = NULL;
	struct scan scan;
	bool claimed = false;
	int r;

	*ret = (struct request){ 0 };
	r = choose_command(argc, argv, list, &word, &ret->command);
	if (r == CLI_FINE && word && !ret->command) {
		ret->command = find_claim(list, word);
		claimed = ret->command != NULL;
	}
	if (r == CLI_FINE && ret->command && ret->command->numbers)
		r = put_numbers_last(ret, &argc, &argv);
	if (r != CLI_FINE)
		return r;
	r = scan_init(&scan, argc, argv, list, ret->command) < 0 ? cli_no_memory() : CLI_FINE;
	scan.word = word;
	if (r == CLI_FINE && ret->command)
		r = request_init(ret, argc);
	if (r == CLI_FINE)
		r = take_all(&scan, cli, ret, &found);
	scan_done(&scan);
	if (r != CLI_FINE)
		return r;
	if (found.instead) {
		ret->command = command_find(list, found.instead);
		return CLI_FINE;
	}
	if (word && (!ret->command || argv[optind] != word))
		return complain_command(list, optind < argc ? argv[optind] : word);
	cli->args = argv + optind + (word && !claimed);
	cli->n_args = argc - optind - (word && !claimed);
	return check(cli, ret->command, found.foreign);
}
