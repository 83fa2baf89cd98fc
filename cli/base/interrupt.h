#pragma once
/* Commands that go on until Ctrl-C. */
#include <signal.h>

/* SIGINT and SIGTERM are delivered only during a wait with the mask *ret, which they interrupt. */
void interrupt_catch(sigset_t *ret);
