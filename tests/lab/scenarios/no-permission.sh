#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "linkstatd runs without any permission: no kernel log, no usbmon"
daemon_as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
start_linkstatd

check "status reports the kernel log as unavailable" status_mentions 'kernel.log.*(permitted|denied)'
check "and usbmon" status_mentions 'usbmon'
check "and the command that fixes it" status_mentions 'Fix: .*linkstatd'
plug_phone
load_with_libusb phone
pull phone
pause 1.3
plug phone
expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null' 30
expect_incident phone 'any(.evidence[]; .source == "udev") and .confidence < 0.9'
expect_only_incidents 1
check "the gaps are in the report" eval \
	'client report --json | jq -e "[.gaps[].source] | contains([\"kernel-log\", \"usbmon\"])"'
