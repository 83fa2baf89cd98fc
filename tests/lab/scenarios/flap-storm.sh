#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A bad contact flaps ${LAB_FLAPS:=200} times"
start_linkstatd

plug_phone
tell "as fast as the kernel can follow"
for ((i = 0; i < LAB_FLAPS; i++)); do
	vdev ctl pull phone
	vdev ctl plug phone || break
	# Half of them are cut short while they are enumerated.
	((i % 2)) || vdev ctl wait phone configured timeout=10
done
wait_until "it holds at last" 30 is_configured 3-1
tell "$(kernel_log | grep -c '3-1: USB disconnect') disconnects in the kernel log"

expect_incident phone '.count >= 20' 60
check "linkstatd answers" client status --json
expect_only_incidents 1
check "its memory stays small" memory_below 64
