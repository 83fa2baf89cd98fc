#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "An administrator takes a device's authorisation away, and then the device itself"
start_linkstatd

plug_phone
tell "authorized=0, and 1 again: the device never left"
set_attribute phone authorized 0
pause 1
set_attribute phone authorized 1
wait_until "it is configured again" 20 is_configured 3-1
pause 3
check "no drop was made of it" not incident_on phone '.drop'

tell "removed through sysfs, which the hub knows nothing about"
set_attribute phone remove 1
wait_until "it is gone" 20 is_gone 3-1
expect_incident phone '.cause == "software" and (.drop | not)' 30
check_soon "and nothing else is wrong with that port" 30 not incident_on phone '.cause != "software"'
