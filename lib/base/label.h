#pragma once
/*
 * Labels of cables and sockets, set by the user. They are printed, stored and sent unchanged,
 * and a socket's label is accepted in place of a port name: ambiguous ones are refused.
 */
#include "lib/base/base.h"

/*
 * 1, or -EINVAL with *why = a clause after "because": empty, LS_LABEL_MAX bytes or longer, blanks
 * around it, control characters or invalid UTF-8.
 */
int ls_label_check(const char *text, const char **why);
/* The same for a socket, whose label must not look like a port either: "1-2", "usb1", "pci-…". */
int ls_label_check_socket(const char *text, const char **why);
