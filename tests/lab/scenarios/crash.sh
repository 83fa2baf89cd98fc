#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "linkstatd is killed in the middle of an incident"
start_linkstatd

plug_phone
load_with_libusb phone
log_step "the phone goes, linkstatd dies, the phone returns, linkstatd starts again"
pull phone
expect_incident phone 'true'
before=$(incidents | jq -c '[.incidents[].id]')
kill_linkstatd
plug phone
start_linkstatd

check_soon "incidents reported before are still known" 20 jq_incidents "($before - map(.id)) == []"
expect_only_incidents 1
expect_incident phone '.count == 1'
check "the report counts one disconnect" report_has phone '.disconnects == 1'

log_step "another restart, without an incident: nothing is counted twice"
stop_linkstatd
start_linkstatd
pause 2
expect_only_incidents 1
check "still one disconnect" report_has phone '.disconnects == 1'
