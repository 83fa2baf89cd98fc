#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/logs/counts.h"
#include "tests/unit/lib/log_reading.h"

struct reader {
	struct log_reading *reading;
	struct ls_log_text *log;
};

static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct reader *reader = user;
	struct log_reading *reading = reader->reading;
	enum ls_log_count count = ls_log_count_of(obs);
	size_t len = strlen(reading->observed);

	if (obs->kind == LS_OBS_LOST)
		snprintf(reading->observed + len, sizeof(reading->observed) - len, "%slost %u",
			 len ? ", " : "", (unsigned int)obs->n_lost);
	if (count == LS_N_LOG_COUNTS)
		return;
	snprintf(reading->observed + len, sizeof(reading->observed) - len, "%s%s %s",
		 len ? ", " : "", obs->port[0] ? obs->port : obs->controller,
		 ls_log_count_name(count));
	if (reading->n < 64) {
		reading->at[reading->n] = obs->at;
		reading->boot[reading->n] = ls_log_text_boot(reader->log);
	}
	reading->n++;
}

void
log_read(struct log_reading *reading, const struct ls_log_text_options *options, const char *text,
	 size_t len, size_t step)
{
	struct reader reader = { .reading = reading };

	*reading = (struct log_reading){ 0 };
	assert_int_equal(ls_log_text_new(options, on_observation, &reader, &reader.log), 0);
	for (size_t i = 0; i < len; i += step ? step : len)
		ls_log_text_feed(reader.log, text + i, step && step < len - i ? step : len - i);
	ls_log_text_finish(reader.log, &reading->summary);
	ls_log_text_free(reader.log);
}
