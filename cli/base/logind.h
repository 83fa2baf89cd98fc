#pragma once
/* logind: when it would suspend this computer, and how to keep it from doing so. */
#include "lib/base/base.h"

#define LOGIND_TEXT_MAX 64

/* As in logind.conf(5); texts are those of logind. */
struct logind {
	bool known; /* false: no logind, or no answer in time */
	char idle_action[LOGIND_TEXT_MAX];
	uint64_t idle_us;
	char lid[LOGIND_TEXT_MAX], lid_external_power[LOGIND_TEXT_MAX];
	char inhibited[256]; /* what is blocked now, "sleep:idle" */
};

/* Takes 5 s at most. */
void logind_ask(struct logind *ret);

/* A descriptor: the computer does not go to sleep while it is open. -errno if logind cannot be
 * asked. @why is shown to users. */
int logind_inhibit(const char *why);
