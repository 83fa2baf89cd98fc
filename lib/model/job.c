#include "lib/model/job.h"

static const char *const outcomes[] = { LS_JOB_OUTCOMES(LS_ENUM_NAME) };

const char *
ls_job_outcome_name(enum ls_job_outcome outcome)
{
	return ls_name_of(outcomes, LS_COUNT(outcomes), outcome);
}

enum ls_job_outcome
ls_job_outcome_of(const char *name)
{
	int found = name ? ls_name_find(outcomes, LS_COUNT(outcomes), name) : -1;

	return found < 0 ? LS_JOB_LOST : (enum ls_job_outcome)found;
}
