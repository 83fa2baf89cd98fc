#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "An administrator takes a device's authorisation away"
start_linkstatd

plug_phone
until_known phone
log_step "authorized=0, and 1 again: the device never left"
set_attribute phone authorized 0
wait_until "linkstatd has noticed" 20 incident_on phone '.cause == "software"'
set_attribute phone authorized 1
wait_until "it is configured again" 20 is_configured 3-1

expect_incident phone '.cause == "software" and (.drop | not)'
check_soon "nothing else is wrong with that port" 30 not incident_on phone '.cause != "software"'
expect_only_incidents 1
