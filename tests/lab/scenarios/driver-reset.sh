#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A driver resets a disk that answers garbage, and a program resets a working device"
start_linkstatd

# The virtual device's answer to usb-storage is invalid: the driver resets it and retries.
plug disk port=4 vid=1209 pid=0007 class=08/06/50 product=disk serial=D1
wait_until "usb-storage has reset it" 30 kernel_logged '3-5: reset high-speed USB device'
expect_incident disk '.cause == "host-reset" and (.drop | not) and .closed_at != null' 90
expect_only_incidents 1

log_step "usbreset on a phone"
plug_phone
pause 3
usbreset 05ac:12a8 >"$story_dir/usbreset"
expect_incident phone '.cause == "host-reset" and (.drop | not) and .closed_at != null'
expect_only_incidents 2
