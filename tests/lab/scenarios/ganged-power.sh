#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A port is overloaded, and its neighbour, which shares its power switch, goes dark with it"
start_linkstatd

plug_phone phone port=8
plug recorder port=9 vid=1209 pid=0008 serial=R1 product=Recorder
until_known phone
until_known recorder
pause 3
log_step "over-current at one, and the other loses its power"
vdev fault over-current-lasting phone
pull recorder
wait_until "the kernel logs it" 20 kernel_logged 'over-current'
vdev fault over-current-end phone
pause 1
plug recorder
until_known recorder
expect_incident phone '.cause == "over-current" and .side == "power"' 30
wait_until "all incidents are closed" 40 all_closed
check "power is to blame for all of it" jq_incidents 'length >= 1 and all(.[]; .cause == "over-current")'
