#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A hub is unplugged with two devices behind it"
start_linkstatd

plug_hub
plug_qemu tablet usb-tablet 1.1
plug_serial serial 1.2
pause 3
log_step "the hub's own cable is pulled"
unplug_hub

expect_incident 1-1 '.cause == "unplugged" and (.drop | not)'
check "its children have no incidents of their own" not incident_on 1-1.1 true
check "none of them" not incident_on 1-1.2 true
expect_only_incidents 1
