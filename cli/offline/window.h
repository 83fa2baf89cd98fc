#pragma once
/*
 * The bytes of an input in order, in place: a file that lies on a disk is mapped, and of it no more
 * than some MiB are resident; what is unpacked or comes through a pipe passes through a buffer. A
 * file that is shortened while it is read ends there.
 */
#include "lib/base/base.h"

struct input;
struct window;

/* At most this much can be asked for at a time. */
#define WINDOW_NEED_MAX ((size_t)128 * 1024)

/* Begins where the current file of @input does; it is borrowed. 0 or -ENOMEM. */
int window_new(struct input *input, struct window **ret);
void window_free(struct window *window); /* NULL is fine */
LS_DEFINE_AUTO(window)

/* The next @n bytes, valid until the next call; NULL: there are not so many any more. */
const uint8_t *window_need(struct window *window, size_t n);
/* How many of the next bytes are here, without waiting; those of window_need() among them. */
size_t window_here(const struct window *window);
/* Passes over @n bytes. Less is passed where it ends; false then. */
bool window_skip(struct window *window, uint64_t n);
/* So much of it was passed. */
uint64_t window_position(const struct window *window);
/* How many bytes of the file as it lies on disk that is. */
uint64_t window_n_read(const struct window *window);
/* Was the file shortened since it was opened? Then what is here may end earlier. */
bool window_is_cut(struct window *window);
/* NULL, or why it ends early; a clause that continues "…: ". */
const char *window_why(struct window *window);
