#include "cli/offline/window.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/offline/input.h"

#define BUFFER_SIZE (2 * WINDOW_NEED_MAX)
/* Pages come by faults, 16 at a time; asking for more of them at once was no faster. They are given
 * back by pieces. */
#define PIECE ((size_t)512 * 1024)

struct window {
	struct input *input;
	const uint8_t *at;
	const uint8_t *volatile end; /* of what is here; the handler may move it */
	uint64_t n_before;	     /* bytes that were passed and have left the buffer */
	struct window *next;	     /* of those that are mapped */
	uint8_t *map;		     /* NULL: a buffer */
	size_t size;		     /* of the map */
	uint8_t *begin;		     /* of the file in the map */
	uint8_t *given_back;	     /* up to here */
	uint8_t buffer[];	     /* BUFFER_SIZE if it is one */
};

/* ---- files that are shortened ---- */

static struct window *mapped;

/* The file has lost this page: zeros stand for it and what follows, and it ends here. */
static void
on_sigbus(int number, siginfo_t *info, void *context)
{
	uint8_t *page = (uint8_t *)((uintptr_t)info->si_addr & ~(uintptr_t)(getpagesize() - 1));
	int was_errno = errno;

	(void)context;
	for (struct window *window = mapped; window; window = window->next) {
		uint8_t *map_end = window->map + window->size;

		if (page < window->map || page >= map_end)
			continue;
		if (mmap(page, (size_t)(map_end - page), PROT_READ,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
			break;
		if (window->end > page)
			window->end = page;
		errno = was_errno;
		return;
	}
	signal(number, SIG_DFL); /* it is not ours: the same instruction raises it again */
}

static void
handle_sigbus(void)
{
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

/* ---- both kinds ---- */

static bool
map_file(struct window *window)
{
	int fd = input_fd(window->input);
	off_t begin = input_file_begin(window->input);
	struct stat stat;
	void *map;

	if (begin < 0 || fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode) || begin >= stat.st_size ||
	    (uint64_t)stat.st_size > SIZE_MAX / 2)
		return false;
	map = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return false;
	window->map = map;
	window->size = (size_t)stat.st_size;
	window->begin = window->map + begin;
	window->at = window->begin;
	window->end = window->map + window->size;
	window->given_back = window->map + (size_t)begin / PIECE * PIECE;
	window->next = mapped;
	mapped = window;
	handle_sigbus();
	return true;
}

int
window_new(struct input *input, struct window **ret)
{
	struct window *window = malloc(sizeof(*window) + BUFFER_SIZE);

	if (!window)
		return -ENOMEM;
	*window = (struct window){ .input = input };
	if (!map_file(window))
		window->at = window->end = window->buffer;
	*ret = window;
	return 0;
}

void
window_free(struct window *window)
{
	struct window **link = &mapped;

	if (!window)
		return;
	while (*link && *link != window)
		link = &(*link)->next;
	if (*link)
		*link = window->next;
	if (window->map)
		munmap(window->map, window->size);
	free(window);
}

size_t
window_here(const struct window *window)
{
	const uint8_t *end = window->end;

	return end > window->at ? (size_t)(end - window->at) : 0;
}

static void
give_back(struct window *window)
{
	uint8_t *piece = window->map + (size_t)(window->at - window->map) / PIECE * PIECE;

	madvise(window->given_back, (size_t)(piece - window->given_back), MADV_DONTNEED);
	window->given_back = piece;
}

static bool
fill_buffer(struct window *window, size_t n)
{
	size_t here = window_here(window), got = 1;

	memmove(window->buffer, window->at, here);
	window->n_before += (uint64_t)(window->at - window->buffer);
	window->at = window->buffer;
	for (; here < n && got > 0; here += got)
		got = input_read(window->input, window->buffer + here, BUFFER_SIZE - here);
	window->end = window->buffer + here;
	return here >= n;
}

const uint8_t *
window_need(struct window *window, size_t n)
{
	if (window->map && window->at - window->given_back >= (ptrdiff_t)(2 * PIECE))
		give_back(window);
	if (window_here(window) >= n)
		return window->at;
	return !window->map && fill_buffer(window, n) ? window->at : NULL;
}

bool
window_skip(struct window *window, uint64_t n)
{
	size_t here;

	while (n > (here = window_here(window))) {
		n -= here;
		window->at += here;
		if (window->map || !fill_buffer(window, 1))
			return false;
	}
	window->at += n;
	return true;
}

uint64_t
window_position(const struct window *window)
{
	return window->n_before +
	       (uint64_t)(window->at - (window->map ? window->begin : window->buffer));
}

uint64_t
window_n_read(const struct window *window)
{
	return window->map ? window_position(window) : input_n_read(window->input);
}

/* The handler does not see all: within a page a file that was shortened reads as zeros. */
bool
window_is_cut(struct window *window)
{
	struct stat stat;
	const uint8_t *end;

	if (!window->map || fstat(input_fd(window->input), &stat) < 0 ||
	    (uint64_t)stat.st_size >= window->size)
		return false;
	end = window->map + stat.st_size;
	if (window->end > end)
		window->end = end;
	return true;
}

const char *
window_why(struct window *window)
{
	return window_is_cut(window) ? "the file was shortened while it was read"
				     : input_why(window->input);
}
