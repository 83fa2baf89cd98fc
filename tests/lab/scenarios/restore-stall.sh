#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A restore stalls: transfers stay pending while the link is up"
start_linkstatd

enter_mode recovery
turn_into recovery
turn_into restore
load_with_libusb phone --patient
pause 3
log_step "it stops answering, and the tool waits"
vdev ctl silence phone
expect_incident phone '.cause == "stall" and (.drop | not) and .closed_at == null' 60
check "the device is still there" is_configured "$(where phone)"

log_step "it continues"
vdev ctl repair phone
expect_incident phone '.cause == "stall" and .closed_at != null' 30
expect_incident phone '.cause == "stall" and any(.evidence[]; .what | contains("flows again"))'
expect_only_incidents 3
