#pragma once
/*
 * Drops and hours as numbers: rate, survival of a job, grade (lib/attribution/rate.h has the
 * formulas).
 */
#include "cli/base/output_style.h"
#include "cli/print/format.h"
#include "lib/attribution/rate.h"
#include "lib/wire/wire.h"

struct numbers {
	double hours;
	int64_t drops;
	double job_hours;
	bool known; /* there is exposure: rate and survival are set */
	struct ls_interval rate, survival;
	char grade[2];
};

#define NUMBERS_MAX 96
/* Below that a rate is noise: one drop in ten seconds would be 360 an hour. */
#define NUMBERS_HOURS_MIN 0.25

/* Of @history, whose sessions may lack some of @drops: a failed start has none. @history may be empty:
 * how the drops are spread over sessions is not known then. */
struct numbers numbers_of(const struct ls_history *history, int64_t drops, double hours,
			  double job_hours);
/* Of a count on the wire. */
uint32_t numbers_clip(int64_t n);
/* That of a PortReport, and what it says of its rate. */
void numbers_history(const json_t *port, struct ls_history *ret);
struct numbers numbers_of_port(const json_t *port, double job_hours);

/* "1.40 (0.50 … 2.9)", or a dash. */
const char *numbers_rate(char text[NUMBERS_MAX], const struct output_style *style,
			 const struct numbers *numbers);
/* "71 % (49 … 88)", or "not enough data". */
const char *numbers_survival(char text[NUMBERS_MAX], const struct output_style *style,
			     const struct numbers *numbers);

/* Adds rate, survival, grade to @object. 0 or -ENOMEM. */
int numbers_add_json(json_t *object, const struct numbers *numbers);
