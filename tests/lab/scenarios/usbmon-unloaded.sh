#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "usbmon is not loaded, then it is, then it is gone again and comes back"
at_end modprobe usbmon

source_is() { # JQ-FILTER, true of the source usbmon in the status
	client status --json | jq -c '.sources[] | select(.name == "usbmon")' >"$story_dir/source"
	cat "$story_dir/source"
	jq -e "$1" "$story_dir/source" >/dev/null
}

gaps_are() { # JQ-FILTER, true of the list of usbmon's gaps
	client report --json | jq -c '[.gaps[] | select(.source == "usbmon")]' >"$story_dir/gaps"
	cat "$story_dir/gaps"
	jq -e "$1" "$story_dir/gaps" >/dev/null
}

check "usbmon is not in use: it can be unloaded" modprobe -r usbmon
start_linkstatd
check "linkstatd reports it as unavailable, and why" source_is \
	'(.sees | not) and (.detail | contains("usbmon is not loaded"))'
check "and the command that fixes it" source_is '.fix | contains("modprobe usbmon")'
check "the gap is open" gaps_are 'length == 1 and .[0].ended_at == null and .[0].lost == null'
plug_phone
load_with_libusb phone
check "no transfers are reported" report_has phone '.transfers == 0 and .bytes_in == 0'
pull phone
pause 1.3
plug phone
expect_incident phone '.cause == "link-loss" and .drop' 30
check "all else went on" report_has phone '.connects == 2 and .disconnects == 1'

log_step "usbmon is loaded, and the next device is plugged"
modprobe usbmon
wait_until "its device is there" 10 test -c /dev/usbmon0
plug tablet port=1 vid=18d1 pid=4ee1 serial=TABLET class=ff/fe/02
check_soon "it is available again" 10 source_is .sees
check_soon "the gap is closed" 10 gaps_are 'length == 1 and .[0].ended_at != null'
check_soon "what moves is counted from now on" 20 report_has phone '.transfers > 100'
check "it cannot be unloaded while linkstatd uses it" not modprobe -r usbmon

log_step "linkstatd stops, usbmon goes, linkstatd starts"
stop_linkstatd
check "it can be unloaded again" modprobe -r usbmon
start_linkstatd
check "unavailable again" source_is '.sees | not'
check "that is another gap" gaps_are '[.[] | select(.ended_at == null)] | length == 1'
modprobe usbmon
pull tablet
plug tablet
check_soon "and available again" 10 source_is .sees
check_soon "no gap is open" 10 gaps_are 'all(.[]; .ended_at != null)'
