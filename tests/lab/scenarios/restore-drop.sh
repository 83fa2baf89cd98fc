#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "Restores that go wrong: a bad cable, a reboot"
start_linkstatd

begin_restore() {
	turn_into recovery
	check "irecovery sends iBEC" irecovery_sends 600
	turn_into recovery
}

# A drop while irecovery sends what takes longer than a few seconds.
drop_in_upload() {
	local had upload code
	had=$(moved phone)
	irecovery_sends 300000 &
	upload=$!
	wait_until "the upload goes on" 30 vdev ctl wait phone "bytes=$((had + 2000000))" timeout=1
	pause 3.5
	pull phone
	pause 1
	enter_mode recovery
	wait $upload && code=0 || code=1
	check "irecovery did not get through" test $code = 1
}

enter_mode normal
log_step "the link goes while the first file is sent to recovery mode"
turn_into recovery
drop_in_upload
expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null and .mode == "recovery mode"'
log_step "and once more while the ramdisk is sent to iBEC"
irecovery_sends 600 || give_up "irecovery sends no iBEC"
turn_into recovery
drop_in_upload
expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null and (.mode | contains("iBEC"))'

log_step "and in the middle of the restore, under data"
turn_into restore
load_with_libusb phone
pause 3
pull phone
pause 1.3
enter_mode restore
expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null and .mode == "restore mode"'

log_step "then it reboots into recovery mode"
pause 3
stop_load
turn_into recovery 4
expect_incident phone '.cause == "device-reset" and .drop and .mode_after == "recovery mode"'
expect_only_incidents 7
check "three changes of mode, three drops, a reset" jq_incidents '[.[].cause] | sort ==
	["device-reset", "link-loss", "link-loss", "link-loss", "mode-switch", "mode-switch", "mode-switch"]'
