#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A reset fails, and the kernel gives the device up"
start_linkstatd

plug_phone
pause 3
log_step "it is reset, and no longer returns its descriptors"
vdev ctl fail-enumeration phone status=-71
usbreset 05ac:12a8 >"$story_dir/usbreset" 2>&1
wait_until "the kernel gives up" 60 kernel_logged ' 3-1: USB disconnect'

expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null' 60
expect_incident phone 'any(.evidence[]; .what | contains("reset high-speed"))'
expect_only_incidents 1
