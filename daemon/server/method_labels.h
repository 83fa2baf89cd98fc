#pragma once
/* Labels of sockets and cables, and the sockets that a client names by them. */
#include "daemon/server/context.h"
#include "lib/model/record.h"

/* 1: @ret is the socket that @port names, 0: @reply says that there is none, or -errno. */
int method_labels_find_socket(const struct context *context, const char *port,
			      struct ls_socket *ret, struct varlink_reply *reply);
/* 1, or 0: @reply says what is wrong with the label. */
int method_labels_check(const char *label, bool of_socket, struct varlink_reply *reply);
