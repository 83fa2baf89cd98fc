#pragma once
/*
 * A terminal that is redrawn: the alternate screen, single keys, and the signals that belong to it,
 * which a process catches once. The terminal is restored when the program ends and while it is
 * stopped by Ctrl-Z.
 */
#include <signal.h>
#include <stdio.h>
#include <termios.h>

#include "lib/base/base.h"

/* Events as bits; read after a wait that a signal ended. */
enum screen_event {
	SCREEN_ENDED = 1 << 0,	 /* SIGINT, SIGTERM, SIGHUP, SIGQUIT */
	SCREEN_STOP = 1 << 1,	 /* SIGTSTP: screen_stop() obeys */
	SCREEN_CHANGED = 1 << 2, /* SIGWINCH, SIGCONT: draw again */
};

enum screen_key {
	SCREEN_KEY_NONE, /* no more keys are waiting */
	SCREEN_KEY_OTHER,
	SCREEN_KEY_QUIT,
	SCREEN_KEY_NEXT,
	SCREEN_KEY_PREVIOUS,
	SCREEN_KEY_CLOSED, /* there will be no more keys ever */
};

/* Zero is a closed one. */
struct screen {
	FILE *out; /* NULL: not open */
	int in_fd; /* -1: no keys */
	struct termios before;
};

struct screen_size {
	int columns, rows;
};

/* Signals arrive only in a ppoll(2) with *@waiting from now on, and are kept as events. */
void screen_catch_signals(sigset_t *waiting);
/* The events since the last call. */
unsigned screen_events(void);

/* Takes the terminal @out, and the keys of @in_fd if that is one. 0 or -errno. */
int screen_open(struct screen *screen, FILE *out, int in_fd);
/* Restores the terminal. Does nothing if it is not open. */
void screen_close(struct screen *screen);
/* Stops this process as SIGTSTP does, with the terminal restored meanwhile. */
void screen_stop(struct screen *screen);
/* Takes the terminal again: another program may have changed it while this one was stopped. */
void screen_refresh(struct screen *screen);

bool screen_is_open(const struct screen *screen);
bool screen_has_keys(const struct screen *screen);
enum screen_key screen_key(struct screen *screen);
/* The size of the terminal; 80 x 24 if it is unknown. */
struct screen_size screen_size(const struct screen *screen);
/* Shows @text from the top; of lines that do not fit it shows how many. */
void screen_draw(const struct screen *screen, const char *text);
