#include "daemon/server/quota.h"

/* So many at once, and one more every so often: by hand nobody comes near, in a loop 17,280 a day. */
static const struct {
	uint64_t n, every_us;
} allowed[QUOTA_N_KINDS] = {
	[QUOTA_CHANGE] = { 200, 5 * LS_SEC },
	/* A call has up to 128 lines: 1.3 million for years of journal. */
	[QUOTA_IMPORT] = { 10000, 30 * LS_SEC },
};

static struct quota_user *
find_user(struct quota *quota, int64_t uid)
{
	struct quota_user *oldest = &quota->users[0];

	for (size_t i = 0; i < QUOTA_USERS; i++) {
		struct quota_user *user = &quota->users[i];

		if (user->used_us > 0 && user->uid == uid)
			return user;
		if (user->used_us < oldest->used_us)
			oldest = user;
	}
	*oldest = (struct quota_user){ .uid = uid };
	return oldest;
}

unsigned int
quota_take(struct quota *quota, int64_t uid, enum quota_kind kind, uint64_t now_us)
{
	struct quota_user *user = find_user(quota, uid);
	uint64_t every_us = allowed[kind].every_us;
	uint64_t *full_us = &user->full_us[kind];
	uint64_t begin_us = *full_us > now_us ? *full_us : now_us;
	uint64_t end_us = now_us + allowed[kind].n * every_us;

	user->used_us = now_us;
	if (begin_us + every_us > end_us)
		return (unsigned int)((begin_us + every_us - end_us + LS_SEC - 1) / LS_SEC);
	*full_us = begin_us + every_us;
	return 0;
}
