#pragma once
/*
 * What one user may still add to the history: some at once, and then only slowly, so that nobody fills
 * the disk, and pushes out what is kept of others. Pure: time is an argument.
 */
#include "lib/base/base.h"

#define QUOTA_USERS 32 /* remembered; who was not heard of for the longest time is forgotten */

enum quota_kind {
	QUOTA_CHANGE, /* a label or a job */
	QUOTA_IMPORT, /* a call with lines of a kernel log */
	QUOTA_N_KINDS,
};

struct quota {
	struct quota_user {
		int64_t uid;
		uint64_t used_us;		 /* 0: free */
		uint64_t full_us[QUOTA_N_KINDS]; /* when it may do all at once again */
	} users[QUOTA_USERS];
};

/* Takes one of @kind. 0, or in how many seconds there is one again. @now_us is not 0. */
unsigned int quota_take(struct quota *quota, int64_t uid, enum quota_kind kind, uint64_t now_us);
