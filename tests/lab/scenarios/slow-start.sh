#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A device does not answer the first try to start it, and does answer the second"
start_linkstatd

start_vdev
vdev ctl fail-enumeration mute status=silent count=1
plug_only mute port=1 vid=1209 pid=0011 serial=M1 product=Recorder
log_step "the kernel waits for its answer"
wait_until "the first try times out" 40 kernel_logged 'usb 3-2: device descriptor read/.*error -110'
wait_until "the second works" 40 is_configured 3-2
expect_incident mute '.cause == "enumeration-failed" and (.drop | not) and .closed_at != null' 60
expect_only_incidents 1
check "it neither came nor left twice" report_has mute '.connects == 1 and .disconnects == 0 and .drops == 0'
