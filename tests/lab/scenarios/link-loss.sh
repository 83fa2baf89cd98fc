#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A phone loses its link while data flows"
start_linkstatd

log_step "a phone is being restored"
plug_phone
load_with_libusb phone

log_step "the link goes, and comes back after 1.3 s"
pull phone
pause 1.3
plug phone

expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null'
expect_incident phone '.back_after_seconds > 1 and .back_after_seconds < 60'
expect_incident phone '.device.vid == "05ac" and .device.pid == "12a8"'
expect_incident phone '.device.serial == "00008020000B654E3C92002E"'
for source in kernel-log udev libusb; do
	expect_incident phone "any(.evidence[]; .source == \"$source\")"
done
expect_incident phone 'any(.evidence[]; .source == "host")'
expect_incident phone '.port == "platform-vhci_hcd.0-usb-0:1" and .confidence > 0.5'
expect_only_incidents 1
check "the report counts one drop in two connects" report_has phone '.drops == 1 and .connects == 2'
