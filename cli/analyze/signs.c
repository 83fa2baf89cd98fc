/* Lines of a log that are no incident, but say what to do all the same. */
#include <inttypes.h>

#include "cli/analyze/signs.h"
#include "cli/base/field.h"
#include "cli/print/render.h"

static const struct sign {
	const char *kind; /* in "observations" of a port */
	const char *what;
} signs[] = {
	{ "power-rejected",
	  "the kernel refused it for want of power: use a powered hub, or a port of "
	  "the computer itself" },
	{ "speed-downgrade", "it runs slower than it can: another port or cable may be faster" },
	{ "link-trouble", "the link or the hub of it had trouble (no reset, no configuration, no "
			  "answer): the port, the hub or the cable" },
	{ "resume-failure", "it did not wake up from power saving: switch autosuspend off for it" },
};

unsigned int
analyze_put_signs(const struct output_style *style, const json_t *ports)
{
	const json_t *port;
	unsigned int n_told = 0;
	size_t i;

	json_array_foreach(ports, i, port)
	{
		const json_t *lines = field_object(port, "observations");

		for (size_t k = 0; k < LS_COUNT(signs); k++) {
			int64_t n = lines ? field_int(lines, signs[k].kind) : 0;

			if (n > 0 && style)
				render_sentence(style, TONE_WARN, 4, "  %s: %s (%" PRId64 " %s).",
						field_text(port, "name"), signs[k].what, n,
						n == 1 ? "line" : "lines");
			n_told += n > 0;
		}
	}
	return n_told;
}
