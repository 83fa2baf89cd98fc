#!/bin/bash
# linkstat import, under a real journald: the journal covers a time without linkstatd.
. "$LAB_TREE/tests/lab/story.sh"
story "What happened before linkstatd"
install_linkstat

log_step "a phone loses its link while linkstatd does not run"
plug_phone
pause 3
pull phone
pause 1.3
plug phone
pause 5
check "the service has not run yet" not systemctl is-active linkstatd.service

start_service
check "its history is empty" test "$(incidents | jq '.incidents | length')" = 0
check "import fails without permission to read the journal" not setpriv --reuid=65534 --clear-groups linkstat import --journal
check "the journal is imported" client import --journal
client import --journal --json | jq -c .
expect_incident phone '.cause == "link-loss" and .drop and .confidence < 0.9' 10
expect_incident phone 'all(.evidence[]; .source == "kernel-log" or .source == "linkstat")'
expect_only_incidents 1
check "the report has it" report_has phone '.drops == 1 and .connected_seconds > 5'
client report
check "twice adds nothing" client import --journal
expect_only_incidents 1

log_step "the same again, with linkstatd"
pull phone
pause 1.3
plug phone
expect_incident phone '.cause == "link-loss" and any(.evidence[]; .source == "udev")' 30
expect_only_incidents 2
check "which is not imported again" client import --journal
expect_only_incidents 2
