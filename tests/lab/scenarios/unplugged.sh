#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "Somebody unplugs an idle phone for good"
start_linkstatd

plug_phone
tell "nothing happens for three seconds, then it is unplugged"
pause 3
pull phone

expect_incident phone '.closed_at != null' 30
expect_incident phone '.cause == "unplugged" and (.drop | not)'
expect_incident phone '.back_after_seconds == null'
expect_only_incidents 1
check "the report has no drop" report_says phone '.drops == 0 and .disconnects == 1'
