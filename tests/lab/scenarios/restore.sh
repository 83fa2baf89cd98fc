#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A restore that works: four changes of mode, and no drop"
start_linkstatd

sent_on_bulk() { # BYTES at least, through the endpoint of recovery mode
	local n
	n=$(vdev ctl list | jq '.[] | select(.name == "phone").endpoints["0x04"].bytes // 0')
	echo "$n bytes"
	((n >= $1))
}

enter_mode normal
log_step "it enters recovery mode"
turn_into recovery 2
check "irecovery knows it" eval 'irecovery -q | grep -i "ECID: 0x000b654e3c92002e"'
check "irecovery sends iBEC" irecovery_sends 600
check "by bulk" sent_on_bulk 600000
check "and starts it" irecovery -c go
turn_into recovery
log_step "iBEC sends it into the restore system"
check "irecovery sends the ramdisk" irecovery_sends 8000
check "by bulk" sent_on_bulk 8600000
check "and starts the kernel" irecovery -c bootx
turn_into restore
log_step "data flows, then the restore is over"
load_with_libusb phone
pause 3
stop_load
pause 3 # for its last words, with no data
turn_into normal 11

check_soon "four changes of mode" 20 jq_incidents '[.[].cause] == ["mode-switch", "mode-switch", "mode-switch", "mode-switch"]'
check "and no drop" jq_incidents 'all(.[]; .drop | not)'
expect_only_incidents 4
check "from mode to mode" jq_incidents '[.[].mode_after] | .[0] == "recovery mode" and (.[1] | contains("iBEC"))
	and .[2] == "restore mode" and .[3] == "normal use"'
check "the report counts no drop" report_has phone '.drops == 0 and .connects == 5'
