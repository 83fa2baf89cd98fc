#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "The clock is set back by an hour while a phone is plugged in"
start_linkstatd

plug_phone
load_with_libusb phone
story_since=0 # what happens now is earlier than the beginning of the story
date -s '1 hour ago' >/dev/null
tell "an hour earlier, the link goes and comes back"
pull phone
pause 1.3
plug phone
expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null' 30
expect_incident phone '.back_after_seconds > 1 and .back_after_seconds < 15'
expect_only_incidents 1
check "connected for seconds, and not for an hour" report_says phone \
	'.connected_seconds > 0 and .connected_seconds < 300'
check "linkstatd is well" client status --json
date -s '1 hour' >/dev/null
