#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A program resets a device, which survives"
start_linkstatd

plug_phone
number=$(attribute phone devnum)
usbreset 05ac:12a8 >"$story_dir/usbreset"
wait_until "the kernel has reset it" 20 kernel_logged '3-1: reset high-speed USB device'

expect_incident phone '.cause == "host-reset" and (.drop | not)'
expect_incident phone '.closed_at != null'
check "the device is the same" test "$(attribute phone devnum)" = "$number"
expect_only_incidents 1
check "the report counts a reset and no drop" report_has phone '.resets == 1 and .drops == 0'
