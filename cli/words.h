#pragma once
/* Parts of a reply as words in a sentence. All arguments went through ask_accept(). */
#include "cli/cli.h"

/* Room for anything these functions write; they cut at whole characters. */
#define WORDS_MAX 1024

/* "left front" (1-1), or 1-1; @object has port, name and label. "this computer" without a port. */
const char *words_port(char text[WORDS_MAX], const json_t *object);
/* Its product, or "05ac:1281"; "" for NULL. Borrowed, or in @text. */
const char *words_device(char text[WORDS_MAX], const json_t *device);
/* "usbmon was blind from 11:00:02 to 11:20:05: module not loaded." */
const char *words_gap(char text[WORDS_MAX], const struct cli *cli, const json_t *gap);
/* "3 × link lost, 1 × unplugged" out of incidents_by_cause. */
const char *words_causes(char text[WORDS_MAX], const struct cli *cli, const json_t *counts);
/* "since yesterday 14:00:00 until …", or what it means that no span was asked for. */
const char *words_span(char text[WORDS_MAX], const struct cli *cli);
/* "." unless @text ends a sentence itself. */
const char *words_stop(const char *text);
