#pragma once
/* Record: what linkstatd observes, one reply an observation, after what is known already. */
#include "daemon/server/varlink.h"
#include "lib/model/observation.h"

/* One more reply for a subscriber. 1 or -ENOMEM. */
int method_record_reply(const struct ls_observation *obs, struct varlink_reply *reply);
