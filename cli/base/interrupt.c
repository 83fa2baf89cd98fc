#include "cli/base/interrupt.h"

#include <stddef.h>

static void
on_signal(int signal)
{
	(void)signal; /* only interrupts the wait */
}

void
interrupt_catch(sigset_t *ret)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, ret);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}
