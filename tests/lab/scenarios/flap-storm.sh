#!/bin/bash
# limit: 1800 s
. "$LAB_TREE/tests/lab/story.sh"
story "A bad contact flaps ${LAB_FLAPS:=60} times"
start_linkstatd

plug_phone
log_step "as fast as the kernel can follow"
for ((i = 0; i < LAB_FLAPS; i++)); do
	vdev ctl pull phone
	vdev ctl plug phone || break
	# Half of them are cut short while they are enumerated.
	((i % 2)) || vdev ctl wait phone configured timeout=10
done
wait_until "the contact is stable" 30 is_configured 3-1
disconnects=$(kernel_log | grep -c '3-1: USB disconnect')
spells=$(quiet_spells 3-1)
log_step "$disconnects disconnects in the kernel log, $spells quiet spells between them"

expect_incident phone '.count >= 20' 60
check "linkstatd answers" client status --json
wait_until "all incidents are closed" 40 all_closed
check "one incident, or one more for every quiet spell" jq_incidents "length >= 1 and length <= 1 + $spells"
check "no flap is counted twice" jq_incidents "(map(.count) | add) <= $disconnects"
check "its memory stays small" memory_below 64
