#include "lib/explain/apple_code.h"

#include <string.h>

#define APPLE 0x05ac

/* A title begins with what stands here: there are several recovery modes. NULL: any. */
static const struct {
	enum ls_cause cause;
	const char *mode, *mode_after;
	unsigned int code;
} stories[] = {
	/* Found in the state named last, where the restore system was expected. */
	{ LS_CAUSE_DEVICE_RESET, "restore mode", "recovery mode", 4013 },
	{ LS_CAUSE_DEVICE_RESET, "restore mode", "DFU mode", 4014 },
	{ LS_CAUSE_LINK_LOSS, "recovery mode", NULL, 4013 },
	/* "RestoreOS device removed before restored completed" */
	{ LS_CAUSE_LINK_LOSS, "restore mode", NULL, 4010 },
};

static bool
is_mode(const char *mode, const char *wanted)
{
	return !wanted || strncmp(mode, wanted, strlen(wanted)) == 0;
}

unsigned int
ls_explain_apple_code(enum ls_cause cause, uint16_t vid, const char *mode, const char *mode_after)
{
	for (size_t i = 0; i < LS_COUNT(stories) && vid == APPLE; i++)
		if (stories[i].cause == cause && is_mode(mode, stories[i].mode) &&
		    is_mode(mode_after, stories[i].mode_after))
			return stories[i].code;
	return 0;
}
