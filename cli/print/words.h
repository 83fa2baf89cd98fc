#pragma once
/* Parts of a reply as text for a sentence. All arguments went through ask_accept(). */
#include "cli/base/cli.h"
#include "lib/model/causes.h"

/* Room for anything these functions write; they cut at whole characters. */
#define WORDS_MAX 1024

/* "left front" (1-1), or 1-1; @object has port, name and label. "this computer" without a port. */
const char *words_port(char text[WORDS_MAX], const json_t *object);
/* ", cable "white 2 m""; where it is only assumed, " (assumed)" behind it; "" if unknown. */
const char *words_cable(char text[WORDS_MAX], const json_t *object);
/* Its product, or "05ac:1281"; "" for NULL. Borrowed, or in @text. */
const char *words_device(char text[WORDS_MAX], const json_t *device);
/* "usbmon was blind from 11:00:02 to 11:20:05: module not loaded." */
const char *words_gap(char text[WORDS_MAX], int64_t now_us, const json_t *gap);
/* "From … to … the history of 3 boots was imported from the journal; transfers of …"; "" for NULL. */
const char *words_imported(char text[WORDS_MAX], const struct cli *cli, const json_t *imported);
/* "3 × link lost, 1 × unplugged" out of incidents_by_cause. */
const char *words_causes(char text[WORDS_MAX], const struct cli *cli, const json_t *counts);
/* Transfers of a PortReport that failed on the link: no stalls, nothing cancelled or gone. */
int64_t words_link_errors(const json_t *port);
/* "9 link, 2 timeouts in 1.2 million transfers (9.2 per million), 5.1 GB; stalls apart: 14"; "" if
 * nothing failed. */
const char *words_transfers(char text[WORDS_MAX], const json_t *port);
/* A cause of the wire, "link-loss", as text: "link lost"; @cause itself if it is not known. */
const char *words_cause(const char *cause);
/* What happened in @incident: the cause, and how often it left if it did more than once. */
const char *words_what(char text[WORDS_MAX], const json_t *incident);
/* Its meaning and what to do next; the row of the unknown cause if it is not known. Never NULL. */
const struct ls_cause_row *words_cause_row(const char *cause);
/* "the plug, the cable or the port" for "link"; NULL if @side is unknown. */
const char *words_side(const char *side);
/* "kernel log" for "kernel-log"; @source itself if it is not known. */
const char *words_source(const char *source);
/* An event's kind as text: the name itself where that is plain. Borrowed. */
const char *words_kind(const char *kind);
/* "since yesterday 14:00:00 until …", or the text for no span. */
const char *words_span(char text[WORDS_MAX], const struct cli *cli);
/* The name of a file that was given: "standard input" for -. */
const char *words_file(char text[WORDS_MAX], const char *file, bool utf8);
/* "93 % sure" of the cause of @incident; "" if the cause is not known. */
const char *words_sure(char text[WORDS_MAX], const json_t *incident);
/*
 * "Finder and iTunes show this as error 4013, see: linkstat 4013"; "" if they show none for what
 * @incident records. For drops only.
 */
const char *words_apple_error(char text[WORDS_MAX], const json_t *incident);
/* "." unless @text ends a sentence itself. */
const char *words_stop(const char *text);
