#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A contact that is lost for 0.3 s, once, and three times in a row"
start_linkstatd

flap() {
	pull phone
	pause 0.3
	plug phone
}

plug_phone
pause 3
log_step "once"
flap
expect_incident phone '.cause == "link-loss" and .drop and .count == 1 and .closed_at != null'
expect_incident phone '.back_after_seconds > 0.2 and .back_after_seconds < 60'

log_step "three times in a row"
flap
flap
flap
wait_until "all incidents are closed" 40 all_closed
spells=$(quiet_spells 3-1) # two on a fast machine: before the one, and before the three
check "one incident for all three, or one more for every quiet spell" jq_incidents \
	"length >= 2 and length <= $spells and all(.[]; .cause == \"link-loss\" and .drop)"
check "no flap is missing" jq_incidents '(map(.count) | add) == 4'
check "the report counts four disconnects" report_has phone '.disconnects == 4 and .drops >= 2'
