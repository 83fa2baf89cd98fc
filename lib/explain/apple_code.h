#pragma once
/* The number that Apple's programs show for what an incident records. */
#include "lib/model/causes.h"

/*
 * 4013 and the like of an Apple device (05ac) that was in @mode and came back in @mode_after, titles
 * as in lib/families/apple.ini, "" the same or unknown; 0: none fits.
 */
unsigned int ls_explain_apple_code(enum ls_cause cause, uint16_t vid, const char *mode,
				   const char *mode_after);
