#pragma once
/*
 * A command of the client is one file with one struct command. The general help, the usage line, the
 * parsing of options, the error for an option of another command and the bash completion are made
 * from it.
 */
#include <stddef.h>

#include "cli/base/cli.h"

struct command_option;

/*
 * Stores what was typed in @member; @value is NULL for an option without one. CLI_FINE, or CLI_USAGE
 * with the error printed.
 */
typedef int (*option_take_fn)(const struct command_option *option, const char *value,
			      const struct cli *cli, void *member);

struct command_option {
	const char *name;  /* without the dashes; NULL: it has a letter only */
	char letter;	   /* 0: it has a name only */
	const char *value; /* what the usage line calls its value; NULL: it takes none */
	option_take_fn take;
	size_t offset;	      /* of the member in the command's options, or in struct cli … */
	bool in_cli;	      /* … which keeps what several commands take */
	bool required;	      /* in the usage line: first, without brackets */
	bool many;	      /* all words up to the next option are values: option_take_words */
	bool or_next;	      /* in the usage line: this or the next one */
	const char *instead;  /* the command that runs instead of the one that was typed */
	const char *help;     /* in the general help; "": with the next option; NULL: not listed */
	const char *complete; /* values for the shell: words, or one of COMPLETE_*; NULL: none */
};

/* Values and arguments that the shell finds out by itself. */
#define COMPLETE_FILES	  "@files"
#define COMPLETE_PORTS	  "@ports"
#define COMPLETE_COMMANDS "@commands"
#define COMPLETE_TIMES	  "now today yesterday -1h -1d -1w"

struct command {
	const char *name;
	const char *arguments;	/* in the usage line; NULL: takes none */
	int min_args, max_args; /* max_args < 0: any number */
	bool is_default;	/* what linkstat without a command does */
	const char *summary;	/* in the general help; NULL: not listed */
	const char *example;	/* how it is listed there, after "linkstat"; NULL: by its name */
	const char *complete;	/* its arguments, as of an option */
	const struct command_option *options; /* ends with one that is zero; NULL: none */
	size_t options_size;		      /* of what run() gets, zeroed before parsing */
	bool numbers;			      /* "-71" is an argument of it and no option */
	/* Is "linkstat WORD" this command with that argument? NULL: never. */
	bool (*claims)(const char *word);
	/* An enum cli_exit; whatever it is, the user has been informed. */
	int (*run)(const struct cli *cli, const void *options);
};

/* What a shell makes of *.csv. */
struct option_words {
	const char **all; /* owned by the parser */
	int n;
};

int option_take_flag(const struct command_option *option, const char *value, const struct cli *cli,
		     void *member); /* bool */
int option_take_text(const struct command_option *option, const char *value, const struct cli *cli,
		     void *member); /* const char * */
int option_take_words(const struct command_option *option, const char *value, const struct cli *cli,
		      void *member); /* struct option_words */
int option_take_time(const struct command_option *option, const char *value, const struct cli *cli,
		     void *member); /* struct cli_time */
int option_take_hours(const struct command_option *option, const char *value, const struct cli *cli,
		      void *member); /* double, > 0 */

/* Where an option is stored, and how: the type of the member decides. */
#define OPTION_MEMBER(options, member)                                                             \
	.offset = offsetof(struct options, member),                                                \
	.take = _Generic(((struct options *)0)->member,                                            \
			 bool: option_take_flag,                                                   \
			 const char *: option_take_text,                                           \
			 struct cli_time: option_take_time,                                        \
			 struct option_words: option_take_words)

/* Rows that several commands have. */
#define OPTIONS_SPAN                                                                               \
	{ .name = "since",                                                                         \
	  .value = "TIME",                                                                         \
	  OPTION_MEMBER(cli, since),                                                               \
	  .in_cli = true,                                                                          \
	  .help = "",                                                                              \
	  .complete = COMPLETE_TIMES },                                                            \
	{                                                                                          \
		.name = "until", .value = "TIME", OPTION_MEMBER(cli, until), .in_cli = true,       \
		.help = "for report, incidents and log: -1h, today, \"2026-11-22 14:00\"",         \
		.complete = COMPLETE_TIMES,                                                        \
	}
#define OPTION_HOURS(options, member)                                                              \
	{                                                                                          \
		.name = "for", .value = "DURATION", .take = option_take_hours,                     \
		.offset = offsetof(struct options, member),                                        \
		.help = "for check, report: how long the job takes (15 min)",                      \
		.complete = "5min 15min 30min 1h 3h 9h",                                           \
	}
/* All commands take these, see command_shared; those that list them do something with them. */
#define OPTION_REDACT                                                                              \
	{                                                                                          \
		.name = "redact", OPTION_MEMBER(cli, redact), .in_cli = true,                      \
	}
#define OPTION_JSON                                                                                \
	{                                                                                          \
		.name = "json", OPTION_MEMBER(cli, json), .in_cli = true,                          \
	}
extern const struct command_option command_shared[];

/* True for the row that ends a table. */
static inline bool
option_is_end(const struct command_option *option)
{
	return !option->name && !option->letter;
}

/* From a list that ends with NULL; NULL if there is none. */
const struct command *command_find(const struct command *const *list, const char *name);
const struct command *command_default(const struct command *const *list);

/* Each writes what fits into @text and gives it back. */
#define COMMAND_TEXT_MAX 400
/* "--since TIME", "-d SECONDS". */
const char *command_option_text(const struct command_option *option, char text[COMMAND_TEXT_MAX]);
/* "linkstat log [PORT...] [--since TIME] [--until TIME] [--json]". */
const char *command_usage(const struct command *command, char text[COMMAND_TEXT_MAX]);
