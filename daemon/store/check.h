#pragma once
/* Looks for damage in a whole history, which takes long, on a connection of its own. */
#include "lib/base/base.h"

struct event_base;
struct store;
struct store_check;

/* 0, -EBADMSG: the next batch keeps the file aside and begins a new one; or -errno. */
int store_check(struct store *store);

/*
 * The same on a thread, if linkstatd did not end in order the last time; *ret is NULL where there is
 * nothing to do. @store must outlive it. 0 or -errno.
 */
int store_check_new(struct event_base *base, struct store *store, struct store_check **ret);
/* Ends it early. */
void store_check_free(struct store_check *check);
LS_DEFINE_AUTO(store_check)
