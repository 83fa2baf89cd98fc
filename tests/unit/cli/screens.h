#pragma once
/* For tests of what the client prints: it asks a server that gives prepared replies. */
#include <stdbool.h>
#include <stddef.h>

#include "cli/base/cli.h"

/* Sunday 2026-11-22 14:30:00 UTC */
#define NOW_US (INT64_C(1795357800) * 1000000)

#define IPHONE                                                                                     \
	"{\"vid\":\"05ac\",\"pid\":\"1281\",\"serial\":\"ECID:2E\",\"product\":\"iPhone\","        \
	"\"manufacturer\":\"Apple Inc.\",\"speed\":\"480 Mb/s\",\"hub\":false,"                    \
	"\"max_power_ma\":500}"
#define INCIDENT                                                                                   \
	"{\"id\":41,\"opened_at\":\"2026-11-22T14:03:08.7Z\","                                     \
	"\"closed_at\":\"2026-11-22T14:03:16Z\",\"port\":\"p-usb-0:1\",\"name\":\"1-1\","          \
	"\"label\":\"left front\",\"device\":" IPHONE ",\"cause\":\"link-loss\","                  \
	"\"side\":\"link\",\"drop\":true,\"confidence\":0.93,\"count\":1,\"resets\":1,"            \
	"\"why\":\"it came back by itself\",\"disconnected_at\":\"2026-11-22T14:03:11.01Z\","      \
	"\"back_after_seconds\":1.31,\"evidence\":["                                               \
	"{\"at\":\"2026-11-22T14:03:08.7Z\",\"source\":\"kernel-log\",\"what\":\"reset\"},"        \
	"{\"at\":\"2026-11-22T14:03:11.01Z\",\"source\":\"udev\",\"what\":\"remove 1-1\"}],"       \
	"\"evidence_omitted\":3}"
#define EVENT                                                                                      \
	"{\"at\":\"2026-11-22T14:03:11Z\",\"port\":\"p\",\"name\":\"1-1\","                        \
	"\"kind\":\"disconnect\",\"source\":\"kernel-log\",\"what\":\"gone \\u001b[2J\","          \
	"\"incident\":41}"

struct screen {
	const char *name;
	const char *words[6];		   /* of the command line, without "linkstat" */
	int (*run)(const struct cli *cli); /* instead of the command; or NULL */
	const char *replies[5];		   /* one a request; a request for more gets all of them */
	int want;			   /* enum cli_exit */
	const char *text;
};

/* Parses @words and runs the command that they name, or calls @run instead if given. */
int screen_run(struct cli *cli, const char *const *words, int (*run)(const struct cli *cli));
/* All of them, in the same locale and time zone everywhere. */
void screens_check(const struct screen *screens, size_t n);
