#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A device is unplugged while data is copied"
start_linkstatd

plug recorder port=0 vid=1209 pid=0008 serial=R1 product=Recorder
load_with_libusb recorder
pause 3
log_step "it is pulled for good in the middle of it"
pull recorder

# A link that is lost for good looks the same: the verdict is a drop.
expect_incident recorder '.closed_at != null' 30
expect_incident recorder '.cause == "link-loss" and .drop and .confidence < 0.7'
expect_incident recorder '.back_after_seconds == null'
expect_only_incidents 1

# It was pulled three seconds after the data began to flow, and nothing else was busy.
client export --sessions --json >"$story_dir/sessions.json"
check "the session knows that data flowed" jq -es 'map(select(.device | contains("R1"))) |
	length == 1 and .[0].loaded_hours > 0 and .[0].loaded_hours <= .[0].connected_hours and
	.[0].drops_under_load == 1 and .[0].drops_with_neighbour == 0' "$story_dir/sessions.json"
