#include "cli/check/found.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print/format.h"
#include "lib/base/text.h"

#define FINDINGS_MAX 20000

static struct check_finding *
add(struct check *check)
{
	struct check_finding *more;
	size_t n = check->n_allocated ? check->n_allocated * 2 : 32;

	if (check->failed || check->n_findings >= FINDINGS_MAX)
		return NULL;
	if (check->n_findings == check->n_allocated) {
		more = reallocarray(check->findings, n, sizeof(*more));
		if (!more) {
			check->failed = true;
			return NULL;
		}
		check->findings = more;
		check->n_allocated = n;
	}
	return &check->findings[check->n_findings++];
}

/* Cut at a whole character. */
static void LS_PRINTF(2, 0) set_text(char text[WORDS_MAX], const char *format, va_list args)
{
	char whole[4 * WORDS_MAX];

	(void)vsnprintf(whole, sizeof(whole), format, args);
	ls_text_copy(text, WORDS_MAX, whole);
}

void
check_add(struct check *check, enum check_level level, const char *format, ...)
{
	struct check_finding *finding = add(check);
	va_list args;

	if (!finding)
		return;
	*finding = (struct check_finding){ .id = check->rule_id,
					   .rank = check->rule_rank,
					   .port = check->rule_port,
					   .nth = check->n_findings,
					   .level = level };
	va_start(args, format);
	set_text(finding->what, format, args);
	va_end(args);
}

static struct check_finding *
last(struct check *check)
{
	return check->failed || check->n_findings == 0 ? NULL
						       : &check->findings[check->n_findings - 1];
}

void
check_advise(struct check *check, const char *format, ...)
{
	struct check_finding *finding = last(check);
	va_list args;

	va_start(args, format);
	if (finding)
		set_text(finding->advice, format, args);
	va_end(args);
}

void
check_type(struct check *check, const char *format, ...)
{
	struct check_finding *finding = last(check);
	va_list args;

	va_start(args, format);
	if (finding)
		set_text(finding->command, format, args);
	va_end(args);
}

const char *
check_span(char text[FORMAT_MAX], double hours)
{
	char *zero;

	format_duration(text, hours * 3600);
	zero = strstr(text, " 0 ");
	if (zero) /* "10 min 0 s", "2 h 0 min" */
		*zero = '\0';
	return text;
}
