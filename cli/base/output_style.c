#include "cli/base/output_style.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80

static int
terminal_width(int fd)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	long width = columns ? strtol(columns, NULL, 10) : 0;

	if (width > 0 && width < 10000)
		return (int)width;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return WIDTH_DEFAULT;
}

void
output_style_init(struct output_style *style, FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	style->out = out;
	style->terminal = isatty(fileno(out));
	style->addressable = style->terminal && term && *term && strcmp(term, "dumb") != 0;
	style->colour = style->addressable && !(no_color && *no_color);
	style->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	style->width = style->terminal ? terminal_width(fileno(out)) : 0;
	style->dash = style->utf8 ? "–" : "-";
}
