#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A device stops answering for 5 s, and then it drops"
start_linkstatd

plug_phone
load_with_libusb phone
pause 3
log_step "it stops answering"
vdev ctl silence phone
pause 5
pull phone
vdev ctl repair phone
pause 1
plug phone

expect_incident phone '.cause == "device-reset" and .drop and .side == "device" and .closed_at != null' 30
check_soon "no other cause is reported" 20 not incident_on phone '.closed_at != null and .cause != "device-reset"'
expect_only_incidents 1
