#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "Somebody unplugs a phone while data is copied"
start_linkstatd

plug_phone
load_with_libusb phone
pause 3
tell "it is pulled for good in the middle of it"
pull phone

# A link that is lost for good looks the same: the verdict is a drop, and says so.
expect_incident phone '.closed_at != null' 30
expect_incident phone '.cause == "link-loss" and .drop and .confidence < 0.7 and (.why | contains("pulled"))'
expect_incident phone '.back_after_seconds == null'
expect_only_incidents 1
