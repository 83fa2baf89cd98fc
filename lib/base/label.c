#include "lib/base/label.h"

#include <errno.h>
#include <string.h>

#include "lib/base/port.h"
#include "lib/base/text.h"

/* Zs of Unicode but for the usual blank, and a Braille pattern without dots: a name of these looks empty. */
static bool
has_odd_blank(const char *text)
{
	static const char *const blanks[] = {
		"\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
		"\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",
		"\u200a", "\u202f", "\u205f", "\u2800", "\u3000",
	};

	for (size_t i = 0; i < LS_COUNT(blanks); i++) {
		if (strstr(text, blanks[i]))
			return true;
	}
	return false;
}

int
ls_label_check(const char *text, const char **why)
{
	char clean[4 * LS_LABEL_MAX + 16];
	size_t len = strlen(text);

	if (len == 0)
		*why = "it is empty";
	else if (len >= LS_LABEL_MAX)
		*why = "it is longer than 63 bytes";
	else if (text[0] == ' ' || text[len - 1] == ' ')
		*why = "it begins or ends with a blank";
	else if (has_odd_blank(text))
		*why = "it holds a blank that is not the usual one";
	else if (ls_text_clean(clean, sizeof(clean), text, len), strcmp(clean, text) != 0)
		*why = "it holds control characters, invalid UTF-8 or an escape like \\x41";
	else
		return 1;
	return -EINVAL;
}

int
ls_label_check_socket(const char *text, const char **why)
{
	if (ls_label_check(text, why) < 0)
		return -EINVAL;
	if (!ls_port_name_valid(text) && strncmp(text, "pci-", 4) != 0 &&
	    strncmp(text, "platform-", 9) != 0 && !strstr(text, "-usb-0:"))
		return 1;
	*why = "it looks like the name of a port";
	return -EINVAL;
}
