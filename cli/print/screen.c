#include "cli/print/screen.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80
#define ROWS_DEFAULT	24
#define SIZE_MAX_SANE	10000

/* Alternate screen, no cursor, no wrapping of lines that are too long; and back. */
#define ENTER "\033[?1049h\033[?25l\033[?7l\033[H\033[2J"
#define LEAVE "\033[?7h\033[?25h\033[?1049l"

/* A signal handler reaches nothing else. */
static volatile sig_atomic_t ended, stop, changed;

static void
on_signal(int number)
{
	if (number == SIGTSTP)
		stop = 1;
	else if (number == SIGWINCH || number == SIGCONT)
		changed = 1;
	else
		ended = 1;
}

void
screen_catch_signals(sigset_t *waiting)
{
	static const int numbers[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH, SIGCONT
	};
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < LS_COUNT(numbers); i++)
		sigaddset(&blocked, numbers[i]);
	sigprocmask(SIG_BLOCK, &blocked, waiting);
	for (size_t i = 0; i < LS_COUNT(numbers); i++) {
		sigdelset(waiting, numbers[i]);
		sigaction(numbers[i], &action, NULL);
	}
}

unsigned
screen_events(void)
{
	unsigned events = (ended ? SCREEN_ENDED : 0) | (stop ? SCREEN_STOP : 0) |
			  (changed ? SCREEN_CHANGED : 0);

	ended = stop = changed = 0;
	return events;
}

static void
take_terminal(struct screen *screen)
{
	struct termios keys = screen->before;

	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_cc[VMIN] = 0; /* a read never waits */
	keys.c_cc[VTIME] = 0;
	if (screen->in_fd >= 0)
		tcsetattr(screen->in_fd, TCSADRAIN, &keys);
	fputs(ENTER, screen->out);
	fflush(screen->out);
}

static void
give_terminal(struct screen *screen)
{
	fputs(LEAVE, screen->out);
	fflush(screen->out);
	if (screen->in_fd >= 0)
		tcsetattr(screen->in_fd, TCSADRAIN, &screen->before);
}

int
screen_open(struct screen *screen, FILE *out, int in_fd)
{
	screen->in_fd = -1;
	if (isatty(in_fd)) {
		if (tcgetattr(in_fd, &screen->before) < 0)
			return -errno;
		screen->in_fd = in_fd;
	}
	screen->out = out;
	take_terminal(screen);
	return 0;
}

void
screen_close(struct screen *screen)
{
	if (!screen->out)
		return;
	give_terminal(screen);
	screen->out = NULL;
	screen->in_fd = -1;
}

void
screen_stop(struct screen *screen)
{
	struct sigaction ours, usual = { .sa_handler = SIG_DFL };
	sigset_t only, before;

	if (screen->out)
		give_terminal(screen);
	sigemptyset(&only);
	sigaddset(&only, SIGTSTP);
	sigaction(SIGTSTP, &usual, &ours);
	raise(SIGTSTP); /* blocked until the next line */
	sigprocmask(SIG_UNBLOCK, &only, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	if (screen->out)
		take_terminal(screen);
}

void
screen_refresh(struct screen *screen)
{
	if (screen->out)
		take_terminal(screen);
}

bool
screen_is_open(const struct screen *screen)
{
	return screen->out != NULL;
}

bool
screen_has_keys(const struct screen *screen)
{
	return screen->out && screen->in_fd >= 0;
}

/* The rest of an arrow key: "[C" or "OC". */
static enum screen_key
escape_key(struct screen *screen)
{
	char rest[2] = { 0 };

	if (read(screen->in_fd, &rest[0], 1) != 1 || (rest[0] != '[' && rest[0] != 'O') ||
	    read(screen->in_fd, &rest[1], 1) != 1)
		return SCREEN_KEY_OTHER;
	if (rest[1] == 'C' || rest[1] == 'B')
		return SCREEN_KEY_NEXT;
	return rest[1] == 'D' || rest[1] == 'A' ? SCREEN_KEY_PREVIOUS : SCREEN_KEY_OTHER;
}

enum screen_key
screen_key(struct screen *screen)
{
	char key;
	ssize_t n = screen_has_keys(screen) ? read(screen->in_fd, &key, 1) : 0;

	if (n < 0 && errno != EINTR && errno != EAGAIN) {
		screen->in_fd = -1; /* the terminal is closed; SIGHUP follows */
		return SCREEN_KEY_CLOSED;
	}
	if (n <= 0)
		return SCREEN_KEY_NONE;
	switch (key) {
	case 'q':
	case 'Q':
		return SCREEN_KEY_QUIT;
	case 's':
	case '\t':
		return SCREEN_KEY_NEXT;
	case 'S':
		return SCREEN_KEY_PREVIOUS;
	case '\033':
		return escape_key(screen);
	default:
		return SCREEN_KEY_OTHER;
	}
}

struct screen_size
screen_size(const struct screen *screen)
{
	struct screen_size size = { COLUMNS_DEFAULT, ROWS_DEFAULT };
	struct winsize now = { 0 };

	if (!screen->out || ioctl(fileno(screen->out), TIOCGWINSZ, &now) < 0)
		return size;
	if (now.ws_col > 0 && now.ws_col < SIZE_MAX_SANE)
		size.columns = now.ws_col;
	if (now.ws_row > 0 && now.ws_row < SIZE_MAX_SANE)
		size.rows = now.ws_row;
	return size;
}

static int
count_lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

void
screen_draw(const struct screen *screen, const char *text)
{
	int rows = screen_size(screen).rows, n_lines = count_lines(text);
	int n_shown = n_lines <= rows ? n_lines : rows - 1;

	fputs("\033[H", screen->out);
	for (int i = 0; i < n_shown; i++) {
		size_t len = strcspn(text, "\n");

		/* Erase first: behind a full line the cursor still stands on its last column. */
		fprintf(screen->out, "%s\033[0m\033[2K%.*s", i > 0 ? "\r\n" : "", (int)len, text);
		text += len + 1;
	}
	if (n_shown < n_lines)
		fprintf(screen->out, "%s\033[0m\033[2K(%d more lines: make the window taller)",
			n_shown > 0 ? "\r\n" : "", n_lines - n_shown);
	else if (n_shown < rows)
		fputs("\033[0m\r\n\033[J", screen->out);
	fflush(screen->out);
}
