#!/bin/bash
# The journal knows of a time in which nobody watched: linkstat import, under a real journald.
. "$LAB_TREE/tests/lab/story.sh"
story "What happened before linkstatd"
install_linkstat

tell "a phone loses its link, and no linkstatd is there"
plug_phone
pause 3
pull phone
pause 1.3
plug phone
pause 5
check "the service has not run yet" not systemctl is-active linkstatd.service

start_service
check "it knows of nothing" test "$(incidents | jq '.incidents | length')" = 0
check "who may not read the journal is told" not setpriv --reuid=65534 --clear-groups linkstat import --journal
check "the past is taken out of the journal" client import --journal
client import --journal --json | jq -c .
expect_incident phone '.cause == "link-loss" and .drop and .confidence < 0.9' 10
expect_incident phone 'all(.evidence[]; .source == "kernel-log" or .source == "linkstat")'
expect_only_incidents 1
check "the report has it" report_says phone '.drops == 1 and .connected_seconds > 5'
client report
check "twice adds nothing" client import --journal
expect_only_incidents 1

tell "the same again, with linkstatd"
pull phone
pause 1.3
plug phone
expect_incident phone '.cause == "link-loss" and any(.evidence[]; .source == "udev")' 30
expect_only_incidents 2
check "which is not taken out of the journal as well" client import --journal
expect_only_incidents 2
