#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A driver resets a disk that answers nonsense, and a program resets one that is well"
start_linkstatd

# What the virtual device answers to usb-storage is no answer: the driver resets it and asks again.
plug disk port=4 vid=1209 pid=0007 class=08/06/50 product=disk serial=D1
wait_until "usb-storage has reset it" 30 kernel_says '3-5: reset high-speed USB device'
expect_incident disk '.cause == "host-reset" and (.drop | not) and .closed_at != null' 90
expect_only_incidents 1

tell "usbreset on a phone"
plug_phone
pause 3
usbreset 05ac:12a8 >"$story_dir/usbreset"
expect_incident phone '.cause == "host-reset" and (.drop | not) and .closed_at != null'
expect_only_incidents 2
