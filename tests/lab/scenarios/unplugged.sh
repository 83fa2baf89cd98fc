#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "An idle device is unplugged for good"
start_linkstatd

plug recorder port=0 vid=1209 pid=0008 serial=R1 product=Recorder
log_step "nothing happens for three seconds, then it is unplugged"
pause 3
pull recorder

expect_incident recorder '.closed_at != null' 30
expect_incident recorder '.cause == "unplugged" and (.drop | not)'
expect_incident recorder '.back_after_seconds == null'
expect_only_incidents 1
check "the report has no drop" report_has recorder '.drops == 0 and .disconnects == 1'
