#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "An administrator removes a device through sysfs, which the hub knows nothing about"
start_linkstatd

plug_phone
pause 3
set_attribute phone remove 1
wait_until "it is gone" 20 is_gone 3-1

expect_incident phone '(.drop | not) and .closed_at != null' 40
# Without the hub's own word this looks like a plug that was taken out: never like a drop.
expect_incident phone '.cause == "unplugged" or .cause == "software"'
expect_only_incidents 1
