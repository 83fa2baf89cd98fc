#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "An administrator removes a device through sysfs, which the hub knows nothing about"
start_linkstatd

plug recorder port=0 vid=1209 pid=0008 serial=R1 product=Recorder
pause 3
set_attribute recorder remove 1
wait_until "it is gone" 20 is_gone 3-1

expect_incident recorder '(.drop | not) and .closed_at != null' 40
expect_incident recorder '.cause == "software" and .side == "software"'
expect_only_incidents 1
