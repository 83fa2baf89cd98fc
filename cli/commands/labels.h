#pragma once
/* Labels of cables and sockets, which linkstat cable and linkstat name list and set. */
#include "cli/ask/ask.h"
#include "cli/print/words.h"

/* Prints the labels of cables or of sockets, and how they changed. An enum cli_exit. */
int labels_list(const struct cli *cli, bool cables);
/* Prints the first name C-01, C-02, … that is above those of all cables. An enum cli_exit. */
int labels_next_cable(const struct cli *cli);
/* The arguments are PORT LABEL, or PORT where it is to be forgotten. CLI_FINE, or CLI_USAGE. */
int labels_check(const struct cli *cli, const char *command, bool forget);
/* Calls @method; NULL @parameters: the arguments are not UTF-8. *ret is a new reference. */
int labels_set(const struct cli *cli, const char *method, json_t *parameters, json_t **ret);
/* The member in quotes, or "none". */
const char *labels_quoted(char text[WORDS_MAX], const json_t *object, const char *member);
