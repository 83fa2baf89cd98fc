#pragma once
/* What logind would do to this computer while nobody touches it. */
#include "lib/base/base.h"

#define LOGIND_TEXT_MAX 64

/* As in logind.conf(5); texts are as logind gave them. */
struct logind {
	bool known; /* false: there is none, or it did not answer in time */
	char idle_action[LOGIND_TEXT_MAX];
	uint64_t idle_us;
	char lid[LOGIND_TEXT_MAX], lid_external_power[LOGIND_TEXT_MAX];
	char inhibited[256]; /* what is blocked now, "sleep:idle" */
};

/* Takes 5 s at most. */
void logind_ask(struct logind *ret);
