#pragma once
/* Keeps the computer from going to sleep, where logind is there to be asked. */

/* A descriptor to hold as long as it may not sleep, or -errno. @why is shown to people. */
int inhibit_sleep(const char *why);
