#pragma once
/* A command that runs under linkstat: how it ended, and how far it had come at its first drop. */
#include "lib/base/base.h"
#include "lib/base/names.h"
#include "lib/model/observation.h"

#define LS_JOB_OUTCOMES(X)                                                                         \
	/* whoever ran it is gone; its end was not seen */                                         \
	X(LS_JOB_LOST, "lost")                                                                     \
	X(LS_JOB_RUNNING, "running")                                                               \
	X(LS_JOB_EXITED, "exited")                                                                 \
	X(LS_JOB_KILLED, "killed")

enum ls_job_outcome { LS_JOB_OUTCOMES(LS_ENUM_ID) LS_N_JOB_OUTCOMES };

/* On the wire and in the store. Never NULL. */
const char *ls_job_outcome_name(enum ls_job_outcome outcome);
/* The reverse; LS_JOB_LOST for any other name, and NULL. */
enum ls_job_outcome ls_job_outcome_of(const char *name);

#define LS_JOB_PHASE_MAX 48

struct ls_job_place {
	char text
		[LS_TEXT_MAX]; /* "at 37 % of the file system, 212 s into restore mode", "" unknown */
	/* "file system": one piece of data, so that the same point of two jobs is the same data,
	 * @percent of it; "" otherwise, then @percent is -1. */
	char phase[LS_JOB_PHASE_MAX];
	int percent;
};
