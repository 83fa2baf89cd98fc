#!/bin/bash
. "$LAB_TREE/tests/lab/in_memory.sh"
. "$LAB_TREE/tests/lab/story.sh"
story "The computer sleeps and wakes up"
start_linkstatd

plug_qemu tablet usb-tablet 4
plug_disk
pause 3
echo devices >/sys/power/pm_test
log_step "the computer is suspended, and woken 5 s later"
check "the computer slept" eval 'echo mem >/sys/power/state'
check_soon "the kernel logs it" 20 kernel_logged 'PM: suspend exit'
pause 5
check "linkstatd still answers" client status --json
check "no drop" jq_incidents 'all(.[]; .drop | not)'
wait_until "all incidents are closed" 40 all_closed
check "no cause other than the suspend" jq_incidents 'all(.[]; .cause == "suspend")'
check "the log contains it" eval 'client log | grep -i sleep'
