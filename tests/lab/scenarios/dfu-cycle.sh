#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A checkm8 tool makes a phone in DFU mode leave and return six times"
start_linkstatd

enter_mode dfu
pause 3
log_step "0.3 s each"
for ((i = 0; i < 6; i++)); do
	turn_into dfu 0.3
done

check_soon "a change of mode, again and again" 30 jq_incidents \
	'(map(.count) | add) == 6 and all(.[]; .cause == "mode-switch" and (.drop | not) and .closed_at != null)'
wait_until "all incidents are closed" 40 all_closed
check "no drop in the report" report_has phone '.drops == 0 and .disconnects == 6'
