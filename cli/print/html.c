#include "cli/print/html.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/sanitize.h"

#define TEXT_MAX 4096

void
html_text(FILE *out, const char *text)
{
	char clean[TEXT_MAX];

	sanitize_text(clean, sizeof(clean), text, true);
	for (const char *p = clean; *p; p++) {
		switch (*p) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*p, out);
		}
	}
}

void
html_format(FILE *out, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	html_text(out, text);
}

static const char *const style[] = {
	":root{color-scheme:light dark;--bg:#fbfaf8;--card:#fff;--ink:#1d2126;--dim:#626b75;"
	"--line:#dfe2e6;--bar:#7e93ad;--bar2:#c9d4e2;--bad:#b3261e;--good:#1e7a46;--warn:#8a5a00;"
	"--mark:#fff4d6}\n",
	"@media(prefers-color-scheme:dark){:root{--bg:#15181c;--card:#1d2126;--ink:#e6e8eb;"
	"--dim:#9aa4af;--line:#343b43;--bar:#6f8bb0;--bar2:#39475a;--bad:#ff8a80;--good:#6fd19a;"
	"--warn:#f0c05a;--mark:#3a3216}}\n",
	"*{box-sizing:border-box}\n",
	"body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"
	"\"Segoe UI\",\"DejaVu Sans\",sans-serif;overflow-wrap:anywhere}\n",
	"main{max-width:66rem;margin:0 auto;padding:1.5rem 1rem 3rem}\n",
	"h1{font-size:1.5rem;line-height:1.2;margin:0}\n",
	"h2{font-size:1.1rem;margin:2.2rem 0 .6rem}\n",
	"p{margin:.4rem 0}\n",
	".dim{color:var(--dim);font-size:.9rem}\n",
	".verdict{background:var(--card);border:1px solid var(--line);"
	"border-left:.4rem solid var(--bar);border-radius:.4rem;padding:1rem 1.2rem;"
	"margin:1.2rem 0}\n",
	".verdict.bad{border-left-color:var(--bad)}\n",
	".verdict.good{border-left-color:var(--good)}\n",
	".verdict .answer{font-size:1.25rem;line-height:1.35;font-weight:650;margin:0}\n",
	".verdict .next{background:var(--mark);border-radius:.3rem;padding:.5rem .7rem;"
	"margin:.8rem 0 .4rem}\n",
	".verdict details p{margin:.25rem 0}\n",
	"table{border-collapse:collapse;width:100%}\n",
	"th{font-size:.8rem;font-weight:600;color:var(--dim);text-align:left;vertical-align:bottom}"
	"\n",
	"th,td{padding:.45rem .6rem .45rem 0;border-bottom:1px solid var(--line)}\n",
	"td{vertical-align:middle}\n",
	"th:last-child{white-space:nowrap}.n{text-align:right;font-variant-numeric:tabular-nums;"
	"white-space:nowrap}\n",
	".rank .who b{display:block}\n",
	".rank .rate{width:30%}\n",
	".rate svg{display:block;width:100%;height:1.1rem}\n",
	".axis{display:flex;justify-content:space-between;font-variant-numeric:tabular-nums}\n",
	".grade{display:inline-block;min-width:1.9rem;text-align:center;font-weight:700;"
	"border:2px solid currentColor;border-radius:.3rem;line-height:1.6}\n",
	".gA,.gB{color:var(--good)}.gC,.gD{color:var(--warn)}.gE,.gF{color:var(--bad)}\n",
	".trend{color:var(--warn);font-size:.9rem}\n",
	".lane{display:grid;grid-template-columns:9rem 1fr;gap:.8rem;align-items:center;"
	"border-bottom:1px solid var(--line);padding:.25rem 0}\n",
	".lane svg{display:block;width:100%;height:1.8rem}\n",
	".lane.axis-row{border:0;color:var(--dim);font-size:.85rem}\n",
	".bar{fill:var(--bar)}.soft{fill:var(--bar2)}\n",
	".drop{stroke:var(--bad);stroke-width:2.5;vector-effect:non-scaling-stroke}\n",
	".median{stroke:var(--ink);stroke-width:3;vector-effect:non-scaling-stroke}\n",
	".grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}\n",
	".gap{fill:var(--warn);opacity:.35}\n",
	".key{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;margin:.5rem 0}\n",
	".key svg{width:1.5rem;height:1rem;vertical-align:-.15rem;margin-right:.3rem}\n",
	"details.incident{border:1px solid var(--line);border-radius:.4rem;background:var(--card);"
	"margin:.4rem 0;padding:.2rem .8rem}\n",
	"summary{cursor:pointer;padding:.35rem 0}\n",
	"summary:focus-visible{outline:2px solid var(--bar);outline-offset:2px}\n",
	".evidence td{font-size:.9rem;padding:.2rem .8rem .2rem 0;vertical-align:top}\n",
	".evidence td:last-child{font-family:ui-monospace,\"DejaVu Sans Mono\",monospace;"
	"font-size:.85rem}\n",
	".tag{font-weight:700;color:var(--bad)}\n",
	"footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.8rem}\n",
	"@media(max-width:640px){\n",
	".rank thead{display:none}.rank tr{display:grid;grid-template-columns:1fr auto;"
	"column-gap:1rem;padding:.7rem 0;border-bottom:1px solid var(--line)}\n",
	".rank td{border:0;padding:.1rem 0}\n",
	".rank .grade-cell{grid-row:1;grid-column:2}.rank .who{grid-row:1;grid-column:1}\n",
	".rank .n{text-align:left;grid-column:1/-1;white-space:normal}\n",
	".rank .n::before{content:attr(data-name) \": \";color:var(--dim)}\n",
	".rank .rate{grid-column:1/-1;width:auto}\n",
	".lane{grid-template-columns:1fr;gap:.1rem}.lane .dim{display:none}\n",
	".evidence td{display:inline;padding-right:.5rem}.evidence tr{display:block;"
	"padding:.2rem 0;border-bottom:1px solid var(--line)}.evidence td{border:0}\n",
	"}\n",
	"@media print{:root{--bg:#fff;--card:#fff;--ink:#000;--dim:#444;--line:#bbb;--bar:#666;"
	"--bar2:#ccc;--bad:#000;--good:#000;--warn:#000;--mark:#eee}main{max-width:none;padding:0}"
	"h2{break-after:avoid}tr,.lane,details{break-inside:avoid}"
	"details::details-content{content-visibility:visible;block-size:auto}"
	"svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n",
};

void
html_begin(FILE *out, const char *title)
{
	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'\">\n<title>",
	      out);
	html_text(out, title);
	fputs("</title>\n<style>\n", out);
	for (size_t i = 0; i < LS_COUNT(style); i++)
		fputs(style[i], out);
	fputs("</style>\n</head>\n<body>\n<main>\n", out);
}

void
html_end(FILE *out)
{
	fputs("</main>\n</body>\n</html>\n", out);
}

static int
complain(const struct cli *cli, const char *path, int error)
{
	char shown[300];

	sanitize_text(shown, sizeof(shown), path, cli->style.utf8);
	cli_complain("the page cannot be written to \"%s\": %s.\n"
		     "Name a file in a directory that you may write to, or - for standard output.",
		     shown, error == ELOOP ? "it is a link of another user" : strerror(error));
	return CLI_UNREACHABLE;
}

static int
put(FILE *file, const char *page, size_t len)
{
	return fwrite(page, 1, len, file) == len && fflush(file) == 0 ? 0 : -errno;
}

/* Devices and pipes are written directly. */
static int
write_through(const char *path, const char *page, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	int r;

	if (!file) {
		r = -errno;
		if (fd >= 0)
			close(fd);
		return r;
	}
	r = put(file, page, len);
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	return r;
}

static int
fill_new(FILE *file, mode_t mode, const char *page, size_t len)
{
	int r = put(file, page, len);

	if (r == 0 && (fchmod(fileno(file), mode) < 0 || fsync(fileno(file)) < 0))
		r = -errno;
	return r;
}

/* That of the file which is replaced, or what a new one gets. */
static mode_t
mode_of(const char *path)
{
	struct stat is;
	mode_t mask;

	if (lstat(path, &is) == 0 && S_ISREG(is.st_mode))
		return is.st_mode & 0777;
	mask = umask(0);
	(void)umask(mask);
	return 0666 & ~mask;
}

/* A reader sees either the old page or the new one. A link at @path is replaced and not followed. */
static int
write_anew(const char *path, const char *page, size_t len)
{
	char name[PATH_MAX];
	FILE *file;
	int fd, r;

	if (snprintf(name, sizeof(name), "%s.XXXXXX", path) >= (int)sizeof(name))
		return -ENAMETOOLONG;
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	r = file ? fill_new(file, mode_of(path), page, len) : -errno;
	if (file)
		fclose(file);
	else
		close(fd);
	if (r == 0 && rename(name, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(name);
	return r;
}

/*
 * Our own link, or one of root's (/dev/stdout), stays one, and what it points to is replaced. Another
 * user's may point to a file that only we may write.
 */
static int
write_to(const char *path, const char *page, size_t len)
{
	char target[PATH_MAX];
	struct stat is = { 0 };

	if (lstat(path, &is) == 0 && S_ISLNK(is.st_mode)) {
		if (is.st_uid != geteuid() && is.st_uid != 0)
			return -ELOOP;
		if (stat(path, &is) < 0)
			is.st_mode = S_IFREG; /* it points to nothing: the link is replaced */
		else if (S_ISREG(is.st_mode) && realpath(path, target))
			path = target;
	}
	if (S_ISDIR(is.st_mode))
		return -EISDIR;
	return is.st_mode == 0 || S_ISREG(is.st_mode) ? write_anew(path, page, len)
						      : write_through(path, page, len);
}

int
html_write(const struct cli *cli, const char *path, const char *page, size_t len)
{
	int r;

	if (strcmp(path, "-") == 0)
		return put(cli->style.out, page, len) < 0 ? complain(cli, path, errno) : CLI_FINE;
	r = write_to(path, page, len);
	return r < 0 ? complain(cli, path, -r) : CLI_FINE;
}
